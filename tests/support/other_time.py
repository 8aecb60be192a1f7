"""Commands that are told another time than the machine's (faketime)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from certsvc.settings import Settings

PROGRAM = Path(sys.executable).parent / "certsvc"
_MISSING = "faketime is not installed: run `make test-system` (package faketime)"
Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def faketime() -> str:
    """The program; the test fails when it is missing or does nothing here."""
    program = shutil.which("faketime")
    if program is None:
        pytest.fail(_MISSING, pytrace=False)
    said = subprocess.run(
        [program, "-f", "+400d", "date", "+%s"], capture_output=True, text=True, check=False
    )
    now = subprocess.run(["date", "+%s"], capture_output=True, text=True, check=True)
    if said.returncode or int(said.stdout) - int(now.stdout) < 399 * 86400:
        pytest.fail(f"faketime does not change the time here: {said.stderr}", pytrace=False)
    return program


def certsvc_at(
    faketime: str, settings: Settings, offset: str, *words: str
) -> subprocess.CompletedProcess[str]:
    """One `certsvc` command with the clock that many seconds (`-1h`, `+1y`, `+0`) off."""
    environment = {**os.environ, "CERTSVC_HOME": str(settings.home), "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    return subprocess.run(
        [faketime, "-f", offset, str(PROGRAM), *words],
        env=environment,
        cwd=settings.home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
