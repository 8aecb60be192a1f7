"""What the database adds to a past bundle: which leaves stand on a certificate's slots, and what opens their commitments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Engine, select

from certsvc.adapters.decision_schema import decision_event
from certsvc.adapters.ledger_schema import outbox_event
from certsvc.formats.bundle import Opening
from certsvc.ports import LoggedEvent, PersonalCipher


class DatabasePastEvidence:
    """Reads events and decisions of one certificate, for reading only."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def logged_on(self, slots: Iterable[int]) -> tuple[LoggedEvent, ...]:
        """Every logged event on the slots, in the order of the log."""
        own = outbox_event.c
        logged = select(outbox_event).where(own.slot.in_(sorted(slots)), own.leaf_index.is_not(None))
        with self._engine.begin() as connection:
            rows = connection.execute(logged.order_by(own.leaf_index)).all()
        return tuple(
            LoggedEvent(row.id, row.slot, row.commitment, row.leaf_index, row.manifest_index) for row in rows
        )

    def decision_openings(self, slots: Iterable[int]) -> Mapping[bytes, Opening]:
        """By commitment, what opens the events that decisions wrote on the slots."""
        events = select(decision_event).where(decision_event.c.slot.in_(sorted(slots)))
        with self._engine.begin() as connection:
            rows = connection.execute(events).all()
        openings = {}
        for row in rows:
            context = f"decision/{row.decision_id}/{row.slot}".encode()
            openings[row.commitment] = Opening(
                salt=self._cipher.decrypt(row.sealed_salt, context=context + b"/salt"),
                payload=self._cipher.decrypt(row.sealed_payload, context=context),
            )
        return openings
