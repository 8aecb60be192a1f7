"""What log and witness say to each other: every vector has its answer, and no bytes are without one."""

from __future__ import annotations

import base64
import contextlib
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from certverify.errors import WitnessRequestError
from certverify.note import SignatureType, decode_note, decode_verifier_key
from certverify.witness import Witness
from certverify.witness_key import WitnessKey
from certverify.witness_logs import listed_logs
from certverify.witness_protocol import (
    MAX_REQUEST_BYTES,
    Answer,
    conflict,
    decode_add_checkpoint,
    encode_vkey,
    policy_line,
)
from certverify.witness_store import Latest, open_store
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from certsvc.formats.witness import decode_cosignatures, decode_tree_size, encode_add_checkpoint
from tests.verifier.builders import WITNESS_KEY
from tests.verifier.witnessing import request

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "witness.json").read_bytes())
GOOD = request(9, 23)


def named(cases: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in VECTORS[cases]]


def raw(case: dict[str, Any]) -> bytes:
    encoded = case.get("request_base64")
    return case["request"].encode() if encoded is None else base64.b64decode(encoded)


@cache
def key() -> WitnessKey:
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(VECTORS["witness_seed"]))
    line = encode_vkey(
        VECTORS["witness_name"], SignatureType.COSIGNATURE_V1, private.public_key().public_bytes_raw()
    )
    return WitnessKey(line, decode_verifier_key(line), private)


def answered(case: dict[str, Any], folder: Path) -> Answer:
    """The answer of a witness whose state is what the case says."""
    store = open_store(folder)
    if case["stored"] is not None:
        note = case["stored"]
        origin, size, root = note.split("\n")[:3]
        with store.turn() as turn:
            turn.accept(Latest(origin, int(size), base64.b64decode(root), note.encode(), 0, ""))
    log_keys = [decode_verifier_key(VECTORS["log_vkey"])]
    witness = Witness(
        store, key(), listed_logs(log_keys), lambda: datetime.fromtimestamp(VECTORS["time"], UTC)
    )
    try:
        return witness.add_checkpoint(raw(case))
    finally:
        store.close()


@pytest.mark.parametrize("case", [*named("accepted"), *named("refused")])
def test_every_request_of_the_vectors_has_its_answer(case: dict[str, Any], tmp_path: Path) -> None:
    answer = answered(case, tmp_path)
    said = (int(answer.status), answer.content_type, answer.body.decode())
    assert said == (case["status"], case["content_type"], case["answer"])


@pytest.mark.parametrize("case", named("accepted"))
def test_the_logs_own_encoder_and_decoder_speak_the_same_bytes(case: dict[str, Any]) -> None:
    asked = decode_add_checkpoint(raw(case))
    assert (asked.old_size, [item.hex() for item in asked.proof]) == (case["old_size"], case["proof"])
    assert asked.note.text == case["checkpoint"]
    assert encode_add_checkpoint(asked.old_size, asked.proof, asked.raw_note) == raw(case)
    [line] = decode_cosignatures(case["answer"].encode())
    cosigned = decode_note(f"{case['checkpoint']}\n{line}".encode())
    assert cosigned.cosigned_at(decode_verifier_key(VECTORS["witness_vkey"])) == VECTORS["time"]


@pytest.mark.parametrize("size", [0, 1, 42, (1 << 63) - 1])
def test_a_conflict_names_a_size_that_the_log_reads(size: int) -> None:
    answer = conflict(size)
    assert (answer.status, answer.content_type, decode_tree_size(answer.body)) == (
        409,
        "text/x.tlog.size",
        size,
    )


def test_every_malformed_request_of_the_vectors_is_refused_by_the_decoder_alone() -> None:
    malformed = [case for case in VECTORS["refused"] if case["answer"] == "malformed\n"]
    assert len(malformed) > 40
    for case in malformed:
        with pytest.raises(WitnessRequestError):
            decode_add_checkpoint(raw(case))


def test_sixty_three_proof_lines_are_read_and_a_body_beyond_every_note_is_not() -> None:
    assert len(decode_add_checkpoint(request(9, 23, proof=[bytes(32)] * 63)).proof) == 63
    for body in (b"old 0\n\n" + b"x" * MAX_REQUEST_BYTES, b"old 0\n\nx\n1\n" + b"x" * (1 << 18) + b"\n"):
        with pytest.raises(WitnessRequestError):
            decode_add_checkpoint(body)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_bytes_are_a_request_or_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(GOOD) - 1))
    patch = data.draw(st.binary(max_size=4) | st.sampled_from([b"\n", b"\n\n", b"old ", b"\r", b"+", b"="]))
    changed = GOOD[:at] + patch + GOOD[at + data.draw(st.integers(0, 3)) :]
    for body in (
        changed,
        data.draw(st.binary(max_size=300)),
        b"old 1\n" + data.draw(st.binary(max_size=200)),
    ):
        with contextlib.suppress(WitnessRequestError):
            asked = decode_add_checkpoint(body)
            # one canonical encoding; the log's encoder writes no proof from size 0, so one digit stands in for another
            assert encode_add_checkpoint(asked.old_size or 1, asked.proof, asked.raw_note)[5:] == body[5:]


def test_key_and_policy_line_are_those_of_the_specifications() -> None:
    line = encode_vkey(WITNESS_KEY.name, SignatureType.COSIGNATURE_V1, WITNESS_KEY.public)
    assert line == WITNESS_KEY.vkey(4)
    assert policy_line(WITNESS_KEY.name, line, "https://w.example") == (
        f"witness {WITNESS_KEY.name} {WITNESS_KEY.vkey(4)} https://w.example"
    )
    assert key().line == VECTORS["witness_vkey"]
