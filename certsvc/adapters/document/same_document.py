"""Whether a kept document and one that was just written are the same but for the signature.

ECDSA in hardware takes a fresh random number for every signature (RFC 6979 is a software's way), so a run that was killed and
goes on writes other bytes; and builds of zlib pack equal streams differently. The kept document is believed only when the
strict check of certverify finds one of our certificates in it: what no checker would take is never kept for good.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class OwnSigner:
    """A document certificate (DER) of ours with its chain to the root, and the days (Asia/Shanghai) on which it signs."""

    certificate: bytes
    chain: tuple[bytes, ...]
    valid_from: date = date.min
    valid_to: date | None = None


def is_same_document(kept: bytes, written: bytes, head: bytes, signers: Iterable[OwnSigner]) -> bool:
    """Whether `kept`, which may be anything, is an original of this layout (its `head`) by one of the signers, and says what
    `written` says: every byte outside the signature, or every object once its stream is unpacked.

    `written` comes from our own writer; its signature is not looked at, and may be missing.
    """
    if check_document(kept, _trust(head, signers)).outcome != "original":
        return False
    try:
        return _HOLE.sub(b"", kept) == _HOLE.sub(b"", written) or _said(kept) == _said(written)
    except (ValueError, ZlibFault):
        return False


def _said(raw: bytes) -> list[bytes]:
    """The objects unpacked, their number and the trailer, without what only tells where they are. Raises ValueError."""
    end = raw.rindex(b"xref\n0 ")
    told = _END.fullmatch(raw, end)
    if told is None:
        raise ValueError("not the end of a document of ours")
    return [*(_HOLE.sub(b"", one) for one in unpacked_objects(raw[:end])), *told.groups()]


def _trust(head: bytes, signers: Iterable[OwnSigner]) -> TrustList:
    """What a checker would have to believe."""
    return TrustList(
        sequence=0,
        issued_at=datetime.min.replace(tzinfo=UTC),
        environment=Environment.TEST,
        qr_prefixes=(),
        log_keys=(),
        record_keys={},
        document_keys=tuple(
            DocumentKey("ES256", one.certificate, one.chain, one.valid_from, one.valid_to) for one in signers
        ),
        layouts=(KnownLayout("own", len(head), sha256(head).digest()),),
        tables_sha256=b"",
        anchors=(),
    )


def is_signed_again(kept: bytes, written: bytes) -> bool:
    """Whether `kept` is `written`, byte for byte, with another valid signature by the same certificate."""
    from asn1crypto import cms

    opens, ends = written.rfind(b"/Contents<") + 10, written.rfind(b">>>\nendobj\nxref\n")
    if not 10 <= opens < ends:
        return False
    found = cms.ContentInfo.load(bytes.fromhex(written[opens:ends].decode("ascii")))["content"][
        "certificates"
    ]
    certificate, *chain = (one.dump() for one in found)
    signer = OwnSigner(certificate, (*chain, b""))  # the root is not embedded
    return is_same_document(kept, written, written[:opens], [signer])
