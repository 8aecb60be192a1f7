"""The signed record of the QR symbol (docs/formats/qr-record.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from certverify import ed25519
from certverify.base43 import ALPHABET, Base43Error, decode_base43
from certverify.errors import CborError, KeyUnknownError, RecordAlteredError, RecordUnreadableError
from certverify.record_items import ANNOTATED_COPY, CERTIFICATE, HISTORICAL, Items, read_items
from certverify.record_items import CopyTerms as CopyTerms
from certverify.record_items import HistoricalRecord as HistoricalRecord
from certverify.record_items import Record as Record
from certverify.strict_cbor import decode_cbor, encode_cbor, is_uint
from certverify.trust import KID_BYTES, RecordKey, TrustList

MAX_TEXT = 4096  # prefix and record together
MAX_RECORD_TEXT = 1000
MAX_RECORD_BYTES = 700
_TERMINATOR = "Z"
_ALG_EDDSA = -8
_FORMATS_OF_LAYOUT = {
    "certificate": frozenset({CERTIFICATE}),
    "annotated-copy": frozenset({ANNOTATED_COPY}),
    "statement": frozenset({HISTORICAL}),
    "report": frozenset({CERTIFICATE, ANNOTATED_COPY}),
}


@dataclass(frozen=True, slots=True)
class SignedRecord:
    """A decoded, not yet verified record. `items` is empty for a format that this library cannot read."""

    kid: bytes
    format_version: int
    items: Items
    signed_bytes: bytes
    signature: bytes

    @property
    def record(self) -> Record | None:
        """What it says of a certificate; None for a historical record and for a format that this library cannot read."""
        return self.items.certificate

    @property
    def copy(self) -> CopyTerms | None:
        """The terms of an annotated copy; None for everything else."""
        return self.items.copy

    @property
    def historical(self) -> HistoricalRecord | None:
        """What it says of a title of before this service."""
        return self.items.historical

    def verify(self, trust_list: TrustList, today: date) -> RecordKey:
        """The key of the trust list that signed this record.

        The record does not say when it was signed: the key must have been in force on or before `today`, and must not have
        ended before the earliest day that the items leave possible. Raises KeyUnknownError and SignatureError.
        """
        key = trust_list.record_keys.get(self.kid)
        if key is None or today < key.valid_from or self._signed_after(key.valid_to):
            raise KeyUnknownError("no key of the trust list speaks for this record")
        ed25519.verify(key.public_key, self.signature, self.signed_bytes)
        return key

    def _signed_after(self, valid_to: date | None) -> bool:
        earliest = self.items.signed_from
        return earliest is not None and valid_to is not None and earliest > valid_to


def formats_of_layout(layout: str) -> frozenset[int]:
    """The record formats that a sealed document of a layout (`certificate/v1`) may carry; none for an unknown kind."""
    return _FORMATS_OF_LAYOUT.get(layout.partition("/")[0], frozenset())


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


def record_bytes(text: str) -> bytes:
    """The bytes of the COSE_Sign1 in a text that `decode_record` has read."""
    return decode_base43(text.rpartition("#")[2][:-1])


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
    signed_bytes = encode_cbor(["Signature1", protected, b"", payload])
    return SignedRecord(kid, fields[0], read_items(fields), signed_bytes, signature)


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
