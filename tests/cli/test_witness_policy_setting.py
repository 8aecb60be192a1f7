"""A policy file that cannot be used keeps every command from working, and says why."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).parent / "certsvc"


def run(folder: Path, policy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "CERTSVC_HOME": str(folder / "var"),
        "CERTSVC_WITNESS_POLICY": str(policy),
    }
    return subprocess.run(
        [PROGRAM, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("content", [None, "quorum w1\n", "witness w1 w1+00000000+AAAA\nquorum w1\n"])
def test_a_missing_or_broken_policy_file_is_a_configuration_error(
    tmp_path: Path, content: str | None
) -> None:
    policy = tmp_path / "witnesses"
    if content is not None:
        policy.write_text(content, encoding="ascii")
    done = run(tmp_path, policy, "init")
    assert (done.returncode, done.stdout) == (3, "")
    assert "CERTSVC_WITNESS_POLICY" in done.stderr
    assert done.stderr.rstrip().endswith("（configuration）")
    assert "Traceback" not in done.stderr


def test_a_policy_that_asks_for_nobody_works_as_none_does(tmp_path: Path) -> None:
    policy = tmp_path / "witnesses"
    policy.write_text("# nobody yet\nquorum none\n", encoding="ascii")
    assert run(tmp_path, policy, "init").returncode == 0
    shown = run(tmp_path, policy, "ledger", "witnesses")
    assert (shown.returncode, shown.stdout) == (
        0,
        "见证策略：不要求见证（quorum none）。每份核验结论都会说明。\n",
    )
    assert "quorum none" in (tmp_path / "var" / "public" / "policy").read_text(encoding="ascii")
