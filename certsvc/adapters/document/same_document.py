"""Whether a kept document says what a page says that was just composed, under another good signature of ours.

ECDSA in hardware takes a fresh random number for every signature (RFC 6979 is a software's way), so a run that was killed and
goes on writes other bytes; and builds of zlib pack equal streams differently. The kept document is believed only when the
strict check of certverify finds one of our certificates in it: what no checker would take is never kept for good.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Final
from zlib import error as ZlibFault  # noqa: N812

from certverify.document import check_document
from certverify.trust import DocumentKey, Environment, TrustList
from certverify.trust import Layout as KnownLayout

from certsvc.adapters.document.frozen import unpacked_objects

_HOLE: Final = re.compile(rb"/ByteRange\[[0-9 ]*\] */Contents<[0-9a-f]*>")
_END: Final = re.compile(
    rb"xref\n0 (\d+)\n(?:\d{10} \d{5} [nf] \n)+trailer\n(<<[^\n]*>>)\nstartxref\n\d+\n%%EOF\n"
)


def is_same_document(
    kept: bytes, composed: bytes, head: bytes, certificate: bytes, chain: tuple[bytes, ...]
) -> bool:
    """Whether `kept`, which may be anything, is an original of the layout with this `head` by this certificate (DER, with its
    chain to the root), and says what `composed` says: every byte outside the signature, or every object once unpacked.

    `composed` comes from our own writer; its signature is not looked at.
    """
    if check_document(kept, _trust(head, certificate, chain)).outcome != "original":
        return False
    try:
        return _HOLE.sub(b"", kept) == _HOLE.sub(b"", composed) or _said(kept) == _said(composed)
    except (ValueError, ZlibFault):
        return False


def _said(raw: bytes) -> list[bytes]:
    """The objects unpacked, their number and the trailer, without what only tells where they are. Raises ValueError."""
    end = raw.rindex(b"xref\n0 ")
    told = _END.fullmatch(raw, end)
    if told is None:
        raise ValueError("not the end of a document of ours")
    return [*(_HOLE.sub(b"", one) for one in unpacked_objects(raw[:end])), *told.groups()]


def _trust(head: bytes, certificate: bytes, chain: tuple[bytes, ...]) -> TrustList:
    """What a checker would have to believe; the days of the certificate are our caller's."""
    return TrustList(
        sequence=0,
        issued_at=datetime.min.replace(tzinfo=UTC),
        environment=Environment.TEST,
        qr_prefixes=(),
        log_keys=(),
        record_keys={},
        api_keys={},
        document_keys=(DocumentKey("ES256", certificate, chain, date.min, None),),
        layouts=(KnownLayout("own", len(head), sha256(head).digest()),),
        tables_sha256=b"",
        anchors=(),
    )
