"""ports.LedgerReading on SQLAlchemy Core: one read-only transaction that sees one moment, rows streamed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, Select, and_, func, select

from certsvc.adapters.database import read_one_moment
from certsvc.adapters.ledger_schema import (
    ledger_entries,
    ledger_hashes,
    ledger_head,
    outbox_event,
    status_chunk,
    status_slot,
    status_space,
)
from certsvc.adapters.ledger_store import DatabaseLedgerTransaction, read_head
from certsvc.adapters.schema import certificate
from certsvc.formats.tile import EntryRun, HashRun
from certsvc.ports import LedgerHead
from certsvc.ports.ledger_reading import LoggedRow, SlotCount

_AT_ONCE = 2000
_ENTRIES = select(ledger_entries).order_by(ledger_entries.c.bundle, ledger_entries.c.start)
_LOGGED = (
    select(outbox_event).where(outbox_event.c.leaf_index.is_not(None)).order_by(outbox_event.c.leaf_index)
)
_CHUNKS = select(status_chunk).order_by(status_chunk.c.number)
_HOMELESS = (
    select(outbox_event.c.slot)
    .outerjoin(status_slot, status_slot.c.slot == outbox_event.c.slot)
    .where(status_slot.c.slot.is_(None))
    .distinct()
)

_MISPLACED = (
    select(certificate.c.number, certificate.c.version)
    .outerjoin(
        outbox_event,
        and_(
            outbox_event.c.slot == certificate.c.slot,
            outbox_event.c.commitment == certificate.c.commitment,
            outbox_event.c.leaf_index == certificate.c.leaf_index,
        ),
    )
    .where(certificate.c.leaf_index.is_not(None), outbox_event.c.id.is_(None))
    .order_by(certificate.c.number, certificate.c.version)
)


class DatabaseLedgerSnapshot:
    """ports.LedgerSnapshot on a connection that sees one moment."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def head(self) -> LedgerHead | None:
        """The head."""
        row = self._connection.execute(select(ledger_head)).one_or_none()
        return None if row is None else read_head(row)

    def entry_runs(self) -> Iterator[EntryRun]:
        """Every run of entries."""
        for row in self._stream(_ENTRIES):
            yield EntryRun(row.bundle, row.start, row.entries)

    def hash_runs(self, level: int) -> Iterator[HashRun]:
        """Every run of hashes of a level."""
        wanted = select(ledger_hashes).where(ledger_hashes.c.level == level)
        for row in self._stream(wanted.order_by(ledger_hashes.c.tile, ledger_hashes.c.start)):
            yield HashRun(row.level, row.tile, row.start, row.hashes)

    def tile(self, level: int, number: int) -> bytes:
        """All hashes stored of a tile."""
        return DatabaseLedgerTransaction(self._connection).tile(level, number)

    def highest_level(self) -> int:
        """The highest level with hashes."""
        highest = self._connection.execute(select(func.max(ledger_hashes.c.level))).scalar_one()
        return -1 if highest is None else int(highest)

    def logged_rows(self) -> Iterator[LoggedRow]:
        """Outbox rows with a leaf."""
        for row in self._stream(_LOGGED):
            yield LoggedRow(
                row.id,
                row.kind,
                row.slot,
                row.effective_on,
                row.commitment,
                row.leaf_index,
                row.manifest_index,
            )

    def status_chunks(self) -> Iterator[tuple[int, bytes]]:
        """Stored chunks."""
        for row in self._stream(_CHUNKS):
            yield row.number, row.content

    def slot_count(self) -> SlotCount | None:
        """The room for slots."""
        row = self._connection.execute(select(status_space)).one_or_none()
        if row is None:
            return None
        taken = self._connection.execute(select(func.count()).select_from(status_slot)).scalar_one()
        return SlotCount(row.slots, row.taken, taken)

    def events_without_slot(self) -> Iterator[int]:
        """Slots that nobody has taken."""
        return (row.slot for row in self._stream(_HOMELESS.order_by(outbox_event.c.slot)))

    def misplaced_certificates(self) -> Iterator[tuple[str, int]]:
        """Certificates whose leaf is not that of their event."""
        return ((row.number, row.version) for row in self._stream(_MISPLACED))

    def _stream(self, query: Select) -> Iterator:  # type: ignore[type-arg]  # rows of several tables
        return iter(self._connection.execution_options(yield_per=_AT_ONCE).execute(query))


class DatabaseLedgerReading:
    """ports.LedgerReading over an engine that cannot write."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def snapshot(self) -> Iterator[DatabaseLedgerSnapshot]:
        """A reading of one moment."""
        with read_one_moment(self._engine) as connection:
            yield DatabaseLedgerSnapshot(connection)
