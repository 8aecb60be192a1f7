"""A process of ours under strace, which lets chosen system calls fail or kills the process at them."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

CALLS = ("openat", "pwrite64", "write", "fsync", "fdatasync", "ftruncate", "rename", "unlink", "mkdir")
_PR_SET_PTRACER, _ANYBODY = 0x59616D61, -1
_CALL = re.compile(r"(?:\d+ +)?(\w+)\(")
_MISSING = "strace is not installed: run `make test-system` (package strace)"
_SHUT = "strace may not trace here: the fault tests need ptrace (a container needs --cap-add=SYS_PTRACE). It said: {}"


@pytest.fixture(scope="session")
def strace() -> str:
    """The program; the test fails when it is missing or may not trace."""
    program = shutil.which("strace")
    if program is None:
        pytest.fail(_MISSING, pytrace=False)
    failing = [program, "-f", "-qq", "-e", "trace=fsync", "-e", "inject=fsync:error=EIO:when=1"]
    probe = "import os, tempfile; os.fsync(tempfile.TemporaryFile().fileno())"
    said = subprocess.run(
        [*failing, sys.executable, "-c", probe], capture_output=True, text=True, check=False
    )
    if "Input/output error" not in said.stderr or said.returncode != 1:
        pytest.fail(_SHUT.format(said.stderr[-300:]), pytrace=False)
    return program


def let_be_traced() -> None:
    """Let a process that is not our parent trace us (where the kernel asks for that)."""
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, ctypes.c_ulong(_ANYBODY), 0, 0, 0)


class Trace:
    """A running strace on a process; returns from the constructor when it is attached."""

    def __init__(self, program: str, process: int, log: Path, injected: str | None = None) -> None:
        faults = [] if injected is None else ["-e", f"inject={injected}"]
        calls = ",".join(CALLS)
        command = [program, "-f", "-y", "-o", str(log), "-e", f"trace={calls}", *faults, "-p", str(process)]
        self._strace = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert self._strace.stderr is not None
        said = self._strace.stderr.readline()
        assert "attached" in said, _SHUT.format(said)

    def wait(self) -> None:
        """Return when the traced process has ended."""
        assert self._strace.stderr is not None
        self._strace.stderr.read()
        self._strace.wait(timeout=60)
        self._strace.stderr.close()


def moments(log: Path, folder: Path) -> Sequence[tuple[str, int]]:
    """Every traced call on a folder's files, as (call, which of the calls of that name), in order."""
    counts: Counter[str] = Counter()
    found = []
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        called = _CALL.match(line)
        if called is None or "resumed>" in line:
            continue
        counts[called[1]] += 1
        if str(folder) + os.sep in line:
            found.append((called[1], counts[called[1]]))
    return found
