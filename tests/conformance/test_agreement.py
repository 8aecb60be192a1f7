"""Thousands of spoiled notes and proofs: the outsider and our reader accept the same ones, and refuse the same ones."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from certverify.errors import CertverifyError
from certverify.note import decode_verifier_key
from certverify.policy import decode_policy
from certverify.tlog_proof import decode_tlog_proof

from tests.conformance.conftest import Outsider
from tests.verifier.test_c2sp_vectors import opens, raw

VECTORS = Path(__file__).parents[1] / "vectors" / "c2sp"
SPOILED = 4_000
PIECES = (
    b"\n", b"\n\n", b" ", b"  ", b"\t", b"\r", b"\0", b"+", b"=", b"==", b"A", b"0", b"-", b"\xff", b"\xc2\x85", b"\xe2\x80\x94 ",
    b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"\x7f", b"extra AAAA\n", b"index 1\n", b"\xe2\x80\x94 x AAAAAAA=\n",
)  # fmt: skip
NO_WITNESSES = decode_policy(b"quorum none\n")


def spoil(content: bytes, dice: Random) -> bytes:
    """The content with one or two small changes of the kinds that wires, editors and attackers make."""
    for _ in range(dice.choice((1, 1, 2))):
        at, end = sorted((dice.randrange(len(content) + 1), dice.randrange(len(content) + 1)))
        near = min(end, at + dice.randrange(1, 9))
        before, piece = content[:at], dice.choice(PIECES)
        content = dice.choice(
            (
                before + bytes([dice.randrange(256)]) + content[at + 1 :],
                before + piece + content[at:],
                before + piece + content[near:],
                before + content[near:],
                content[:end] + content[at:],
                before + content[end:],
            )
        )
    return content


def reader_opens_note(case: dict[str, Any]) -> bool:
    return opens(raw(case), [decode_verifier_key(line) for line in case["keys"]])


def reader_opens_proof(case: dict[str, Any]) -> bool:
    try:
        proof = decode_tlog_proof(raw(case))
        proof.open(bytes.fromhex(case["entry"]), [decode_verifier_key(case["log"])], NO_WITNESSES)
    except CertverifyError:
        return False
    return True


@pytest.mark.parametrize(
    ("kind", "reader"), [("notes", reader_opens_note), ("tlog-proofs", reader_opens_proof)]
)
def test_spoiled_bytes_are_judged_alike(
    outsider: Outsider, tmp_path: Path, kind: str, reader: Callable[[dict[str, Any]], bool]
) -> None:
    dice = Random(kind)
    stored = json.loads((VECTORS / f"{kind}.json").read_text(encoding="utf-8"))["cases"]
    good = [case for case in stored if case["holds"] and len(raw(case)) < 2_000]
    cases = []
    for _ in range(SPOILED):
        case = dict(dice.choice(good))
        case["raw"] = b64encode(spoil(raw(case), dice) or b"x").decode()
        cases.append(case)
    file = tmp_path / "spoiled.json"
    file.write_text(json.dumps({"kind": kind, "cases": cases}))
    _, report = outsider.run("vectors", file)
    told = [reader(case) for case in cases]
    differing = [
        (b64decode(case["raw"]), ours)
        for case, ours, theirs in zip(cases, told, report[kind]["accepted"], strict=True)
        if ours is not theirs
    ]
    assert differing == []
    assert 0 < sum(told) < SPOILED // 4  # some changes are lines of unknown keys, or other extra data
