"""The decoder of signed verdicts (docs/formats/signed-verdict.md): strict, and nothing in it is verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from certverify import ed25519
from certverify.errors import JsonError, NewerFormatError, SignedVerdictError
from certverify.evidence import ProvenChunk, ProvenLeaf, read_proven_chunk, read_proven_leaf
from certverify.strict_json import (
    base64url_bytes,
    decode_json,
    encode_canonical,
    hex_bytes,
    only_keys,
    text,
    whole_number,
)
from certverify.verdict import Verdict
from certverify.verdict_reading import is_other_version, read_instant, read_verdict

FORMAT = "certsvc-signed-verdict/1"
MAX_SIGNED_VERDICT_BYTES = 1 << 20
_FAMILY = "certsvc-signed-verdict/"
_TYPE = "certsvc-signed-verdict+json"
_ALGORITHM = "EdDSA"


class AskedBy(StrEnum):
    """What the asker had: the QR symbol, the manual code, or number, name and last four characters."""

    QR = "qr"
    CODE = "code"
    HOLDER = "holder"


@dataclass(frozen=True, slots=True)
class Envelope:
    """The parts of the file, none of them verified. `payload_sha256`: what the header says of the payload."""

    kid: str
    payload_sha256: bytes
    payload: bytes
    signed_bytes: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """How it was asked: `place` a six-digit region code, `record_sha256` of the signed QR record that the answer is about."""

    by: AskedBy
    place: str | None
    record_sha256: bytes | None


@dataclass(frozen=True, slots=True)
class StatusEvidence:
    """What the log is said to prove of a slot, none of it verified."""

    slot: int
    raw_checkpoint: bytes
    seal: ProvenLeaf
    status: ProvenChunk


@dataclass(frozen=True, slots=True)
class Statement:
    """What was signed."""

    issued_at: datetime
    question: AskedQuestion
    verdict: Verdict
    evidence: StatusEvidence | None


def decode_envelope(raw_file: bytes) -> Envelope:
    """The parts of the file, a flattened JWS in canonical JSON. Raises NewerFormatError, SignedVerdictError."""
    try:
        fields = only_keys(_canonical(raw_file), ("payload", "protected", "signature"))
        raw_header, payload = base64url_bytes(fields["protected"]), base64url_bytes(fields["payload"])
        header = only_keys(_canonical(raw_header), ("alg", "kid", "typ", "payload_sha256"))
        if header["typ"] != _TYPE:
            raise JsonError("another type")
        if text(header["alg"]) != _ALGORITHM:
            raise NewerFormatError("another algorithm")
        signature = base64url_bytes(fields["signature"])
        if len(signature) != ed25519.SIGNATURE_BYTES:
            raise JsonError("not a signature of this algorithm")
        signed_bytes = f"{fields['protected']}.{fields['payload']}".encode()
        digest = hex_bytes(header["payload_sha256"], 32)
        return Envelope(text(header["kid"]), digest, payload, signed_bytes, signature)
    except JsonError as error:
        raise SignedVerdictError("not a signed verdict") from error


def decode_statement(payload: bytes) -> Statement:
    """What a payload says. Raises NewerFormatError, SignedVerdictError."""
    try:
        value = _canonical(payload)
        if type(value) is dict and is_other_version(value.get("schema"), _FAMILY, FORMAT):
            raise NewerFormatError("a signed verdict of another version")
        fields = only_keys(value, ("schema", "issued_at", "question", "verdict", "evidence"))
        if fields["schema"] != FORMAT:
            raise JsonError("another format")
        return Statement(
            read_instant(fields["issued_at"]),
            _question(fields["question"]),
            read_verdict(fields["verdict"]),
            None if fields["evidence"] is None else _evidence(fields["evidence"]),
        )
    except (JsonError, ValueError) as error:
        raise SignedVerdictError("not a signed verdict") from error


def _question(value: object) -> AskedQuestion:
    fields = only_keys(value, ("by", "place", "record"))
    place, record = fields["place"], fields["record"]
    if place is not None and not (len(text(place)) == 6 and place.isascii() and place.isdecimal()):
        raise JsonError("not a place")
    return AskedQuestion(
        AskedBy(text(fields["by"])), place, None if record is None else hex_bytes(record, 32)
    )


def _evidence(value: object) -> StatusEvidence:
    fields = only_keys(value, ("slot", "checkpoint", "seal", "status"))
    return StatusEvidence(
        whole_number(fields["slot"]),
        text(fields["checkpoint"]).encode(),
        read_proven_leaf(fields["seal"]),
        read_proven_chunk(fields["status"]),
    )


def _canonical(raw_json: bytes) -> Any:
    value = decode_json(raw_json, limit=MAX_SIGNED_VERDICT_BYTES)
    try:
        same = encode_canonical(value) == raw_json
    except ValueError as error:
        raise JsonError("not a text that UTF-8 can carry") from error
    if not same:
        raise JsonError("not canonical")
    return value
