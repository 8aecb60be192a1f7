"""The stored cases of the C2SP formats: what the verifier reads, what it refuses, and what the service writes."""

from __future__ import annotations

import base64
import json
import struct
from pathlib import Path
from typing import Any

import pytest
from certverify.checkpoint import decode_checkpoint
from certverify.errors import CertverifyError
from certverify.note import SignatureType, VerifierKey, decode_note, decode_verifier_key
from certverify.policy import decode_policy
from certverify.tlog_proof import decode_tlog_proof
from certverify.tree import split_entries as read_entries
from certverify.tree import tile_path as read_tile_path

from certsvc.formats.note import cosignature_line, cosignature_message, encode_vkey
from certsvc.formats.tile import encode_entries, entries_path, new_tiles, split_entries, tile_path
from certsvc.formats.tlog_proof import encode_tlog_proof
from scripts.make_c2sp_vectors import make_vectors

VECTORS = Path(__file__).parent.parent / "vectors" / "c2sp"
NO_WITNESSES = decode_policy(b"quorum none\n")


def cases(kind: str) -> list[Any]:
    rows = json.loads((VECTORS / f"{kind}.json").read_text(encoding="utf-8"))["cases"]
    return [
        pytest.param(row, id=f"{number}-{row['what'].encode('ascii', 'replace').decode()}")
        for number, row in enumerate(rows)
    ]


def raw(case: dict[str, Any]) -> bytes:
    """The bytes of a case: text, or base64 of what is no text."""
    return base64.b64decode(case["raw"]) if "raw" in case else str(case["text"]).encode()


def test_the_generator_still_writes_the_stored_cases() -> None:
    made = make_vectors()
    assert set(made) == {path.name for path in VECTORS.iterdir()}
    for name, content in made.items():
        assert content == (VECTORS / name).read_bytes(), f"{name} differs"


def opens(raw_note: bytes, keys: list[VerifierKey]) -> bool:
    """Whether a known key has signed, and none signed wrongly."""
    try:
        note = decode_note(raw_note)
        told = [
            note.signed_by(key) if key.kind is SignatureType.ED25519 else note.cosigned_at(key) is not None
            for key in keys
        ]
    except CertverifyError:
        return False
    return any(told)


@pytest.mark.parametrize("case", cases("notes"))
def test_notes_open_or_not_as_written(case: dict[str, Any]) -> None:
    assert opens(raw(case), [decode_verifier_key(line) for line in case["keys"]]) is case["holds"]


@pytest.mark.parametrize("case", cases("vkeys"))
def test_verifier_keys_are_read_or_refused_as_written(case: dict[str, Any]) -> None:
    try:
        key = decode_verifier_key(case["vkey"])
    except CertverifyError:
        assert not case["holds"]
        return
    assert case["holds"]
    assert encode_vkey(key.name, key.raw_key, key.kind) == case["vkey"]


@pytest.mark.parametrize("case", cases("checkpoints"))
def test_checkpoints_are_read_or_refused_as_written(case: dict[str, Any]) -> None:
    try:
        checkpoint, _ = decode_checkpoint(raw(case) + "\n\u2014 x AAAAAAA=\n".encode())
    except CertverifyError:
        assert not case["holds"]
        return
    assert case["holds"]
    read = [checkpoint.origin, checkpoint.size, base64.b64encode(checkpoint.root).decode()]
    assert read == [case["origin"], case["size"], case["root"]]
    assert list(checkpoint.extensions) == case["extensions"]


@pytest.mark.parametrize("case", cases("cosignatures"))
def test_cosignatures_stand_for_the_message_of_the_specification(case: dict[str, Any]) -> None:
    key, text = decode_verifier_key(case["vkey"]), case["text"]
    assert opens(f"{text}\n{case['line']}".encode(), [key]) is case["holds"]
    if case["holds"]:
        assert cosignature_message(text, case["time"]).decode() == case["message"]
        signature = base64.b64decode(case["line"].split(" ")[2])[12:]
        assert cosignature_line(key.name, key.raw_key, case["time"], signature) == case["line"]


@pytest.mark.parametrize("case", [one for one in cases("tile-paths") if one.values[0]["holds"]])
def test_both_halves_name_tiles_as_written(case: dict[str, Any]) -> None:
    level, number, width = case["level"], case["number"], case["width"]
    made = entries_path(number, width) if level < 0 else tile_path(level, number, width)
    assert made == case["path"]
    assert read_tile_path(number) in made


@pytest.mark.parametrize("case", [one for one in cases("tile-widths") if one.values[0]["holds"]])
def test_a_tree_has_the_partial_tiles_as_written(case: dict[str, Any]) -> None:
    partial = [list(tile) for tile in new_tiles(0, case["size"]) if tile[2] < 256]
    assert partial == case["tiles"]


@pytest.mark.parametrize("case", cases("entries"))
def test_entry_bundles_are_split_or_refused_as_written(case: dict[str, Any]) -> None:
    bundle = bytes.fromhex(case["bundle"])
    if not case["holds"]:
        for split, refusal in ((read_entries, CertverifyError), (split_entries, ValueError)):
            with pytest.raises(refusal):
                split(bundle)
        return
    entries = [bytes.fromhex(entry) for entry in case["entries"]]
    assert read_entries(bundle) == split_entries(bundle) == entries
    assert encode_entries(entries) == bundle


@pytest.mark.parametrize("case", cases("policies"))
def test_policies_are_read_or_refused_and_met_or_not_as_written(case: dict[str, Any]) -> None:
    try:
        policy = decode_policy(raw(case))
    except CertverifyError:
        assert not case["holds"]
        return
    assert case["holds"]
    for cosigned, met in case["met"].items():
        assert policy.satisfied_by(frozenset(cosigned.encode().split())) is met, cosigned


@pytest.mark.parametrize("case", cases("tlog-proofs"))
def test_tlog_proofs_open_or_not_as_written(case: dict[str, Any]) -> None:
    entry, key = bytes.fromhex(case["entry"]), decode_verifier_key(case["log"])
    try:
        proof = decode_tlog_proof(raw(case))
        proof.open(entry, [key], NO_WITNESSES)
    except CertverifyError:
        assert not case["holds"]
        return
    assert case["holds"]
    assert encode_tlog_proof(proof.index, proof.hashes, proof.raw_checkpoint, proof.extra) == raw(case)


def test_the_longest_entry_has_65535_bytes() -> None:
    longest = bytes(0xFFFF)
    assert read_entries(encode_entries([longest])) == [longest]
    with pytest.raises(struct.error):
        encode_entries([longest + b"\0"])
