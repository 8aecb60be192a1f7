"""ports.announced.AnnouncedBatches: filings and certificates by the announcement documents that they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Engine, Row, func, select

from certsvc.adapters.announced_schema import announced_list
from certsvc.adapters.schema import certificate, filing
from certsvc.adapters.sealed_certificates import open_content
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.filing import FilingStatus
from certsvc.formats.content import decode_content
from certsvc.ports import PersonalCipher
from certsvc.ports.announced import BatchCertificate, BatchFiling


class DatabaseAnnouncedBatches:
    """Reads only."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def filings(self, document_refs: Sequence[str]) -> tuple[BatchFiling, ...]:
        """The filings of the documents, oldest first."""
        found = (
            select(filing)
            .where(filing.c.announcement_ref.in_(document_refs))
            .order_by(filing.c.received_at, filing.c.id)
        )
        with self._engine.begin() as connection:
            return tuple(
                BatchFiling(
                    row.id,
                    FilingStatus(row.status),
                    row.announcement_ref,
                    row.committee_code,
                    row.checker is not None,
                )
                for row in connection.execute(found)
            )

    def certificates(self, document_refs: Sequence[str]) -> tuple[BatchCertificate, ...]:
        """The newest version of every certificate of those filings, by number."""
        newest = (
            select(certificate.c.number, func.max(certificate.c.version).label("version"))
            .join(filing, filing.c.id == certificate.c.filing_id)
            .where(filing.c.announcement_ref.in_(document_refs))
            .group_by(certificate.c.number)
            .subquery()
        )
        found = (
            select(certificate)
            .join(
                newest,
                (newest.c.number == certificate.c.number) & (newest.c.version == certificate.c.version),
            )
            .order_by(certificate.c.number)
        )
        with self._engine.begin() as connection:
            return tuple(self._certificate(row) for row in connection.execute(found))

    def documents(self, since: date) -> tuple[str, ...]:
        """Numbers of the documents announced since a day that have a confirmed list; and of every filing without one."""
        listed = select(announced_list.c.document_ref).where(announced_list.c.confirmed_by.is_not(None))
        recent = listed.where(announced_list.c.announced_on >= since.isoformat())
        filed = select(filing.c.announcement_ref).where(
            filing.c.announcement_ref.is_not(None), filing.c.announcement_ref.not_in(listed)
        )
        with self._engine.begin() as connection:
            return tuple(sorted(connection.scalars(recent.union(filed))))

    def _certificate(self, row: Row[Any]) -> BatchCertificate:
        payload = open_content(self._cipher, row.number, row.version, row.sealed_content)
        return BatchCertificate(
            row.number,
            row.filing_id,
            row.row_no,
            CertificateStatus(row.status),
            row.state == "published",
            decode_content(payload, row=row.row_no).award,
        )
