"""ports.archive.LongTermJudge by pyHanko: from the last timestamp back to the signature, each as of the time that the next
one proves, with the material that the next one covers (EN 319 102-1, 5.6, where the timestamps are the evidence record).

pyHanko's own `ades_lta_validation` wants a signature timestamp, which these files cannot have; its parts do not.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO

from asn1crypto import cms, crl, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.errors import SignatureValidationError, ValidationInfoReadingError
from pyhanko.sign.validation.status import ModificationInfo, SignatureStatus

from certsvc.adapters.archive.material import Material, validation_context
from certsvc.domain.archive_object import (
    MOST_SKEW,
    ArchiveFault,
    ArchiveLevel,
    ArchiveState,
    DocumentTimestamp,
)

_UNREADABLE = (
    PdfError,
    SignatureValidationError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    RecursionError,
)
_MOST_LISTS_HELD = 32


@dataclass(frozen=True, slots=True)
class _Inside:
    """The validation material of one revision."""

    certificates: tuple[x509.Certificate, ...] = ()
    lists: tuple[crl.CertificateList, ...] = ()


class _ListsRead:
    """Lists that were read before: most objects carry the same ones, and reading a large one takes long."""

    def __init__(self) -> None:
        self._read: dict[bytes, crl.CertificateList] = {}

    def read(self, raw_list: bytes) -> crl.CertificateList:
        key = sha256(raw_list).digest()
        known = self._read.pop(key, None)
        self._read[key] = found = known or crl.CertificateList.load(raw_list)
        if len(self._read) > _MOST_LISTS_HELD:
            del self._read[next(iter(self._read))]  # the one that was not asked for longest
        return found


class _FaultFoundError(Exception):
    def __init__(self, fault: ArchiveFault) -> None:
        super().__init__(fault)
        self.fault = fault


class PdfLongTermJudge:
    """With the roots in force. The revocation lists of today serve the last timestamp, and a file that carries none."""

    def __init__(self, material: Material) -> None:
        self._material = material
        self._lists = _ListsRead()

    def judge(self, document: bytes, original: bytes, at: datetime) -> ArchiveState | ArchiveFault:
        """What stands in the document, validated as of that instant."""
        if len(document) <= len(original) or not document.startswith(original):
            return ArchiveFault.NOT_A_CONTINUATION
        try:
            signatures = PdfFileReader(BytesIO(document)).embedded_signatures
            examination = _Examination(document, signatures, self._material, at, self._lists)
            return asyncio.run(examination.state())
        except _FaultFoundError as found:
            return found.fault
        except _UNREADABLE:
            return ArchiveFault.UNREADABLE


class _Examination:
    """One document, read."""

    def __init__(
        self,
        document: bytes,
        signatures: list[EmbeddedPdfSignature],
        material: Material,
        at: datetime,
        lists: _ListsRead,
    ) -> None:
        kinds = [str(one.sig_object_type) for one in signatures]
        if len(kinds) < 2 or kinds != ["/Sig", *["/DocTimeStamp"] * (len(kinds) - 1)]:
            raise _FaultFoundError(ArchiveFault.TIMESTAMP)
        self._signature, *self._stamps = signatures
        self._document, self._material, self._at, self._lists = document, material, at, lists

    async def state(self) -> ArchiveState:
        last = self._stamps[-1]
        now, covered = self._inside(last.reader), self._inside_revision(last)
        level = _level(covered, now)
        _require_revisions(self._signature, self._stamps, level)
        _require_bare_token(self._document, last)
        proven, found = self._at, list[DocumentTimestamp]()
        for index in reversed(range(len(self._stamps))):
            newest = index == len(self._stamps) - 1
            inside = now if newest else self._inside_revision(self._stamps[index + 1])
            stamp = await self._timestamp(self._stamps[index], inside, proven, newest)
            found.insert(0, stamp)
            proven = min(proven, stamp.at)
        inside = self._inside_revision(self._stamps[1]) if len(self._stamps) > 1 else now
        await self._certification(inside, proven, level)
        whole = last.coverage is SignatureCoverageLevel.ENTIRE_FILE
        if whole is (level is ArchiveLevel.B_LT):
            raise _FaultFoundError(ArchiveFault.TIMESTAMP)
        return ArchiveState(level, tuple(found))

    async def _timestamp(
        self, stamp: EmbeddedPdfSignature, inside: _Inside, proven: datetime, newest: bool
    ) -> DocumentTimestamp:
        lists = (*inside.lists, *self._material.lists) if newest else inside.lists
        certificates = (*inside.certificates, *self._material.certificates)
        said: datetime = stamp.signed_data["encap_content_info"]["content"].parsed["gen_time"].native
        if said - proven > MOST_SKEW:
            raise _FaultFoundError(ArchiveFault.TIMESTAMP)
        # a server whose clock goes ahead of ours, or of the next server's, tells no lie
        moment = max(said, proven)
        context = validation_context(
            self._material.timestamp_roots, moment, certificates, lists, looking_back=not newest
        )
        status = await async_validate_pdf_timestamp(stamp, context)
        _require(status, ArchiveFault.TIMESTAMP)
        path = status.validation_path
        if path is None or status.timestamp != said:
            raise _FaultFoundError(ArchiveFault.TIMESTAMP)
        ends = min(one.not_valid_after for one in path.iter_certs(include_root=False))
        return DocumentTimestamp(status.timestamp, ends, stamp.external_md_algorithm)

    async def _certification(self, inside: _Inside, proven: datetime, level: ArchiveLevel) -> None:
        bare = level is ArchiveLevel.B_T  # says when it was signed, and nothing of revocation
        lists = self._material.lists if bare else inside.lists
        certificates = (*inside.certificates, *self._material.certificates)
        roots = self._material.document_roots
        context = validation_context(
            roots, proven, certificates, lists, looking_back=True, lists_needed=not bare
        )
        status = await async_validate_pdf_signature(self._signature, context)
        _require(status, ArchiveFault.SIGNATURE)
        if not status.docmdp_ok:
            raise _FaultFoundError(ArchiveFault.SIGNATURE)

    def _inside_revision(self, stamp: EmbeddedPdfSignature) -> _Inside:
        return self._inside(HistoricalResolver(stamp.reader, revision=stamp.signed_revision))

    def _inside(self, reader: PdfFileReader | HistoricalResolver) -> _Inside:
        try:
            store = DocumentSecurityStore.read_dss(reader)
        except ValidationInfoReadingError:
            return _Inside()
        lists = tuple(self._lists.read(one.get_object().data) for one in store.crls)
        return _Inside(tuple(store.load_certs()), lists)


def _require(status: SignatureStatus, fault: ArchiveFault) -> None:
    """Return for a signature that is right, whose revision was only continued by material and timestamps."""
    if not (status.intact and status.valid) or not isinstance(status, ModificationInfo):
        raise _FaultFoundError(fault)
    if status.coverage is None or status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        raise _FaultFoundError(fault)
    if status.modification_level is None or status.modification_level > ModificationLevel.LTA_UPDATES:
        raise _FaultFoundError(fault)
    if not status.trusted:
        raise _FaultFoundError(ArchiveFault.MATERIAL)


def _level(covered: _Inside, now: _Inside) -> ArchiveLevel:
    if covered.lists:
        return ArchiveLevel.B_LTA
    return ArchiveLevel.B_LT if now.lists else ArchiveLevel.B_T


def _require_revisions(
    signature: EmbeddedPdfSignature, stamps: list[EmbeddedPdfSignature], level: ArchiveLevel
) -> None:
    """Return when timestamps and stores take turns behind the served file, and nothing else was put there: a timestamp that
    nobody recognises any more does not make a lower level of what it stands in."""
    first = signature.signed_revision + 1
    turns = [first + 2 * turn for turn in range(len(stamps))]
    revisions = turns[-1] + (2 if level is ArchiveLevel.B_LT else 1)
    if [one.signed_revision for one in stamps] != turns or (
        stamps[-1].reader.xrefs.total_revisions != revisions
    ):
        raise _FaultFoundError(ArchiveFault.TIMESTAMP)


def _require_bare_token(document: bytes, stamp: EmbeddedPdfSignature) -> None:
    """Return when the room of a token, which nothing covers, has it as it was written, and nothing behind it."""
    start, length, resumed, _ = stamp.byte_range
    room = document[start + length : resumed]
    token = cms.ContentInfo.load(stamp.pkcs7_content).dump().hex().upper().encode()
    if room != b"<" + token.ljust(len(room) - 2, b"0") + b">":
        raise _FaultFoundError(ArchiveFault.TIMESTAMP)
