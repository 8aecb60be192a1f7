"""ports.LedgerRebuilding on SQLAlchemy Core: published events get rows, slots stay taken, numbers are never given twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, null, select, update

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
from certsvc.domain.certificate_number import parse_certificate_number
from certsvc.domain.series import SERIES
from certsvc.formats.leaf import EventKind
from certsvc.ports.ledger_rebuilding import AdoptedEvent, Adoption, PublishedEvent

NUMBER_BLOCK = 100_000
_AT_ONCE = 500
_MARK_ROW = (
    update(outbox_event)
    .where(outbox_event.c.id == bindparam("row"))
    .values(leaf_index=bindparam("leaf"), manifest_index=bindparam("manifest"))
)


@dataclass(frozen=True, slots=True)
class _WaitingRow:
    """An outbox row without a leaf."""

    id: int
    subject: str
    version: int


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
        """Rows for events, some hundreds at once."""
        return tuple(
            one
            for start in range(0, len(events), _AT_ONCE)
            for one in self._adopt(events[start : start + _AT_ONCE], at)
        )

    def finish(self, numbers_seen: Iterable[str], lost_years: Collection[int]) -> None:
        """Slots, leaves of certificates, numbers."""
        _count_slots(self._connection)
        _find_leaves_again(self._connection)
        if lost_years:
            _leave_numbers_out(self._connection, numbers_seen, lost_years)

    def _adopt(self, events: Sequence[PublishedEvent], at: datetime) -> list[AdoptedEvent]:
        slots = sorted({event.slot for event in events})
        insert_missing(self._connection, status_slot, [{"slot": slot} for slot in slots])
        waiting, owners = self._waiting(slots), self._owners(slots)
        adopted, marks, rows = [], [], []
        for event in events:
            places = {"leaf_index": event.leaf_index, "manifest_index": event.manifest_index}
            known = waiting.pop((event.slot, event.commitment, int(event.kind)), None)
            if known is not None:
                marks.append({"row": known.id, "leaf": event.leaf_index, "manifest": event.manifest_index})
                adopted.append(AdoptedEvent(event, Adoption.WAITING, known.subject, known.version))
                continue
            one = _identified(event, owners.get(event.slot))
            adopted.append(one)
            rows.append(_recovered_row(one, at) | places)
        if marks:
            self._connection.execute(_MARK_ROW, marks)
        if rows:
            self._connection.execute(insert(outbox_event), rows)
        return adopted

    def _waiting(self, slots: Sequence[int]) -> dict[tuple[int, bytes, int], _WaitingRow]:
        rows = self._connection.execute(
            select(outbox_event).where(outbox_event.c.slot.in_(slots), outbox_event.c.leaf_index.is_(None))
        )
        return {
            (row.slot, row.commitment, row.kind): _WaitingRow(
                row.id, row.certificate_number, row.certificate_version
            )
            for row in rows
        }

    def _owners(self, slots: Sequence[int]) -> dict[int, _Owner]:
        """Certificate versions, historical records; else what an earlier event on the slot was about."""
        told = outbox_event.c.certificate_number
        earlier = (
            select(outbox_event.c.slot, told, outbox_event.c.certificate_version, null().label("commitment"))
            .where(outbox_event.c.slot.in_(slots), told != "")
            .order_by(outbox_event.c.id.desc())
        )
        owners = {row.slot: _Owner(row[1], row[2], None) for row in self._connection.execute(earlier)}
        for table, subject in (
            (history_record, history_record.c.reference),
            (certificate, certificate.c.number),
        ):
            rows = self._connection.execute(
                select(table.c.slot, subject, table.c.version, table.c.commitment).where(
                    table.c.slot.in_(slots)
                )
            )
            owners |= {row.slot: _Owner(row[1], row[2], row.commitment) for row in rows}
        return owners


class DatabaseLedgerRebuilding:
    """ports.LedgerRebuilding: opens transactions of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def rebuilding(self) -> Iterator[DatabaseRebuildTransaction]:
        """A transaction that commits at the end of the block and rolls back on an exception."""
        with self._engine.begin() as connection:
            yield DatabaseRebuildTransaction(connection)


