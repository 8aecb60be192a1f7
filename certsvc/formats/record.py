"""The signed record in the QR symbol (docs/formats/qr-record.md): of a certificate, an annotated copy, a historical record.

One envelope for all three; the first item of the payload says which it is.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from certsvc.formats.base43 import encode_base43
from certsvc.formats.calendar_units import day_number
from certsvc.formats.cbor import CborValue, encode_cbor

ALGORITHM_EDDSA = -8
DUAL_DIRECTED = 4
TERMINATOR = "Z"
MAX_RECIPIENT, MAX_PURPOSE = 30, 20
MAX_WRITTEN_TITLE, MAX_WRITTEN_SERIES, MAX_WRITTEN_LEVEL = 60, 30, 20
MAX_BYTES = 670  # in base 43 with its terminator under 1,000 characters
_HEADER_ALG, _HEADER_KID = 1, 4
_COPY_ID = re.compile("J[2-9A-HJKMNP-Z]{15}", re.ASCII)
_REFERENCE = re.compile("H[0-9]{14}[0-9A-Z]", re.ASCII)
_ACQUIRED = re.compile("[0-9]{4}-[0-9]{2}(-[0-9]{2})?", re.ASCII)
_UNSEEN = re.compile(
    "[\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb]"
)


class RecordFormat(IntEnum):
    """Item 0 of every payload."""

    CERTIFICATE = 1
    ANNOTATED_COPY = 2
    HISTORICAL = 3


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


@dataclass(frozen=True, slots=True)
class AnnotatedRecord:
    """What stands in the symbol of an annotated copy 加注件: the certificate's own items, and for whom the copy is.

    `copy_id`: `J` and 15 characters of the alphabet without I L O 0 1. `ends_on`: the last day it may be used, in Shanghai.
    """

    certificate: QrRecord
    copy_id: str
    recipient: str
    purpose: str
    ends_on: date

    def __post_init__(self) -> None:
        if not _COPY_ID.fullmatch(self.copy_id):
            raise ValueError("the id of a copy is J and 15 characters of the alphabet")
        if not (is_plain_text(self.recipient, MAX_RECIPIENT) and is_plain_text(self.purpose, MAX_PURPOSE)):
            raise ValueError("recipient or purpose is empty, too long, or not plain text")


@dataclass(frozen=True, slots=True)
class HistoricalQrRecord:
    """What stands in the symbol of a statement of historical data 历史数据: the words of the older papers.

    `acquired`: `1998-06` or `1998-06-15`, as exactly as the papers tell. `quality`: `A` or `B`.
    """

    reference: str
    version: int
    slot: int
    name: str
    id_last4: str
    title: str
    series: str | None
    level: str | None
    acquired: str
    quality: str

    def __post_init__(self) -> None:
        if not _REFERENCE.fullmatch(self.reference) or self.version < 1 or self.slot < 0:
            raise ValueError("the record's reference, version or slot is out of bounds")
        if not 1 <= len(self.name) <= 50 or len(self.id_last4) != 4 or self.quality not in ("A", "B"):
            raise ValueError("the record's name, last 4 characters or quality is out of bounds")
        if not _ACQUIRED.fullmatch(self.acquired):
            raise ValueError("the time of acquisition is a month or a day")
        date.fromisoformat(self.acquired if len(self.acquired) == 10 else f"{self.acquired}-01")
        written = (
            (self.title, MAX_WRITTEN_TITLE),
            (self.series, MAX_WRITTEN_SERIES),
            (self.level, MAX_WRITTEN_LEVEL),
        )
        if any(text is not None and not is_plain_text(text, longest) for text, longest in written):
            raise ValueError("title, series or level is empty, too long, or not plain text")


SignableRecord = QrRecord | AnnotatedRecord | HistoricalQrRecord


def is_plain_text(text: str, longest: int) -> bool:
    """Whether free words may stand in a record: 1 to `longest` code points, NFC, no control or invisible characters,
    no blank at either end."""
    return (
        1 <= len(text) <= longest
        and text == text.strip()
        and unicodedata.is_normalized("NFC", text)
        and not _UNSEEN.search(text)
    )


def derive_record_kid(public_key: bytes) -> bytes:
    """The four bytes by which records and leaves name a record key."""
    return hashlib.sha256(b"certsvc/record-key/v1\0" + public_key).digest()[:4]


def encode_protected_header(kid: bytes) -> bytes:
    """The protected header: algorithm EdDSA and the key's id."""
    return encode_cbor({_HEADER_ALG: ALGORITHM_EDDSA, _HEADER_KID: kid})


def encode_record_payload(record: SignableRecord) -> bytes:
    """The payload: a CBOR array of exactly 12, 16 or 11 items; the first is its format."""
    items: list[CborValue]
    match record:
        case QrRecord():
            items = [RecordFormat.CERTIFICATE.value, *_certificate_items(record)]
        case AnnotatedRecord():
            items = [
                RecordFormat.ANNOTATED_COPY.value,
                *_certificate_items(record.certificate),
                record.copy_id,
                record.recipient,
                record.purpose,
                day_number(record.ends_on),
            ]
        case HistoricalQrRecord():
            items = [RecordFormat.HISTORICAL.value, *_historical_items(record)]
    return encode_cbor(items)


def _certificate_items(record: QrRecord) -> list[CborValue]:
    return [
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


def _historical_items(record: HistoricalQrRecord) -> list[CborValue]:
    return [
        record.reference,
        record.version,
        record.slot,
        record.name,
        record.id_last4,
        record.title,
        record.series,
        record.level,
        record.acquired,
        record.quality,
    ]


def record_signing_bytes(record: SignableRecord, kid: bytes) -> bytes:
    """What the record key signs: the Sig_structure of RFC 9052 4.4 with empty external data."""
    return encode_cbor(["Signature1", encode_protected_header(kid), b"", encode_record_payload(record)])


def encode_record(record: SignableRecord, kid: bytes, signature: bytes) -> bytes:
    """The record's bytes: an untagged COSE_Sign1 (RFC 9052 4.2). Raises ValueError above 670 bytes."""
    if len(kid) != 4 or len(signature) != 64:
        raise ValueError("a kid has 4 bytes, an Ed25519 signature 64")
    encoded = encode_cbor([encode_protected_header(kid), {}, encode_record_payload(record), signature])
    if len(encoded) > MAX_BYTES:
        raise ValueError(f"a record has at most {MAX_BYTES} bytes")
    return encoded


def record_text(encoded: bytes, prefix: str = "") -> str:
    """The text of the QR symbol: prefix, base-43 digits, terminator."""
    return prefix + encode_base43(encoded) + TERMINATOR
