"""The conversation's bytes (C2SP tlog-witness), on the vectors that the reader's witness is tested on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from certverify.errors import CertverifyError
from certverify.witness_protocol import decode_add_checkpoint
from hypothesis import given
from hypothesis import strategies as st

from certsvc.formats.witness import decode_cosignatures, decode_tree_size, encode_add_checkpoint

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "witness.json").read_bytes())


@pytest.mark.parametrize("vector", VECTORS["accepted"], ids=lambda one: one["name"])
def test_requests_are_encoded_as_the_vectors_say(vector: dict[str, Any]) -> None:
    raw_request = vector["request"].encode()
    note = raw_request.partition(b"\n\n")[2]
    proof = [bytes.fromhex(one) for one in vector["proof"]]
    assert encode_add_checkpoint(vector["old_size"], proof, note) == raw_request
    assert decode_cosignatures(vector["answer"].encode()) == (vector["answer"],)


@pytest.mark.parametrize(
    "vector", [one for one in VECTORS["refused"] if one["status"] == 409], ids=lambda one: one["name"]
)
def test_sizes_of_conflicts_are_read_as_the_vectors_say(vector: dict[str, Any]) -> None:
    assert decode_tree_size(vector["answer"].encode()) == int(vector["answer"])


@given(st.integers(1, (1 << 63) - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63))
def test_the_witness_reads_what_the_log_writes(old_size: int, proof: list[bytes]) -> None:
    note = VECTORS["accepted"][0]["request"].encode().partition(b"\n\n")[2]
    decoded = decode_add_checkpoint(encode_add_checkpoint(old_size, proof, note))
    assert (decoded.old_size, list(decoded.proof), decoded.raw_note) == (old_size, proof, note)


@pytest.mark.parametrize(
    ("old_size", "proof"),
    [(-1, []), (0, [bytes(32)]), (5, [bytes(32)] * 64), (5, [bytes(31)])],
    ids=["negative", "from-nothing", "too-long", "no-hash"],
)
def test_a_request_that_no_witness_may_take_is_not_made(old_size: int, proof: list[bytes]) -> None:
    with pytest.raises(ValueError, match=r"proof|hash"):
        encode_add_checkpoint(old_size, proof, b"note")


@given(st.binary(max_size=200))
def test_answers_are_read_whole_or_refused(raw_answer: bytes) -> None:
    for decode in (decode_cosignatures, decode_tree_size):
        try:
            decode(raw_answer)
        except ValueError:
            continue
        except CertverifyError:  # pragma: no cover
            pytest.fail("one declared error")


@pytest.mark.parametrize(
    "raw_answer", [b"", b"7", b"07\n", b"+7\n", b"7\n\n", b" 7\n", b"7\r\n", b"9223372036854775808\n"]
)
def test_a_size_is_one_canonical_line(raw_answer: bytes) -> None:
    with pytest.raises(ValueError, match="size"):
        decode_tree_size(raw_answer)
    assert decode_tree_size(b"0\n") == 0
    assert decode_tree_size(b"9223372036854775807\n") == (1 << 63) - 1
