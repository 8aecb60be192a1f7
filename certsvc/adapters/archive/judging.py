"""ports.archive.LongTermJudge by pyHanko: from the last timestamp back to the signature, each as of the time that the next
one proves, with the material that the next one covers (EN 319 102-1, 5.6, where the timestamps are the evidence record).

pyHanko's own `ades_lta_validation` wants a signature timestamp, which these files cannot have; its parts do not.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from asn1crypto import crl, x509
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
from certsvc.domain.archive_object import ArchiveFault, ArchiveLevel, ArchiveState, DocumentTimestamp

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


@dataclass(frozen=True, slots=True)
class _Inside:
    """The validation material of one revision."""

    certificates: tuple[x509.Certificate, ...] = ()
    lists: tuple[crl.CertificateList, ...] = ()


class _FaultFoundError(Exception):
    def __init__(self, fault: ArchiveFault) -> None:
        super().__init__(fault)
        self.fault = fault


class PdfLongTermJudge:
    """With the roots in force. The revocation lists of today serve the last timestamp, and a file that carries none."""

    def __init__(self, material: Material) -> None:
        self._material = material

    def judge(self, document: bytes, original: bytes, at: datetime) -> ArchiveState | ArchiveFault:
        """What stands in the document, validated as of that instant."""
        if len(document) <= len(original) or not document.startswith(original):
            return ArchiveFault.NOT_A_CONTINUATION
        try:
            signatures = PdfFileReader(BytesIO(document)).embedded_signatures
            return asyncio.run(_Examination(signatures, self._material, at).state())
        except _FaultFoundError as found:
            return found.fault
        except _UNREADABLE:
            return ArchiveFault.UNREADABLE


class _Examination:
    """One document, read."""

    def __init__(self, signatures: list[EmbeddedPdfSignature], material: Material, at: datetime) -> None:
        kinds = [str(one.sig_object_type) for one in signatures]
        if len(kinds) < 2 or kinds != ["/Sig", *["/DocTimeStamp"] * (len(kinds) - 1)]:
            raise _FaultFoundError(ArchiveFault.TIMESTAMP)
        self._signature, *self._stamps = signatures
        self._material, self._at = material, at

    async def state(self) -> ArchiveState:
        last = self._stamps[-1]
        now, covered = _inside(last.reader), _inside_revision(last)
        level = _level(covered, now)
        proven, found = self._at, list[DocumentTimestamp]()
        for index in reversed(range(len(self._stamps))):
            newest = index == len(self._stamps) - 1
            inside = now if newest else _inside_revision(self._stamps[index + 1])
            stamp = await self._timestamp(self._stamps[index], inside, proven, newest)
            found.insert(0, stamp)
            proven = stamp.at
        inside = _inside_revision(self._stamps[1]) if len(self._stamps) > 1 else now
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
        roots = self._material.timestamp_roots
        context = validation_context(roots, proven, certificates, lists, looking_back=not newest)
        status = await async_validate_pdf_timestamp(stamp, context)
        _require(status, ArchiveFault.TIMESTAMP)
        path = status.validation_path
        if path is None or status.timestamp > proven:
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


def _inside_revision(stamp: EmbeddedPdfSignature) -> _Inside:
    return _inside(HistoricalResolver(stamp.reader, revision=stamp.signed_revision))


def _inside(reader: PdfFileReader | HistoricalResolver) -> _Inside:
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except ValidationInfoReadingError:
        return _Inside()
    lists = tuple(crl.CertificateList.load(one.get_object().data) for one in store.crls)
    return _Inside(tuple(store.load_certs()), lists)
