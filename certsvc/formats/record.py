"""The QR record, format 1: the signed record in the QR symbol of every certificate (docs/formats/qr-record.md)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from certsvc.formats.base43 import encode_base43
from certsvc.formats.calendar_units import day_number
from certsvc.formats.cbor import encode_cbor

FORMAT_VERSION = 1
ALGORITHM_EDDSA = -8
DUAL_DIRECTED = 4
TERMINATOR = "Z"
_HEADER_ALG, _HEADER_KID = 1, 4


@dataclass(frozen=True, slots=True)
class QrRecord:
    """What stands in the symbol. `validity_area` (six digits as text) is set exactly when `way` is 4 双定向."""

    number: str
    version: int
    slot: int
    name: str
    id_last4: str
    series: int
    title: int
    level: int
    way: int
    validity_area: str | None
    acquired_on: date

    def __post_init__(self) -> None:
        if (self.way == DUAL_DIRECTED) != (self.validity_area is not None):
            raise ValueError("a validity area belongs to the dual-directed way, and only to it")
        if len(self.number) != 16 or not 1 <= len(self.name) <= 50 or self.version < 1 or self.slot < 0:
            raise ValueError("the record's number, name, version or slot is out of bounds")


def derive_record_kid(public_key: bytes) -> bytes:
    """The four bytes by which records and leaves name a record key."""
    return hashlib.sha256(b"certsvc/record-key/v1\0" + public_key).digest()[:4]


def encode_protected_header(kid: bytes) -> bytes:
    """The protected header: algorithm EdDSA and the key's id."""
    return encode_cbor({_HEADER_ALG: ALGORITHM_EDDSA, _HEADER_KID: kid})


def encode_record_payload(record: QrRecord) -> bytes:
    """The payload: a CBOR array of exactly 12 items."""
    return encode_cbor(
        [
            FORMAT_VERSION,
            record.number,
            record.version,
            record.slot,
            record.name,
            record.id_last4,
            record.series,
            record.title,
            record.level,
            record.way,
            None if record.validity_area is None else int(record.validity_area),
            day_number(record.acquired_on),
        ]
    )


def record_signing_bytes(record: QrRecord, kid: bytes) -> bytes:
    """What the record key signs: the Sig_structure of RFC 9052 4.4 with empty external data."""
    return encode_cbor(["Signature1", encode_protected_header(kid), b"", encode_record_payload(record)])


def encode_record(record: QrRecord, kid: bytes, signature: bytes) -> bytes:
    """The record's bytes: an untagged COSE_Sign1 (RFC 9052 4.2)."""
    if len(kid) != 4 or len(signature) != 64:
        raise ValueError("a kid has 4 bytes, an Ed25519 signature 64")
    return encode_cbor([encode_protected_header(kid), {}, encode_record_payload(record), signature])


def record_text(encoded: bytes, prefix: str = "") -> str:
    """The text of the QR symbol: prefix, base-43 digits, terminator."""
    return prefix + encode_base43(encoded) + TERMINATOR
