"""Is this PDF, byte for byte, a certificate as the authority made it? (docs/formats/document.md)

No PDF parser: the file is hostile until the signature says otherwise. The procedure:

1. Not a PDF, or above the size cap: unreadable.
2. The head is that of a layout in the trust list, or a signer's certificate of the trust list stands in the file.
   Neither: not the original file. From here on whatever does not match means that the original was altered.
3. One byte range, from 0 to `<` and from `>` to the very end of the file; between them 8,192 lower-case hex digits.
4. `/Contents` is the CMS of a trusted signer over the SHA-256 of the rest, byte for byte (see `cms`).
5. The signing date lies within the dates of the key.
6. The record stands in the file exactly once, in the link over the QR symbol.
7. The head is a known one: original. A good signature over an unknown head is none of the layouts we know.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Literal

from certverify.cms import CONTENTS_BYTES, signature_matches
from certverify.trust import DocumentKey, TrustList

MAX_DOCUMENT_BYTES = 2_000_000
MAX_LINK_BYTES = 1_200  # an address of up to 200 characters, and the longest record that decoders read
Outcome = Literal["original", "altered", "not-original", "unreadable"]

_PDF = b"%PDF-"
_BYTE_RANGE = re.compile(rb"/ByteRange\[0 (0|[1-9]\d{0,6}) ([1-9]\d{0,6}) ([1-9]\d{0,6})\] *\Z")
_LINK = re.compile(rb"/URI\(([!-'*-\[\]-~]{1,%d})\)" % MAX_LINK_BYTES)
_SIGNED_AT = re.compile(rb"/M\(D:(\d{14})Z\)")
_REVISION_ENDS = re.compile(rb"\n%%EOF\n")
_MAX_REVISIONS = 16
_HEX = re.compile(rb"[0-9a-f]+")
_SHANGHAI = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class DocumentCheck:
    """What a file is. `record_text` (the text of the QR symbol) and `layout` (its name in the trust list) only with
    `original`; `code` says why it is not.

    Codes: `document-original`, `document-altered`, `document-not-original`, `document-unreadable`,
    `document-too-large`, `document-key-dates` (altered: signed outside the dates of the key),
    `document-layout-unknown` (not-original: a good signature over a layout that the trust list does not name).
    """

    outcome: Outcome
    record_text: str | None
    code: str
    layout: str | None = None


def check_document(raw: bytes, trust: TrustList) -> DocumentCheck:
    """Check an uploaded file of any kind. Never raises, whatever the bytes are."""
    if len(raw) > MAX_DOCUMENT_BYTES:
        return DocumentCheck("unreadable", None, "document-too-large")
    if not raw.startswith(_PDF):
        return DocumentCheck("unreadable", None, "document-unreadable")
    layout = _layout_of(raw, trust)
    if layout is None and not names_trusted_signer(raw, trust):
        return DocumentCheck("not-original", None, "document-not-original")
    signer = _signer(raw, trust)
    record_text = _record_text(raw)
    if signer is None or record_text is None:
        return DocumentCheck("altered", None, "document-altered")
    if not _signed_within(raw, signer):
        return DocumentCheck("altered", None, "document-key-dates")
    if layout is None:
        return DocumentCheck("not-original", None, "document-layout-unknown")
    return DocumentCheck("original", record_text, "document-original", layout)


@dataclass(frozen=True, slots=True)
class SealedRevision:
    """The first `length` bytes of a file, which are an original."""

    length: int
    record_text: str
    layout: str


def sealed_revision(raw: bytes, trust: TrustList) -> SealedRevision | None:
    """The original that a file begins with and that something was appended to; None when there is none."""
    if len(raw) > MAX_DOCUMENT_BYTES or _layout_of(raw, trust) is None:
        return None
    ends = (found.end() for found in islice(_REVISION_ENDS.finditer(raw), _MAX_REVISIONS))
    for end in ends:
        check = check_document(raw[:end], trust)
        if check.record_text is not None and check.layout is not None and end < len(raw):
            return SealedRevision(end, check.record_text, check.layout)
    return None


def keeps_the_frame(raw: bytes, trust: TrustList) -> bool:
    """Whether a file that is no original was never written anew: it begins with the head of a layout, or its one byte
    range still leaves out just the signature. A program that saves a file again moves both.
    """
    return _layout_of(raw, trust) is not None or _signature_gap(raw) is not None


def names_trusted_signer(raw: bytes, trust: TrustList) -> bool:
    """Whether a signer's certificate stands in the file, as it does inside `/Contents`."""
    lowered = raw.lower()
    return any(key.certificate.hex().encode("ascii") in lowered for key in trust.document_keys)


def _layout_of(raw: bytes, trust: TrustList) -> str | None:
    """The name of the layout whose head the file begins with."""
    view = memoryview(raw)
    return next(
        (
            layout.name
            for layout in trust.layouts
            if 0 < layout.head_length <= len(raw)
            and sha256(view[: layout.head_length]).digest() == layout.head_sha256
        ),
        None,
    )


def _signer(raw: bytes, trust: TrustList) -> DocumentKey | None:
    """The key whose signature covers the whole file."""
    gap = _signature_gap(raw)
    if gap is None:
        return None
    start, end = gap
    digits = raw[start + 1 : end - 1]
    if raw[start : start + 1] != b"<" or raw[end - 1 : end] != b">" or not _HEX.fullmatch(digits):
        return None
    contents, digest = bytes.fromhex(digits.decode("ascii")), sha256(raw[:start] + raw[end:]).digest()
    for key in trust.document_keys:
        if key.alg == "ES256" and signature_matches(contents, digest, key.certificate, key.chain):
            return key
    return None


def _signature_gap(raw: bytes) -> tuple[int, int] | None:
    """Where `<...>` of the signature begins and ends, when the byte range leaves out just that."""
    if raw.count(b"/ByteRange") != 1 or raw.count(b"/Contents<") != 1 or not raw.endswith(b"\n%%EOF\n"):
        return None
    named = raw.index(b"/Contents<")
    covered = _BYTE_RANGE.search(raw, max(0, named - 100), named)
    if covered is None:
        return None
    start, end, rest = map(int, covered.groups())
    if start != named + len(b"/Contents") or end + rest != len(raw) or end - start != 2 * CONTENTS_BYTES + 2:
        return None
    return start, end


def _record_text(raw: bytes) -> str | None:
    """The text of the one link in the file."""
    found = _LINK.findall(raw)
    if len(found) != 1 or raw.count(b"/URI(") != 1:
        return None
    text: bytes = found[0]
    return text.decode("ascii") if raw.count(text) == 1 else None


def _signed_within(raw: bytes, key: DocumentKey) -> bool:
    """Whether the signing time (UTC in the file) falls on a day of the key, as days are counted in Shanghai."""
    found = _SIGNED_AT.findall(raw)
    if len(found) != 1:
        return False
    day = _day(found[0])
    return day is not None and key.valid_from <= day and (key.valid_to is None or day <= key.valid_to)


def _day(digits: bytes) -> date | None:
    try:
        return (datetime.strptime(digits.decode("ascii"), "%Y%m%d%H%M%S") + _SHANGHAI).date()  # noqa: DTZ007
    except (ValueError, OverflowError):
        return None
