"""ports.LedgerRebuilding on SQLAlchemy Core: published events get rows, slots stay taken, numbers are never given twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from certsvc.adapters.database import insert_missing
from certsvc.adapters.history_schema import history_record
from certsvc.adapters.instants import instant_text
from certsvc.adapters.ledger_outbox import issue_key
from certsvc.adapters.ledger_schema import (
    ledger_entries,
    ledger_hashes,
    ledger_head,
    outbox_event,
    status_chunk,
    status_slot,
    status_space,
)
from certsvc.adapters.ledger_store import DatabaseLedgerTransaction
from certsvc.adapters.schema import certificate, number_counter
from certsvc.domain.series import SERIES
from certsvc.formats.leaf import EventKind
from certsvc.ports.ledger_rebuilding import AdoptedEvent, Adoption, PublishedEvent


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose slot it is."""

    subject: str
    version: int
    commitment: bytes | None


class DatabaseRebuildTransaction(DatabaseLedgerTransaction):
    """ports.RebuildTransaction on a connection whose transaction somebody else opened and will end."""

    def erase_log(self) -> None:
        """Take the log's tables back."""
        for table in (ledger_head, ledger_hashes, ledger_entries, status_chunk, status_space):
            self._connection.execute(delete(table))
        unmarked = update(outbox_event).where(outbox_event.c.leaf_index.is_not(None))
        self._connection.execute(unmarked.values(leaf_index=None, manifest_index=None))

    def adopt(self, events: Sequence[PublishedEvent], at: datetime) -> tuple[AdoptedEvent, ...]:
        """Rows for events."""
        insert_missing(
            self._connection, status_slot, [{"slot": slot} for slot in sorted({e.slot for e in events})]
        )
        _count_slots(self._connection)
        adopted = tuple(self._adopt(event, at) for event in events)
        lost = [one.event for one in adopted if _is_lost_certificate(one)]
        if lost:
            _leave_numbers_out(self._connection, lost, at)
        return adopted

    def _adopt(self, event: PublishedEvent, at: datetime) -> AdoptedEvent:
        places = {"leaf_index": event.leaf_index, "manifest_index": event.manifest_index}
        waiting = self._connection.execute(
            update(outbox_event)
            .where(
                outbox_event.c.slot == event.slot,
                outbox_event.c.commitment == event.commitment,
                outbox_event.c.kind == int(event.kind),
                outbox_event.c.leaf_index.is_(None),
            )
            .values(**places)
            .returning(outbox_event.c.certificate_number, outbox_event.c.certificate_version)
        ).one_or_none()
        if waiting is not None:
            return AdoptedEvent(event, Adoption.WAITING, *waiting)
        owner = self._owner(event.slot)
        drafted = (
            event.kind is EventKind.ISSUED and owner is not None and owner.commitment == event.commitment
        )
        key = (
            issue_key(owner.subject, owner.version) if drafted and owner else f"recovered/{event.leaf_index}"
        )
        self._connection.execute(
            insert(outbox_event).values(
                idempotency_key=key,
                kind=int(event.kind),
                slot=event.slot,
                effective_on=event.effective_on.isoformat(),
                commitment=event.commitment,
                certificate_number="" if owner is None else owner.subject,
                certificate_version=0 if owner is None else owner.version,
                queued_at=instant_text(at),
                **places,
            )
        )
        if owner is None:
            return AdoptedEvent(event, Adoption.FOREIGN, "", 0)
        adoption = Adoption.DRAFTED if drafted else Adoption.KNOWN_SLOT
        return AdoptedEvent(event, adoption, owner.subject, owner.version)

    def _owner(self, slot: int) -> _Owner | None:
        for table, subject in (
            (certificate, certificate.c.number),
            (history_record, history_record.c.reference),
        ):
            row = self._connection.execute(
                select(subject, table.c.version, table.c.commitment).where(table.c.slot == slot)
            ).one_or_none()
            if row is not None:
                return _Owner(*row)
        return self._owner_in_log(slot)

    def _owner_in_log(self, slot: int) -> _Owner | None:
        """A credit record, or what an earlier event on the slot was about."""
        row = self._connection.execute(
            select(outbox_event.c.certificate_number, outbox_event.c.certificate_version)
            .where(outbox_event.c.slot == slot, outbox_event.c.certificate_number != "")
            .order_by(outbox_event.c.id)
            .limit(1)
        ).one_or_none()
        return None if row is None else _Owner(*row, commitment=None)


class DatabaseLedgerRebuilding:
    """ports.LedgerRebuilding: opens transactions of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def rebuilding(self) -> Iterator[DatabaseRebuildTransaction]:
        """A transaction that commits at the end of the block and rolls back on an exception."""
        with self._engine.begin() as connection:
            yield DatabaseRebuildTransaction(connection)


def _is_lost_certificate(one: AdoptedEvent) -> bool:
    return one.adoption is Adoption.FOREIGN and one.event.kind is EventKind.ISSUED


def _count_slots(connection: Connection) -> None:
    """Slots that were taken by events are counted, and the array is long enough to stay under half full."""
    taken = connection.execute(select(func.count()).select_from(status_slot)).scalar_one()
    sealed = connection.execute(select(ledger_head.c.status_slots)).scalar_one()
    slots = max(sealed, connection.execute(select(status_space.c.slots)).scalar_one())
    highest = connection.execute(select(func.max(status_slot.c.slot))).scalar_one()
    while 2 * taken >= slots or (highest is not None and highest >= slots):
        slots *= 2
    connection.execute(update(status_space).values(slots=slots, taken=taken))


def _leave_numbers_out(connection: Connection, lost: Sequence[PublishedEvent], at: datetime) -> None:
    """Pass over as many numbers of every series and year as certificates were lost: theirs must not be given again."""
    years = range(min(event.effective_on.year for event in lost), at.year + 1)
    counters = [
        {"series": series, "year": year, "next_serial": 1} for series in sorted(SERIES) for year in years
    ]
    insert_missing(connection, number_counter, counters)
    connection.execute(update(number_counter).values(next_serial=number_counter.c.next_serial + len(lost)))
