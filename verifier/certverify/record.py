"""The signed record of the QR symbol (docs/formats/qr-record.md)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from certverify import ed25519
from certverify.base43 import ALPHABET, Base43Error, decode_base43
from certverify.errors import CborError, KeyUnknownError, RecordAlteredError, RecordUnreadableError
from certverify.strict_cbor import decode_cbor, encode_cbor, is_uint
from certverify.trust import KID_BYTES, RecordKey, TrustList

DUAL_DIRECTED = 4
FORMAT_VERSION = 1
MAX_TEXT = 4096  # prefix and record together
MAX_RECORD_TEXT = 1000
MAX_RECORD_BYTES = 700
_TERMINATOR = "Z"
_EPOCH = date(1970, 1, 1)
_MAX_DAYS = (date.max - _EPOCH).days
_ALG_EDDSA = -8


@dataclass(frozen=True, slots=True)
class Record:
    """What the authority signed about one certificate version. Codes are those of `tables.json`.

    `validity_area` is the six-digit code of the only county where a dual-directed title counts; None otherwise.
    """

    number: str
    version: int
    slot: int
    name: str
    last4: str
    series: int
    title: int
    level: int
    way: int
    validity_area: str | None
    acquired_on: date

    @property
    def dual_directed(self) -> bool:
        """Whether the title was acquired the dual-directed way 双定向."""
        return self.way == DUAL_DIRECTED


@dataclass(frozen=True, slots=True)
class SignedRecord:
    """A decoded, not yet verified record. `record` is None for a format version that this library cannot read."""

    kid: bytes
    format_version: int
    record: Record | None
    signed_bytes: bytes
    signature: bytes

    def verify(self, trust_list: TrustList, today: date) -> RecordKey:
        """The key of the trust list that signed this record.

        The record does not say when it was issued, only when the title was acquired, which is never later: the key must
        have been in force on or before `today` and must not have ended before the title was acquired. Raises KeyUnknownError
        and SignatureError.
        """
        key = trust_list.record_keys.get(self.kid)
        if key is None or today < key.valid_from or self._acquired_after(key.valid_to):
            raise KeyUnknownError("no key of the trust list speaks for this record")
        ed25519.verify(key.public_key, self.signature, self.signed_bytes)
        return key

    def _acquired_after(self, valid_to: date | None) -> bool:
        return self.record is not None and valid_to is not None and self.record.acquired_on > valid_to


def decode_record(text: str) -> SignedRecord:
    """The record in the text of a QR symbol, with or without the link in front of it.

    Raises RecordUnreadableError, or RecordAlteredError when a record stands before a wrong terminator.
    """
    if len(text) > MAX_TEXT:
        raise RecordUnreadableError("the text is too long")
    body = text.rpartition("#")[2]
    if not 2 <= len(body) <= MAX_RECORD_TEXT or body[-1] not in ALPHABET:
        raise RecordUnreadableError("the text is empty, too long or of other characters")
    try:
        signed = decode_record_bytes(decode_base43(body[:-1]))
    except Base43Error as error:
        raise RecordUnreadableError("the text is not base 43") from error
    if body[-1] != _TERMINATOR:
        raise RecordAlteredError("the terminator was changed")
    return signed


def decode_record_bytes(raw_record: bytes) -> SignedRecord:
    """The record in the bytes of an untagged COSE_Sign1 (RFC 9052 4.2). Raises RecordUnreadableError."""
    try:
        envelope = decode_cbor(raw_record, limit=MAX_RECORD_BYTES)
        protected, payload, signature = _envelope_parts(envelope)
        kid = _kid(decode_cbor(protected, limit=MAX_RECORD_BYTES))
        fields = decode_cbor(payload, limit=MAX_RECORD_BYTES)
    except CborError as error:
        raise RecordUnreadableError("not a COSE_Sign1 in deterministic CBOR") from error
    if type(fields) is not list or not fields or not is_uint(fields[0]):
        raise RecordUnreadableError("the payload is no record")
    record = _record(fields) if fields[0] == FORMAT_VERSION else None
    signed_bytes = encode_cbor(["Signature1", protected, b"", payload])
    return SignedRecord(kid, fields[0], record, signed_bytes, signature)


def _envelope_parts(envelope: object) -> tuple[bytes, bytes, bytes]:
    match envelope:
        case [bytes(protected), {**unprotected}, bytes(payload), bytes(signature)] if (
            not unprotected and len(signature) == ed25519.SIGNATURE_BYTES
        ):
            return protected, payload, signature
    raise RecordUnreadableError("not a COSE_Sign1 of this format")


def _kid(protected: object) -> bytes:
    match protected:
        case {1: int(alg), 4: bytes(kid), **rest} if alg == _ALG_EDDSA and len(kid) == KID_BYTES and not rest:
            return kid
    raise RecordUnreadableError("not the protected header of this format")


def _record(fields: list[Any]) -> Record:
    if len(fields) != 12:
        raise RecordUnreadableError("a record has 12 items")
    _, number, version, slot, name, last4, series, title, level, way, area, acquired = fields
    well_formed = (
        _is_text(number, 16, 16)
        and all(map(is_uint, (version, slot, series, title, level, way, acquired)))
        and version >= 1
        and _is_text(name, 1, 50)
        and _is_text(last4, 4, 4)
        and 1 <= level <= 5
        and acquired <= _MAX_DAYS
        and _is_area(area, way)
    )
    if not well_formed:
        raise RecordUnreadableError("an item of the record is malformed")
    area_code = None if area is None else str(area)
    acquired_on = _EPOCH + timedelta(days=acquired)
    return Record(number, version, slot, name, last4, series, title, level, way, area_code, acquired_on)


def _is_text(value: object, shortest: int, longest: int) -> bool:
    return (
        type(value) is str and shortest <= len(value) <= longest and unicodedata.is_normalized("NFC", value)
    )


def _is_area(area: object, way: int) -> bool:
    if way != DUAL_DIRECTED:
        return area is None
    return type(area) is int and 100_000 <= area <= 999_999
