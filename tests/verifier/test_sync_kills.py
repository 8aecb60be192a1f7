"""`certverify sync` killed at every moment: the folder holds the old state or the new one."""

from __future__ import annotations

import io
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from certverify.cli import main

from tests.verifier.builders import NOW
from tests.verifier.test_sync import LATER, Publisher, verdict

_DEEDS = (
    "open",
    "os.rename",
    "os.symlink",
    "os.mkdir",
    "os.remove",
    "os.rmdir",
    "shutil.rmtree",
    "fcntl.flock",
)


def killed_at(step: int, public: Path, mirror: Path, *options: str) -> bool:
    """Run a sync in a process of its own that is killed at its deed number `step`; whether it was."""
    child = os.fork()
    if child == 0:
        done = 0

        def count(event: str, arguments: Any) -> None:
            nonlocal done
            if event in _DEEDS or (event == "open" and "w" in str(arguments[1])):
                done += 1
                if done == step:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.stdout = sys.stderr = io.StringIO()
        sys.addaudithook(count)
        os._exit(main(["sync", str(public), str(mirror), *options], clock=lambda: LATER))
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_a_kill_at_every_moment_leaves_the_old_state_or_the_new_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher, mirror = Publisher(tmp_path / "public"), tmp_path / "mirror"
    assert main(["sync", str(publisher.public), str(mirror)], clock=lambda: NOW) == 0
    publisher.publish(publisher.log.later(3, cosigned_at=LATER))
    met, step = set(), 0
    while True:
        step += 1
        torn = tmp_path / f"torn-{step}"
        shutil.copytree(mirror, torn, symlinks=True)
        was_killed = killed_at(step, publisher.public, torn, "--prune")
        found = verdict(torn, capsys)
        assert found in {("passed", "valid"), ("failed", "revoked")}, step
        met.add(found)
        if step % 12 == 0 or not was_killed:
            assert main(["sync", str(publisher.public), str(torn), "--prune"], clock=lambda: LATER) == 0
            assert verdict(torn, capsys) == ("failed", "revoked"), step
            assert not (torn / ".sync" / "arriving-state").exists()
        shutil.rmtree(torn)
        if not was_killed:
            break
    assert len(met) == 2
    assert step > 20


def test_a_kill_during_the_first_sync_leaves_a_folder_that_the_next_one_fills(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher, step = Publisher(tmp_path / "public"), 0
    while killed_at(step := step + 7, publisher.public, tmp_path / f"new-{step}"):
        folder = tmp_path / f"new-{step}"
        assert verdict(folder, capsys)[0] in {"undetermined", "passed"}
        assert main(["sync", str(publisher.public), str(folder)], clock=lambda: LATER) == 0
        assert verdict(folder, capsys) == ("passed", "valid")
