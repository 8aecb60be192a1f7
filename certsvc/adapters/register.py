"""ports.verification.Register in the database: what the public face may ask. It reads, and has nothing to write with."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine, select

from certsvc.adapters.certificate_store import open_record
from certsvc.adapters.decision_schema import decision
from certsvc.adapters.schema import certificate
from certsvc.ports import PersonalCipher
from certsvc.ports.verification import DecisionNotice, RegisteredVersion


class DatabaseRegister:
    """ports.verification.Register on SQLAlchemy Core, over an engine of `open_for_reading`."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def versions(self, number: str) -> tuple[RegisteredVersion, ...]:
        """Every version of a number, oldest first."""
        own = certificate.c
        with self._engine.begin() as connection:
            rows = connection.execute(
                select(own.number, own.version, own.slot, own.status, own.state, own.sealed_record)
                .where(own.number == number)
                .order_by(own.version)
            ).all()
        return tuple(
            RegisteredVersion(
                number=row.number,
                version=row.version,
                slot=row.slot,
                status=row.status,
                published=row.state == "published",
                record=self._record(row.number, row.version, row.sealed_record),
            )
            for row in rows
        )

    def _record(self, number: str, version: int, sealed: bytes | None) -> bytes | None:
        return None if sealed is None else open_record(self._cipher, number, version, sealed)

    def decisions(self, number: str) -> tuple[DecisionNotice, ...]:
        """The confirmed decisions on a number, oldest first."""
        own = decision.c
        with self._engine.begin() as connection:
            rows = connection.execute(
                select(own.kind, own.document_ref, own.decided_on, own.ground)
                .where(own.certificate_number == number, own.status == "confirmed")
                .order_by(own.confirmed_at, own.id)
            ).all()
        return tuple(
            DecisionNotice(row.kind, row.document_ref, date.fromisoformat(row.decided_on), row.ground)
            for row in rows
        )

    def some_number(self) -> str | None:
        """The smallest number of a published certificate."""
        own = certificate.c
        first = select(own.number).where(own.state == "published").order_by(own.number).limit(1)
        with self._engine.begin() as connection:
            found: str | None = connection.execute(first).scalar_one_or_none()
        return found
