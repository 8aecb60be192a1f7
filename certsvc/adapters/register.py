"""ports.verification.Register in the database: what the public face may ask. It reads, and has nothing to write with."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, and_, select

from certsvc.adapters.clock import local_day
from certsvc.adapters.decision_schema import decision
from certsvc.adapters.instants import read_instant
from certsvc.adapters.schema import certificate
from certsvc.adapters.sealed_certificates import open_record
from certsvc.ports import PersonalCipher
from certsvc.ports.verification import DecisionNotice, RegisteredVersion, RegisterEntry

_STAND_IN, _LIKE_A_RECORD = b"register/stand-in", 180
_STEPS = {"drafted": 1, "sealed": 2, "logged": 3, "published": 4}


class DatabaseRegister:
    """ports.verification.Register on SQLAlchemy Core, over an engine of `open_for_reading`."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher
        self._stand_in = cipher.encrypt(bytes(_LIKE_A_RECORD), context=_STAND_IN)

    def entry(self, number: str) -> RegisterEntry:
        """Everything on a number, as one instant saw it; an unknown number has version 0 and nothing else."""
        with self._engine.begin() as connection:
            entry = read_entry(connection, self._cipher, number)
        if not any(one.record for one in entry.versions):
            self._cipher.decrypt(self._stand_in, context=_STAND_IN)  # nothing takes as long as something
        return entry

    def versions(self, number: str) -> tuple[RegisteredVersion, ...]:
        """Every version of a number, oldest first."""
        return self.entry(number).versions

    def decisions(self, number: str) -> tuple[DecisionNotice, ...]:
        """The confirmed decisions on a number, oldest first."""
        return self.entry(number).decisions

    def some_number(self, besides: str = "") -> str | None:
        """The smallest number of a published certificate that is not `besides`."""
        own = certificate.c
        others = (own.state == "published", own.number != besides)
        first = select(own.number).where(*others).order_by(own.number).limit(1)
        with self._engine.begin() as connection:
            found: str | None = connection.execute(first).scalar_one_or_none()
        return found


def read_entry(connection: Connection, cipher: PersonalCipher, number: str) -> RegisterEntry:
    """Everything on a number, in the caller's transaction."""
    rows = connection.execute(_of_number(number)).all()
    versions = {row.version: row for row in rows}
    decisions = {row.id: row for row in rows if row.id is not None}
    return RegisterEntry(
        change=len(decisions) + sum(_STEPS[row.state] for row in versions.values()),
        versions=tuple(_version(row, cipher) for row in versions.values()),
        decisions=tuple(_notice(row) for row in decisions.values()),
    )


def _version(row: Row[Any], cipher: PersonalCipher) -> RegisteredVersion:
    sealed = row.sealed_record
    return RegisteredVersion(
        number=row.number,
        version=row.version,
        slot=row.slot,
        status=row.status,
        published=row.state == "published",
        record=None if sealed is None else open_record(cipher, row.number, row.version, sealed),
        published_on=None if row.published_at is None else local_day(read_instant(row.published_at)),
    )


def _of_number(number: str) -> Select[Any]:
    """One statement, so that versions and decisions are of one instant on every database."""
    own, other = certificate.c, decision.c
    confirmed = and_(other.certificate_number == own.number, other.status == "confirmed")
    return (
        select(own.number, own.version, own.slot, own.status, own.state, own.sealed_record)
        .add_columns(own.published_at, other.id, other.kind, other.document_ref, other.decided_on)
        .add_columns(other.ground, other.effective_on, other.confirmed_at)
        .select_from(certificate.outerjoin(decision, confirmed))
        .where(own.number == number)
        .order_by(own.version, other.ordinal)
    )


def _notice(row: Row[Any]) -> DecisionNotice:
    return DecisionNotice(
        kind=row.kind,
        reference=row.document_ref,
        decided_on=date.fromisoformat(row.decided_on),
        ground=row.ground,
        effective_on=date.fromisoformat(row.effective_on),
        recorded_on=local_day(read_instant(row.confirmed_at)),
    )
