"""ports.LedgerStore on SQLAlchemy Core. The head row is the lock and the compare-and-swap target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError as DatabaseRefusal

from certsvc.adapters.database import hold_table
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.ledger_outbox import queue_events, read_event
from certsvc.adapters.ledger_schema import (
    ledger_entries,
    ledger_hashes,
    ledger_head,
    outbox_event,
    status_chunk,
    status_slot,
    status_space,
)
from certsvc.errors import ConflictError
from certsvc.formats.merkle import HASH_BYTES
from certsvc.formats.status import LEAST_SLOTS
from certsvc.formats.tile import EntryRun, HashRun, split_hashes
from certsvc.ports import LedgerHead, LoggedEvent, PendingEvent, QueuedEvent, SlotHead

_LOOK_UP_CHUNK = 500
_HEAD = select(ledger_head).with_for_update()
_PENDING = (
    select(outbox_event)
    .where(outbox_event.c.leaf_index.is_(None))
    .order_by(outbox_event.c.id)
    .limit(bindparam("most"))
)
_TILE = (
    select(ledger_hashes.c.start, ledger_hashes.c.hashes)
    .where(ledger_hashes.c.level == bindparam("at_level"), ledger_hashes.c.tile == bindparam("number"))
    .order_by(ledger_hashes.c.start)
)
_BUNDLE = (
    select(ledger_entries.c.entries)
    .where(ledger_entries.c.bundle == bindparam("number"))
    .order_by(ledger_entries.c.start)
)
_MARK = (
    update(outbox_event)
    .where(outbox_event.c.id == bindparam("row"), outbox_event.c.leaf_index.is_(None))
    .values(leaf_index=bindparam("leaf"), manifest_index=bindparam("manifest"))
)
_MOVE_SLOT = (
    update(status_slot)
    .where(status_slot.c.slot == bindparam("place"))
    .values(seq=bindparam("number"), leaf_hash=bindparam("last"))
)
_MOVED = "账本已由另一进程推进，本次操作已撤回；再次运行即可继续。"


class DatabaseLedgerTransaction:
    """ports.LedgerTransaction on a connection whose transaction somebody else opened and will end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def head(self) -> LedgerHead | None:
        """The head, locked until the end of the transaction (on SQLite every transaction is the only writer)."""
        row = self._connection.execute(_HEAD).one_or_none()
        if row is None:
            hold_table(self._connection, ledger_head)  # another process may be beginning the log
            row = self._connection.execute(_HEAD).one_or_none()
        if row is None:
            return None
        return LedgerHead(
            size=row.size,
            root=row.root,
            status_slots=row.status_slots,
            shard_roots=tuple(split_hashes(row.shard_roots)),
            note=row.note,
            signed_at=read_instant(row.signed_at),
        )

    def begin_log(self, head: LedgerHead) -> None:
        """Store the first head, and the room for slots."""
        try:
            self._connection.execute(insert(ledger_head).values(id=1, **_head_columns(head)))
            self._connection.execute(insert(status_space).values(id=1, slots=LEAST_SLOTS, taken=0))
        except DatabaseRefusal as error:
            raise ConflictError("账本已经建立，不能重复建立。") from error

    def move_head(self, old: LedgerHead, new: LedgerHead) -> None:
        """Compare and swap."""
        moved = self._connection.execute(
            update(ledger_head)
            .where(
                ledger_head.c.size == old.size,
                ledger_head.c.root == old.root,
                ledger_head.c.note == old.note,
            )
            .values(**_head_columns(new))
        )
        if moved.rowcount != 1:
            raise ConflictError(_MOVED)

    def queue(self, events: Sequence[PendingEvent], at: datetime) -> None:
        """Put events into the outbox."""
        queue_events(self._connection, events, at)

    def pending(self, most: int) -> tuple[QueuedEvent, ...]:
        """Events without a leaf, oldest first."""
        rows = self._connection.execute(_PENDING, {"most": most})
        return tuple(QueuedEvent(row.id, read_event(row)) for row in rows)

    def mark_logged(self, events: Sequence[LoggedEvent], slot_heads: Mapping[int, SlotHead]) -> None:
        """Note leaves and last events."""
        marked = self._connection.execute(
            _MARK,
            [{"row": one.id, "leaf": one.leaf_index, "manifest": one.manifest_index} for one in events],
        )
        moved = self._connection.execute(
            _MOVE_SLOT,
            [
                {"place": slot, "number": head.seq, "last": head.leaf_hash}
                for slot, head in sorted(slot_heads.items())  # held in the order in which queuing holds them
            ],
        )
        if marked.rowcount != len(events) or moved.rowcount != len(slot_heads):
            raise ConflictError(_MOVED)

    def slot_heads(self, slots: Iterable[int]) -> Mapping[int, SlotHead]:
        """The last events of the slots that have any."""
        wanted = sorted(set(slots))
        heads: dict[int, SlotHead] = {}
        for at in range(0, len(wanted), _LOOK_UP_CHUNK):
            rows = self._connection.execute(
                select(status_slot).where(
                    status_slot.c.slot.in_(wanted[at : at + _LOOK_UP_CHUNK]), status_slot.c.seq.is_not(None)
                )
            )
            heads.update({row.slot: SlotHead(row.seq, row.leaf_hash) for row in rows})
        return heads

    def status_slots(self) -> int:
        """The length that the array shall have at the next seal."""
        return int(self._connection.execute(select(status_space.c.slots)).scalar_one())

    def append(self, hashes: Sequence[HashRun], entries: Sequence[EntryRun]) -> None:
        """Insert runs."""
        try:
            self._connection.execute(
                insert(ledger_hashes),
                [{"level": r.level, "tile": r.tile, "start": r.start, "hashes": r.hashes} for r in hashes],
            )
            self._connection.execute(
                insert(ledger_entries),
                [{"bundle": r.bundle, "start": r.start, "entries": r.entries} for r in entries],
            )
        except DatabaseRefusal as error:
            raise ConflictError(_MOVED) from error

    def tile(self, level: int, number: int) -> bytes:
        """All hashes stored of a tile; what follows a gap is left out."""
        rows = self._connection.execute(_TILE, {"at_level": level, "number": number})
        runs: list[bytes] = []
        width = 0
        for start, hashes in rows:
            if start != width:
                break
            runs.append(hashes)
            width += len(hashes) // HASH_BYTES
        return b"".join(runs)

    def bundle(self, number: int) -> bytes:
        """All entries stored of a bundle."""
        runs = self._connection.scalars(_BUNDLE, {"number": number})
        return b"".join(runs)

    def status_chunks(self, first: int, count: int) -> Mapping[int, bytes]:
        """The chunks of a range that are not all zero."""
        rows = self._connection.execute(
            select(status_chunk).where(status_chunk.c.number >= first, status_chunk.c.number < first + count)
        )
        return {row.number: row.content for row in rows}

    def put_status_chunks(self, chunks: Mapping[int, bytes]) -> None:
        """Store changed chunks (delete and insert: the same on every database)."""
        numbers = sorted(chunks)
        for at in range(0, len(numbers), _LOOK_UP_CHUNK):
            cut = numbers[at : at + _LOOK_UP_CHUNK]
            self._connection.execute(delete(status_chunk).where(status_chunk.c.number.in_(cut)))
            self._connection.execute(
                insert(status_chunk), [{"number": number, "content": chunks[number]} for number in cut]
            )


