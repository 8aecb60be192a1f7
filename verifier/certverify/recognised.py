"""What somebody hands over, recognised by its content: never by a name or an ending."""

from __future__ import annotations

from enum import StrEnum

from certverify.errors import DecodeError, JsonError, RecordAlteredError
from certverify.record import decode_record
from certverify.strict_json import decode_json
from certverify.typed_codes import typed_kind

MAX_TEXT_BYTES = 1 << 20
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM")
_PHONE_BRANDS = (b"heic", b"heix", b"heim", b"hevc", b"mif1", b"msf1", b"avif")
_TIFF = (b"II*\0", b"MM\0*")
_FORMATS = {"certsvc-bundle/1": "bundle", "certsvc-past-bundle/1": "past-bundle"}
_SCHEMAS = {
    "certsvc-verdict/1": "saved-verdict",
    "certsvc-past/1": "saved-verdict",
    "certverify-check/1": "saved-verdict",
}
_PDF_WITHIN = 1024


class Kind(StrEnum):
    """The kinds of things that can be checked, and those that are known and cannot."""

    RECORD = "record"
    MANUAL_CODE = "manual-code"
    NUMBER = "number"
    SHARE_CODE = "share-code"
    REPORT_CODE = "report-code"
    TEXT = "text"
    PICTURE = "picture"
    FOREIGN_PICTURE = "foreign-picture"
    PDF = "pdf"
    BUNDLE = "bundle"
    PAST_BUNDLE = "past-bundle"
    SIGNED_VERDICT = "signed-verdict"
    SAVED_VERDICT = "saved-verdict"
    WORKBOOK = "workbook"
    UNKNOWN = "unknown"


ON_LINE_ONLY = frozenset({Kind.MANUAL_CODE, Kind.NUMBER, Kind.SHARE_CODE, Kind.REPORT_CODE})


def kind_of(raw: bytes) -> Kind:
    """What the bytes are. `foreign-picture`: one of a kind that is not read here (HEIC, AVIF, TIFF)."""
    if raw.startswith(_PICTURES) or (raw.startswith(b"RIFF") and raw[8:12] == b"WEBP"):
        return Kind.PICTURE
    if raw.startswith(_TIFF) or (raw[4:8] == b"ftyp" and raw[8:12] in _PHONE_BRANDS):
        return Kind.FOREIGN_PICTURE
    if b"%PDF-" in raw[:_PDF_WITHIN]:
        return Kind.PDF
    if raw.startswith(b"PK\x03\x04"):
        return Kind.WORKBOOK
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _kind_of_object(raw)
    try:
        return kind_of_text(raw[: MAX_TEXT_BYTES + 1].decode("utf-8-sig"))
    except UnicodeDecodeError:
        return Kind.UNKNOWN


def kind_of_text(typed: str) -> Kind:
    """A record, a number or code that the service alone can look up, or some other text."""
    if holds_record(typed.strip()):
        return Kind.RECORD
    kind = typed_kind(typed.strip())
    return Kind.TEXT if kind is None else Kind(kind.value)


def holds_record(typed: str) -> bool:
    """Whether a record stands in the text, be it one that was altered."""
    try:
        decode_record(typed)
    except RecordAlteredError:
        return True
    except DecodeError:
        return False
    return True


def _kind_of_object(raw: bytes) -> Kind:
    try:
        value = decode_json(raw.removeprefix(b"\xef\xbb\xbf"), limit=8 * MAX_TEXT_BYTES)
    except JsonError:
        return Kind.UNKNOWN
    if not isinstance(value, dict):
        return Kind.UNKNOWN
    if {"payload", "protected", "signature"} <= value.keys():
        return Kind.SIGNED_VERDICT
    named = _FORMATS.get(str(value.get("format"))) or _SCHEMAS.get(str(value.get("schema")))
    return Kind.UNKNOWN if named is None else Kind(named)
