"""ports.log_receipts.Submissions over the outbox."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Engine, Table, and_, select

from certsvc.adapters.decision_schema import decision_event
from certsvc.adapters.instants import read_instant
from certsvc.adapters.ledger_schema import outbox_event
from certsvc.adapters.schema import certificate
from certsvc.ports.log_receipts import Submission


class DatabaseSubmissions:
    """Reads the outbox beside the tables of those who submit."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_decision(self, decision: str) -> Submission | None:
        """The events of a decision."""
        return self._submission(decision_event, decision_event.c.decision_id == decision)

    def of_filing(self, filing: str) -> Submission | None:
        """The events of a filing's certificates."""
        return self._submission(certificate, certificate.c.filing_id == filing)

    def _submission(self, table: Table, wanted: ColumnElement[bool]) -> Submission | None:
        joined = and_(outbox_event.c.slot == table.c.slot, outbox_event.c.commitment == table.c.commitment)
        query = (
            select(outbox_event.c.commitment, outbox_event.c.queued_at)
            .join(table, joined)
            .where(wanted)
            .order_by(outbox_event.c.id)
        )
        with self._engine.begin() as connection:
            rows = connection.execute(query).all()
        if not rows:
            return None
        return Submission(
            tuple(row.commitment for row in rows), max(read_instant(row.queued_at) for row in rows)
        )
