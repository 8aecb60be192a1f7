"""ports.archive.LongTermWriter by pyHanko: incremental updates, so that every revision begins with the one before it.

The timestamps are document timestamps (EN 319 142-1, 5.4.3): a signature timestamp would have to stand in the signature's
`/Contents` and change bytes that are served and logged (docs/decisions/0015).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from io import BytesIO

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.validation import DocumentSecurityStore, EmbeddedPdfSignature
from pyhanko_certvalidator.errors import PathError
from pyhanko_certvalidator.errors import ValidationError as PathRefused
from pyhanko_certvalidator.path import ValidationPath

from certsvc.adapters.archive.material import ListTooLargeError, Material, signer_path, timestamp_path
from certsvc.adapters.archive.revisions import RevisionWriter
from certsvc.adapters.archive.timestamping import HASH_ALGORITHM, VerifiedTimestamps
from certsvc.domain.archive_object import ArchiveFault, ArchiveLevel, DocumentTimestamp

_UNREADABLE = (PdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)


class PdfLongTermWriter:
    """With the material of this round, and a client of the timestamp server that lives as long."""

    def __init__(
        self, material: Material, timestamps: VerifiedTimestamps, now: Callable[[], datetime]
    ) -> None:
        self._material, self.timestamps, self._now = material, timestamps, now

    def raise_to(
        self, document: bytes, reached: ArchiveLevel | None, level: ArchiveLevel
    ) -> bytes | ArchiveFault:
        """The document with revisions added, as far as there is material; see the port."""
        grown = document
        if reached is None:
            stamped = self._stamped(grown)
            if isinstance(stamped, ArchiveFault):
                return stamped
            grown, reached = stamped, ArchiveLevel.B_T
        if reached is ArchiveLevel.B_T and level.rank > reached.rank:
            grown_with_material = self._with_material(grown, signer=True)
            if isinstance(grown_with_material, ArchiveFault):
                return grown if grown != document else grown_with_material
            grown, reached = grown_with_material, ArchiveLevel.B_LT
        return self._stamped(grown) if reached is ArchiveLevel.B_LT and level.rank > reached.rank else grown

    def renew(self, document: bytes) -> bytes | ArchiveFault:
        """The document with the material of its last timestamp, and a further timestamp over all of it."""
        grown = self._with_material(document, signer=False)
        return grown if isinstance(grown, ArchiveFault) else self._stamped(grown)

    def shortfall(self, document: bytes) -> ArchiveFault:
        """Why a B-T document stays one for now."""
        tried = self._with_material(document, signer=True)
        return tried if isinstance(tried, ArchiveFault) else ArchiveFault.MATERIAL

    def _stamped(self, document: bytes) -> bytes | ArchiveFault:
        try:
            writer, stamped = RevisionWriter(BytesIO(document)), BytesIO()
            names = len(writer.prev.embedded_signatures)
            stamper = PdfTimeStamper(self.timestamps, field_name=f"Timestamp-{names}")
            stamper.timestamp_pdf(writer, HASH_ALGORITHM, output=stamped)
        except _UNREADABLE:
            return ArchiveFault.UNREADABLE
        return stamped.getvalue()

    def _with_material(self, document: bytes, *, signer: bool) -> bytes | ArchiveFault:
        """A document security store with the chain and the revocation lists of the signature and its timestamps, and of the
        certificate that will sign the next timestamp: all of it then stands under that timestamp."""
        now = self._now()
        try:
            signatures = PdfFileReader(BytesIO(document)).embedded_signatures
            paths = asyncio.run(self._paths(signatures if signer else signatures[-1:], now))
            if not signer and not _lasts_longer(paths, now):
                return ArchiveFault.NO_LONGER
            writer, grown = RevisionWriter(BytesIO(document)), BytesIO()
            lists = self._material.lists_of(paths, now)
            store = DocumentSecurityStore.supply_dss_in_writer(writer, None, paths=paths, crls=lists)
            if not store.modified:
                writer.mark_update(
                    writer.root.raw_get("/DSS")
                )  # the same once more: timestamps and stores take turns
            writer.write(grown)  # type: ignore[no-untyped-call]
        except (PathRefused, PathError):
            return ArchiveFault.MATERIAL
        except ListTooLargeError:
            return ArchiveFault.LIST_TOO_LARGE
        except _UNREADABLE:
            return ArchiveFault.UNREADABLE
        return grown.getvalue()

    async def _paths(self, signatures: list[EmbeddedPdfSignature], now: datetime) -> list[ValidationPath]:
        documents, timestamps = self._material.for_documents(now), self._material.for_timestamps(now)
        paths = []
        for one in signatures:
            if one.sig_object_type == "/DocTimeStamp":
                paths.append(await timestamp_path(one.signer_cert, one.other_embedded_certs, timestamps))
            else:
                paths.append(await signer_path(one.signer_cert, one.other_embedded_certs, documents))
        next_stamp = self.timestamps.validation_paths(timestamps)  # type: ignore[no-untyped-call]
        paths += [path async for path in next_stamp]
        return paths


def _lasts_longer(paths: list[ValidationPath], now: datetime) -> bool:
    """Of a renewal, whose first path is of the last timestamp, and whose last one of the next."""
    present, coming = (
        min(one.not_valid_after for one in path.iter_certs(include_root=False))
        for path in (paths[0], paths[-1])
    )
    return DocumentTimestamp(now, coming, HASH_ALGORITHM).is_worth_it_after(present)
