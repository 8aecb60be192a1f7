"""What nobody foresaw accuses nobody: the exit code is 2, and no terminal's encoding is a crash."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from certverify import cli, past_command, witness_command
from certverify.cli import main

from tests.monitor.logs import HandLog
from tests.verifier.builders import Log
from tests.verifier.witnessing import FORKED, Bench, request

COMMANDS = ("qr", "pdf", "bundle", "past", "receipt", "tlog-proof", "monitor", "witness")


def _started(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "certverify", *words],
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "failure", [RuntimeError("boom"), MemoryError(), RecursionError(), OSError(28, "full")]
)
@pytest.mark.parametrize("command", ["qr", "past"])
def test_what_nobody_foresaw_is_no_accusation(
    command: str,
    failure: Exception,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_arguments: object) -> None:
        raise failure

    monkeypatch.setattr(cli, "named_trust", fail)
    monkeypatch.setattr(past_command, "named_trust", fail)
    assert main([command, str(tmp_path / "x"), "--trust", str(tmp_path)]) == 2
    told = capsys.readouterr()
    first, *traceback = told.err.splitlines()
    assert (told.out, "无法判定" in first, "cannot tell" in first) == ("", True, True)
    assert traceback[0].startswith("Traceback")
    assert type(failure).__name__ in traceback[-1]


def test_an_interruption_is_not_held_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(witness_command, "_show", interrupted)
    with pytest.raises(KeyboardInterrupt):
        main(["witness", "--dir", "w", "--show"])


def test_a_reader_that_has_left_hears_of_no_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def left(*_arguments: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(cli, "named_trust", left)
    assert main(["qr", "x", "--trust", "."]) == 2
    assert capsys.readouterr().err == ""


def test_a_full_disk_under_the_report_is_no_accusation(dual_tree: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "certverify", "qr", "hello", "--trust", str(dual_tree)],
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    told = done.stderr.decode("utf-8", "replace")
    assert (done.returncode, "standard output cannot be written" in told, "Traceback" in told) == (
        2,
        True,
        False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_help_and_a_wrong_command_line_speak_to_any_terminal(command: str) -> None:
    helped = _started(command, "--help")
    assert (helped.returncode, helped.stderr) == (0, b"")
    assert b"Exit codes" in helped.stdout
    wrong = _started(command, "--no-such-option")
    assert (wrong.returncode, wrong.stdout) == (2, b"")
    assert b"Traceback" not in wrong.stderr


@pytest.mark.parametrize("words", [["qr"], ["monitor"], ["witness", "--dir", "w", "--listen", "x"]])
def test_a_wrong_command_line_is_explained_in_two_languages(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    last = capsys.readouterr().err.splitlines()[-1]
    assert (ended.value.code, "命令有误" in last, "error:" in last) == (2, True, True)


def test_every_report_speaks_to_any_terminal(tmp_path: Path) -> None:
    tree = Log().write(tmp_path / "tree")
    HandLog().issue(1).write(tmp_path / "log")
    bench = Bench(tmp_path / "witness")
    bench.ask(request(0, 9))
    bench.ask(request(9, 9, FORKED))
    bench.store.close()
    (tmp_path / "nothing").write_bytes(b"nothing")
    log, nothing = str(tmp_path / "log"), str(tmp_path / "nothing")
    for code, words in (
        (1, ["witness", "--dir", str(bench.folder), "--show"]),
        (1, ["witness", "--dir", str(bench.folder), "--show", "--json"]),
        (2, ["monitor", log, "--trust", log, "--state", str(tmp_path / "state")]),
        (2, ["past", nothing, "--trust", str(tree)]),
        (2, ["tlog-proof", nothing, "--trust", str(tree)]),
    ):
        done = _started(*words)
        assert (done.returncode, b"Traceback" in done.stderr, bool(done.stdout)) == (code, False, True), words