def _identified(event: PublishedEvent, owner: _Owner | None) -> AdoptedEvent:
    if owner is None:
        return AdoptedEvent(event, Adoption.FOREIGN, "", 0)
    drafted = event.kind is EventKind.ISSUED and owner.commitment == event.commitment
    adoption = Adoption.DRAFTED if drafted else Adoption.KNOWN_SLOT
    return AdoptedEvent(event, adoption, owner.subject, owner.version)


def _recovered_row(one: AdoptedEvent, at: datetime) -> dict[str, object]:
    """The outbox row of an event that had none; a draft's is the one that its sealing would queue."""
    event = one.event
    key = f"recovered/{event.leaf_index}"
    if one.adoption is Adoption.DRAFTED:
        key = issue_key(one.subject, one.version)
    return {
        "idempotency_key": key,
        "kind": int(event.kind),
        "slot": event.slot,
        "effective_on": event.effective_on.isoformat(),
        "commitment": event.commitment,
        "certificate_number": one.subject,
        "certificate_version": one.version,
        "queued_at": instant_text(at),
    }


def _count_slots(connection: Connection) -> None:
    """Slots that were taken by events are counted, and the array is long enough to stay under half full."""
    taken = connection.execute(select(func.count()).select_from(status_slot)).scalar_one()
    sealed = connection.execute(select(ledger_head.c.status_slots)).scalar_one()
    slots = max(sealed, connection.execute(select(status_space.c.slots)).scalar_one())
    highest = connection.execute(select(func.max(status_slot.c.slot))).scalar_one()
    while 2 * taken >= slots or (highest is not None and highest >= slots):
        slots *= 2
    connection.execute(update(status_space).values(slots=slots, taken=taken))


def _find_leaves_again(connection: Connection) -> None:
    """Certificates name the leaf that their event has now; one whose event is not in the log waits for it anew."""
    leaf = (
        select(outbox_event.c.leaf_index)
        .where(
            outbox_event.c.slot == certificate.c.slot,
            outbox_event.c.commitment == certificate.c.commitment,
            outbox_event.c.kind == int(EventKind.ISSUED),
        )
        .scalar_subquery()
    )
    placed = certificate.c.state.in_(("logged", "published"))
    connection.execute(update(certificate).where(placed, leaf.is_not(None)).values(leaf_index=leaf))
    lost = update(certificate).where(placed, leaf.is_(None))
    connection.execute(lost.values(state="sealed", leaf_index=None, published_at=None))


def _leave_numbers_out(connection: Connection, numbers_seen: Iterable[str], years: Collection[int]) -> None:
    """Every counter passes the numbers that were seen, and goes on at the next block.

    Which numbers the lost certificates had, nobody knows: gaps are allowed, so it cannot be told from their count.
    """
    counters = [
        {"series": series, "year": year, "next_serial": 1}
        for series in sorted(SERIES)
        for year in sorted(years)
    ]
    insert_missing(connection, number_counter, counters)
    seen = _highest_serials(numbers_seen)
    for row in connection.execute(select(number_counter)).all():
        last = max(row.next_serial - 1, seen.get((row.series, row.year), 0))
        own = (number_counter.c.series == row.series) & (number_counter.c.year == row.year)
        following = (last // NUMBER_BLOCK + 1) * NUMBER_BLOCK + 1
        connection.execute(update(number_counter).where(own).values(next_serial=following))


def _highest_serials(numbers: Iterable[str]) -> dict[tuple[int, int], int]:
    highest: dict[tuple[int, int], int] = {}
    for number in numbers:
        parts = parse_certificate_number(number)
        if parts is not None:
            key = parts.series, parts.year
            highest[key] = max(highest.get(key, 0), parts.serial)
    return highest
