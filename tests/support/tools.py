"""Tools of the system that judge our documents: a test fails, it is not skipped, when one is missing."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., str]


@pytest.fixture(scope="session")
def run_tool() -> Run:
    """Run a command of poppler-utils or qpdf and return what it prints (both streams)."""

    def run(name: str, *arguments: str | Path) -> str:
        if shutil.which(name) is None:
            pytest.fail(
                f"{name} is missing: run scripts/setup-test-system (apt-get install poppler-utils qpdf)"
            )
        done = subprocess.run([name, *arguments], capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            pytest.fail(f"{name} {arguments} ended with {done.returncode}: {done.stderr}")
        return done.stdout + done.stderr

    return run
