"""ports.log_receipts.Submissions over the outbox."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, Select, and_, select

from certsvc.adapters.instants import read_instant
from certsvc.adapters.ledger_schema import outbox_event
from certsvc.adapters.schema import certificate
from certsvc.ports.log_receipts import Submission

_QUEUED = select(outbox_event.c.commitment, outbox_event.c.queued_at, outbox_event.c.leaf_index).order_by(
    outbox_event.c.id
)


class DatabaseSubmissions:
    """Reads what was queued, by who queued it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_decision(self, decision: str) -> Submission | None:
        """The events that a decision queued: those of its certificate versions, and of the credit record that it opens."""
        own = outbox_event.c.idempotency_key.startswith(f"decision/{decision}/", autoescape=True)
        return self._submission(_QUEUED.where(own))

    def of_filing(self, filing: str) -> Submission | None:
        """The events that issue a filing's certificates."""
        issued = and_(
            outbox_event.c.slot == certificate.c.slot,
            outbox_event.c.commitment == certificate.c.commitment,
        )
        return self._submission(
            _QUEUED.join(certificate, issued).where(
                certificate.c.filing_id == filing, certificate.c.version == 1
            )
        )

    def _submission(self, query: Select[Any, Any]) -> Submission | None:
        with self._engine.begin() as connection:
            rows = connection.execute(query).all()
        if not rows:
            return None
        return Submission(
            tuple(row.commitment for row in rows),
            max(read_instant(row.queued_at) for row in rows),
            tuple(row.leaf_index for row in rows),
        )