class DatabaseLedgerStore:
    """ports.LedgerStore: opens transactions of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def transaction(self) -> Iterator[DatabaseLedgerTransaction]:
        """A transaction that commits at the end of the block and rolls back on an exception."""
        with self._engine.begin() as connection:
            yield DatabaseLedgerTransaction(connection)

    def logged_at(self, leaf_indices: Iterable[int]) -> tuple[LoggedEvent, ...]:
        """The logged events at the given leaf indices, in that order of the log."""
        wanted = sorted(set(leaf_indices))
        events: list[LoggedEvent] = []
        with self._engine.begin() as connection:
            for at in range(0, len(wanted), _LOOK_UP_CHUNK):
                rows = connection.execute(
                    select(outbox_event)
                    .where(outbox_event.c.leaf_index.in_(wanted[at : at + _LOOK_UP_CHUNK]))
                    .order_by(outbox_event.c.leaf_index)
                )
                events.extend(
                    LoggedEvent(row.id, row.slot, row.commitment, row.leaf_index, row.manifest_index)
                    for row in rows
                )
        return tuple(events)


def _head_columns(head: LedgerHead) -> dict[str, Any]:
    return {
        "size": head.size,
        "root": head.root,
        "status_slots": head.status_slots,
        "shard_roots": b"".join(head.shard_roots),
        "note": head.note,
        "signed_at": instant_text(head.signed_at),
    }
