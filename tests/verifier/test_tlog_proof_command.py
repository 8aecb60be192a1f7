"""`certverify tlog-proof`: exit code and JSON for an entry that is in the log, and for one that is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from certverify.cli import main

from certsvc.formats.note import encode_vkey
from certsvc.formats.tlog_proof import encode_tlog_proof
from tests.verifier.builders import NOW, ORIGIN, WITNESS_POLICY, Log, leaf_hash, path

INDEX = 2


def proof_of(log: Log, extra: bytes = b"", note: str | None = None) -> bytes:
    hashes = [leaf_hash(entry) for entry in log.entries]
    checkpoint = log.checkpoint() if note is None else note
    return encode_tlog_proof(INDEX, path(INDEX, hashes), checkpoint.encode(), extra)


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def tree(log: Log, tmp_path: Path) -> Path:
    return log.write(tmp_path / "tree")


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = main([str(item) for item in ("tlog-proof", *arguments)], clock=lambda: NOW)
    told = capsys.readouterr()
    assert told.err == ""
    return code, told.out


def judged(
    capsys: pytest.CaptureFixture[str], tree: Path, raw_proof: bytes, *arguments: object
) -> tuple[int, dict[str, Any]]:
    file = tree.parent / "any.tlog-proof"
    file.write_bytes(raw_proof)
    code, out = run(capsys, file, "--trust", tree, "--json", *arguments)
    return code, json.loads(out)


def test_an_entry_named_by_the_proof_or_by_a_file_is_in_the_log(
    log: Log, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leaf = tree.parent / "leaf"
    leaf.write_bytes(log.entries[INDEX])
    for raw_proof, words in ((proof_of(log, log.entries[INDEX]), ()), (proof_of(log), ("--leaf", leaf))):
        assert judged(capsys, tree, raw_proof, *words) == (
            0,
            {
                "format": "certverify-tlog-proof/1",
                "problem": None,
                "index": INDEX,
                "origin": ORIGIN,
                "size": len(log.entries),
                "cosigned_at": "2026-11-20T08:00:00Z",
                "witnesses": 0,
                "not_established": ["trust-not-pinned"],
            },
        )
    code, out = run(capsys, tree.parent / "any.tlog-proof", "--leaf", leaf, "--trust", tree)
    assert (code, "已入账" in out) == (0, True)


@pytest.mark.parametrize(
    ("change", "code", "problem"),
    [
        (lambda log: proof_of(log, log.entries[1]), 1, "entry-not-proven"),
        (
            lambda log: proof_of(log, log.entries[INDEX], log.checkpoint().replace("\n4\n", "\n5\n")),
            1,
            "checkpoint-forged",
        ),
        (lambda log: proof_of(log, log.entries[INDEX], "nothing"), 2, "checkpoint-unreadable"),
        (
            lambda log: proof_of(
                log, log.entries[INDEX], log.checkpoint().replace(ORIGIN, "other.example/log")
            ),
            2,
            "checkpoint-key-unknown",
        ),
        (lambda log: proof_of(log), 2, "entry-missing"),
        (lambda log: b"c2sp.org/tlog-proof@v2" + proof_of(log)[22:], 2, "proof-unreadable"),
        (lambda log: b"", 2, "proof-unreadable"),
    ],
)
def test_what_is_known_to_be_wrong_fails_and_what_cannot_be_known_stays_open(
    change: Any, code: int, problem: str, log: Log, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = judged(capsys, tree, change(log))
    assert (told[0], told[1]["problem"]) == (code, problem)


def test_too_few_witnesses_leave_the_answer_open(
    log: Log, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "policy").write_text(WITNESS_POLICY)
    code, told = judged(capsys, tree, proof_of(log, log.entries[INDEX]))
    assert (code, told["problem"]) == (2, "quorum-missing")


def test_a_missing_trust_list_is_said_to_be_missing(
    log: Log, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "trust-list.json").unlink()
    code, told = judged(capsys, tree, proof_of(log, log.entries[INDEX]))
    assert (code, told["problem"]) == (2, "trust-unreadable")


def test_material_that_another_anchor_signed_says_nothing_of_the_entry(
    log: Log, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger = encode_vkey(f"{ORIGIN}/trust", bytes(range(32)))
    code, told = judged(capsys, tree, proof_of(log, log.entries[INDEX]), "--anchor", stranger)
    assert (code, told["problem"], told["index"]) == (2, "trust-forged", None)
