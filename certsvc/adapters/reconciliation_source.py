"""ports.ReconciliationSource on SQLAlchemy Core."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, Select, and_, exists, literal, select, union

from certsvc.adapters.decision_schema import credit_record, decision, decision_event
from certsvc.adapters.history_schema import history_event, history_record
from certsvc.adapters.instants import read_instant
from certsvc.adapters.ledger_schema import outbox_event
from certsvc.adapters.schema import certificate
from certsvc.formats.leaf import EventKind
from certsvc.ports.reconciliation import OpenEvent, UnqueuedRecord


class DatabaseReconciliationSource:
    """Reads outbox and business tables."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def waiting(self) -> tuple[OpenEvent, ...]:
        """Events without a leaf."""
        return self._events(outbox_event.c.leaf_index.is_(None))

    def logged_from(self, leaf_index: int) -> tuple[OpenEvent, ...]:
        """Events at or beyond an index."""
        return self._events(outbox_event.c.leaf_index >= leaf_index)

    def recovered(self) -> tuple[OpenEvent, ...]:
        """Events without a business record: taken back out of the public log, or written into the outbox by nobody who
        decides. A commitment is salted, so that no two events share one.
        """
        with self._engine.begin() as connection:
            return tuple(_open_event(row) for row in connection.execute(RECOVERED))

    def unqueued(self) -> tuple[UnqueuedRecord, ...]:
        """Records without their event."""
        with self._engine.begin() as connection:
            rows = [row for query in UNQUEUED for row in connection.execute(query)]
        return tuple(UnqueuedRecord(row.place, row.subject, row.version) for row in rows)

    def _events(self, wanted: ColumnElement[bool]) -> tuple[OpenEvent, ...]:
        with self._engine.begin() as connection:
            rows = connection.execute(select(outbox_event).where(wanted).order_by(outbox_event.c.id))
            return tuple(_open_event(row) for row in rows)


def _open_event(row: Row[Any]) -> OpenEvent:
    return OpenEvent(
        row.certificate_number,
        row.certificate_version,
        EventKind(row.kind),
        read_instant(row.queued_at),
        row.leaf_index,
    )


def _lacking(
    place: str,
    subject: ColumnElement[str],
    version: ColumnElement[int],
    slot: ColumnElement[int],
    commitment: ColumnElement[bytes],
) -> Select[Any, Any, Any]:
    """Records whose event, known by slot and commitment, is not in the outbox."""
    queued = exists().where(outbox_event.c.slot == slot, outbox_event.c.commitment == commitment)
    return select(literal(place).label("place"), subject.label("subject"), version.label("version")).where(
        ~queued
    )


def _without_record() -> ColumnElement[bool]:
    """Events that no business table knows by slot and commitment; a question a table, each answered by its index."""
    tables = (certificate, decision_event, credit_record, history_record, history_event)
    known = (
        exists().where(table.c.slot == outbox_event.c.slot, table.c.commitment == outbox_event.c.commitment)
        for table in tables
    )
    return and_(*(~one for one in known))


RECOVERED = union(
    select(outbox_event).where(outbox_event.c.idempotency_key.like("recovered/%")),
    select(outbox_event).where(_without_record()),
).order_by("id")
_ONE = literal(1)
UNQUEUED = (
    _lacking(
        "certificate",
        certificate.c.number,
        certificate.c.version,
        certificate.c.slot,
        certificate.c.commitment,
    ).where(certificate.c.state.in_(("sealed", "logged", "published"))),
    _lacking(
        "decision_event",
        decision.c.certificate_number,
        _ONE,
        decision_event.c.slot,
        decision_event.c.commitment,
    ).join_from(decision_event, decision, decision.c.id == decision_event.c.decision_id),
    _lacking("credit_record", credit_record.c.id, _ONE, credit_record.c.slot, credit_record.c.commitment),
    _lacking(
        "history_record",
        history_record.c.reference,
        history_record.c.version,
        history_record.c.slot,
        history_record.c.commitment,
    ).where(history_record.c.slot.is_not(None)),
    _lacking(
        "history_event", literal(""), _ONE, history_event.c.slot, history_event.c.commitment
    ).select_from(history_event),
)
