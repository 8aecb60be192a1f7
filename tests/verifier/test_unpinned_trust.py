"""Keys that nothing but the downloaded files vouches for: every command says so, until an anchor is given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from certverify.cli import main
from certverify.codes import Code
from certverify.meanings import MEANINGS

from tests.verifier.builders import LOG_KEY, NOW, ORIGIN, Log, key, record_text, sha, write_files
from tests.verifier.test_tlog_proof_command import INDEX, proof_of

ANCHOR = key(f"{ORIGIN}/trust", 7)
COMMANDS = ("qr", "pdf", "bundle", "past", "tlog-proof", "receipt", "monitor")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A public tree whose trust material an anchor has signed."""
    files = Log(trust_changes={"anchors": [ANCHOR.vkey()]}).files()
    digests = "".join(
        f"{name} {sha(files[name]).hex()}\n" for name in ("trust-list.json", "tables.json", "policy")
    )
    text = f"certsvc-trust-note/1\n{ORIGIN}\n1\n2026-11-01T00:00:00Z\n{digests}previous -\n"
    files["trust.note"] = f"{text}\n{ANCHOR.sign_note(text)}".encode()
    write_files(tmp_path / "tree", files)
    return tmp_path / "tree"


def asked(command: str, tree: Path) -> list[str]:
    """The words of a command, with something to check that can be read."""
    log, file = Log(), tree.parent / "file"
    promise = f"{ORIGIN}/log-receipt/1\nsubmitted 2026-11-20T07:00:00Z\ndue 2026-11-20T08:00:00Z\nevent {'A' * 43}=\n"
    presented: dict[str, bytes] = {
        "bundle": json.dumps(log.bundle()).encode(),
        "tlog-proof": proof_of(log, log.entries[INDEX]),
        "receipt": f"{promise}\n{LOG_KEY.sign_note(promise)}".encode(),
    }
    file.write_bytes(presented.get(command, b"something else"))
    subject = {"qr": record_text(), "monitor": str(tree)}.get(command, str(file))
    more = ["--state", str(tree.parent / "state")] if command == "monitor" else []
    return [command, subject, "--trust", str(tree), *more]


def run(capsys: pytest.CaptureFixture[str], words: list[str]) -> tuple[int, str]:
    code = main(words, clock=lambda: NOW)
    return code, capsys.readouterr().out


def answer_in(out: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(out)
    return told["verdict"] if isinstance(told.get("verdict"), dict) else told


def remarks(told: dict[str, Any]) -> list[str]:
    return (
        [item["code"] for item in told["findings"]] if "findings" in told else list(told["not_established"])
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_without_anchor_says_that_the_keys_were_not_compared(
    command: str, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = asked(command, tree)
    pinned = ["--anchor", ANCHOR.vkey()]
    code, out = run(capsys, [*words, "--json"])
    told = answer_in(out)
    assert remarks(told).count("trust-not-pinned") == 1
    if command != "monitor":
        assert "trust-not-pinned" in told["not_established"]
    code_pinned, out_pinned = run(capsys, [*words, *pinned, "--json"])
    assert "trust-not-pinned" not in remarks(answer_in(out_pinned))
    assert code == code_pinned
    assert "未与另行核对的信任根比对" in run(capsys, words)[1]
    assert "未与另行核对的信任根比对" not in run(capsys, [*words, *pinned])[1]


@pytest.mark.parametrize("command", ["tlog-proof", "receipt"])
@pytest.mark.parametrize("broken", ["trust-list.json", "file"])
def test_nothing_is_said_of_the_anchor_where_nothing_was_checked(
    command: str, broken: str, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = asked(command, tree)
    (tree / broken if broken != "file" else tree.parent / "file").unlink()
    assert json.loads(run(capsys, [*words, "--json"])[1])["not_established"] == []


def test_the_remark_changes_no_verdict() -> None:
    assert MEANINGS[Code.TRUST_NOT_PINNED].effect.value == "note"
