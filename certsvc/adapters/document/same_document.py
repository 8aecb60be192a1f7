"""Whether a kept document and one that was just written are the same but for the signature's random part.

ECDSA in hardware takes a fresh random number for every signature (RFC 6979 is a software's way), so a run that was killed and
goes on writes other bytes. Everything that the signature covers, its attributes and its certificates are equal; the
kept signature is verified here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final

from asn1crypto import cms as asn1_cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256

_RANGES: Final = re.compile(rb"/ByteRange ?\[ ?0 (\d{1,9}) (\d{1,9}) (\d{1,9}) ?\]")


def is_same_document(kept: bytes, written: bytes) -> bool:
    """Whether `kept` is what `written` is, with another valid signature of the same key over the same bytes.

    `written` comes from our own writer and was verified there; `kept` may be anything.
    """
    ranges = _RANGES.findall(written)
    if not ranges or len(kept) != len(written):
        return False
    before, after, length = map(int, ranges[-1])  # the last one is the signature of the whole file
    if after + length != len(written) or not before < after:
        return False
    if (kept[:before], kept[after:]) != (written[:before], written[after:]):
        return False
    digest = sha256(written[:before] + written[after:]).digest()
    try:
        one, other = (_cms(document[before + 1 : after - 1]) for document in (kept, written))
        return _but_signature(one) == _but_signature(other) and _is_signed(one, digest)
    except Exception:  # the kept hole holds any bytes, and the parser has many words for it
        return False


def _cms(raw_digits: bytes) -> asn1_cms.ContentInfo:
    """The CMS in a hole of a document, with nothing but zeros behind it. Raises ValueError and what the parser raises."""
    raw = bytes.fromhex(raw_digits.decode("ascii"))
    content = asn1_cms.ContentInfo.load(raw)
    if content.dump().ljust(len(raw), b"\0") != raw:
        raise ValueError("something stands behind the signature")
    return content


def _but_signature(content: asn1_cms.ContentInfo) -> tuple[bytes | int, ...]:
    """Every encoded part of a CMS, and the bytes that go to their headers, without the value of the one signature."""
    signed = content["content"]
    (info,) = signed["signer_infos"]
    parts = [content["content_type"].dump()]
    parts += [part.dump() for name, part in _named(signed) if name != "signer_infos"]
    parts += [part.dump() for name, part in _named(info) if name != "signature"]
    headers = len(content.dump()) - len(info["signature"].native) - sum(map(len, parts))
    return (*parts, headers)


def _named(sequence: Any) -> Iterator[tuple[str, Any]]:
    return ((name, sequence[name]) for name, *_ in sequence._fields)


def _is_signed(content: asn1_cms.ContentInfo, digest: bytes) -> bool:
    """Whether the signature is that of the first certificate's key over attributes that hold the digest."""
    info = content["content"]["signer_infos"][0]
    attributes = b"\x31" + info["signed_attrs"].dump()[1:]  # RFC 5652, 5.4: signed as a SET OF
    key = x509.load_der_x509_certificate(content["content"]["certificates"][0].dump()).public_key()
    if digest not in attributes or not isinstance(key, EllipticCurvePublicKey):
        return False
    try:
        key.verify(info["signature"].native, attributes, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True
