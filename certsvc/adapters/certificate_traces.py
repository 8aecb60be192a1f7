"""ports.certificate_traces.TraceSources in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, select

from certsvc.adapters.instants import read_instant
from certsvc.adapters.schema import certificate, filing
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.certificate_trace import TracedBatch, TracedVersion
from certsvc.errors import UnknownReference


class DatabaseTraceSources:
    """On SQLAlchemy Core, over an engine of `open_for_reading`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def batch(self, wanted: str) -> TracedBatch:
        """The filing that a certificate came with. Raises UnknownReference."""
        own = filing.c
        columns = (
            own.id,
            own.digest,
            own.file_name,
            own.received_at,
            own.maker,
            own.approved_at,
            own.checker,
            own.issued_at,
        )
        with self._engine.begin() as connection:
            row = connection.execute(select(*columns).where(own.id == wanted)).one_or_none()
        if row is None:
            raise UnknownReference(f"没有备案 {wanted}。请核对备案号。")
        return TracedBatch(
            row.id,
            row.digest,
            row.file_name,
            read_instant(row.received_at),
            row.maker,
            _instant(row.approved_at),
            row.checker,
            _instant(row.issued_at),
        )

    def versions(self, number: str) -> tuple[TracedVersion, ...]:
        """The versions of a certificate, oldest first."""
        own = certificate.c
        with self._engine.begin() as connection:
            rows = connection.execute(
                select(certificate).where(own.number == number).order_by(own.version)
            ).all()
        return tuple(
            TracedVersion(
                row.version,
                row.slot,
                row.state,
                CertificateStatus(row.status),
                _instant(row.sealed_at),
                _instant(row.published_at),
                row.document_sha256,
                row.leaf_index,
            )
            for row in rows
        )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else read_instant(text)
