"""ports.LedgerStore on SQLAlchemy Core. The head row is the lock and the compare-and-swap target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache, lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.exc import IntegrityError as DatabaseRefusal
from sqlalchemy.types import NullType

from certsvc.adapters.database import hold_table, replace_rows
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.ledger_outbox import queue_events
from certsvc.adapters.ledger_schema import (
    ledger_entries,
    ledger_hashes,
    ledger_head,
    outbox_event,
    status_chunk,
    status_space,
)
from certsvc.errors import ConflictError
from certsvc.formats.leaf import EventKind
from certsvc.formats.merkle import HASH_BYTES
from certsvc.formats.status import LEAST_SLOTS
from certsvc.formats.tile import (
    TILE_WIDTH,
    EntryRun,
    HashRun,
    level_count,
    level_width,
    split_entries,
    split_hashes,
)
from certsvc.ports import LedgerHead, LoggedEvent, PendingEvent, QueuedEvent, StoredLeaf

_LOOK_UP_CHUNK = 500
_KINDS = {int(kind): kind for kind in EventKind}
_day = lru_cache(date.fromisoformat)
_HEAD = select(ledger_head).with_for_update()
_BYTES_AS_THEY_COME = NullType()  # a thousand values a batch, and nothing to convert
_EARLIER = outbox_event.alias("earlier")
_LAST_LEAF = (
    select(func.max(_EARLIER.c.leaf_index + 0))  # + 0: never by a walk down the index of leaves
    .where(_EARLIER.c.slot == outbox_event.c.slot)
    .scalar_subquery()
)
_PENDING = (
    select(
        outbox_event.c.id,
        outbox_event.c.kind,
        outbox_event.c.slot,
        outbox_event.c.effective_on,
        type_coerce(outbox_event.c.commitment, _BYTES_AS_THEY_COME),
        _LAST_LEAF,
    )
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
_ENTRIES_FROM = (
    select(ledger_entries)
    .where(
        tuple_(ledger_entries.c.bundle, ledger_entries.c.start)
        >= tuple_(bindparam("number", type_=BigInteger), bindparam("place", type_=Integer))
    )
    .order_by(ledger_entries.c.bundle, ledger_entries.c.start)
)
_MARK = (
    update(outbox_event)
    .where(
        outbox_event.c.id.between(bindparam("first"), bindparam("last")), outbox_event.c.leaf_index.is_(None)
    )
    .values(
        leaf_index=outbox_event.c.id + bindparam("shift", type_=BigInteger),
        manifest_index=bindparam("manifest"),
    )
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
        return tuple(
            [
                QueuedEvent(row_id, _KINDS[kind], slot, _day(effective_on), commitment, last_leaf)
                for row_id, kind, slot, effective_on, commitment, last_leaf in rows
            ]
        )

    def mark_logged(self, events: Sequence[LoggedEvent]) -> None:
        """Note leaves: one statement for each run of rows that follow one another as their leaves do."""
        marked = 0
        for shift, first, last, manifest in _runs(events):
            places = {"first": first, "last": last, "shift": shift, "manifest": manifest}
            marked += self._connection.execute(_MARK, places).rowcount
        if marked != len(events):
            raise ConflictError(_MOVED)

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
        return _joined(self._connection.execute(_TILE, {"at_level": level, "number": number}))

    def tiles_from(self, old_size: int, size: int) -> Mapping[tuple[int, int], bytes]:
        """The tiles that grew; what follows a gap in one is left out."""
        levels = level_count(size)
        firsts = {f"first_{level}": level_width(old_size, level) // TILE_WIDTH for level in range(levels)}
        rows = self._connection.execute(_tiles_from(levels), firsts)
        tiles: dict[tuple[int, int], list[tuple[int, bytes]]] = {}
        for level, number, start, hashes in rows:
            tiles.setdefault((level, number), []).append((start, hashes))
        return {key: _joined(runs) for key, runs in tiles.items()}

    def entries_from(self, index: int) -> tuple[EntryRun, ...]:
        """The runs of entries from a log index on."""
        bundle, start = divmod(index, TILE_WIDTH)
        rows = self._connection.execute(_ENTRIES_FROM, {"number": bundle, "place": start})
        return tuple(EntryRun(*row) for row in rows)

    def leaves_at(self, indices: Iterable[int]) -> Mapping[int, StoredLeaf]:
        """Single leaves."""
        wanted: dict[int, list[int]] = {}
        for index in sorted(set(indices)):
            wanted.setdefault(index // TILE_WIDTH, []).append(index % TILE_WIDTH)
        leaves: dict[int, StoredLeaf] = {}
        for number, positions in wanted.items():
            hashes = split_hashes(self.tile(0, number))
            entries = split_entries(self.bundle(number))
            for position in positions:
                if position < min(len(hashes), len(entries)):
                    leaves[number * TILE_WIDTH + position] = StoredLeaf(entries[position], hashes[position])
        return leaves

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
        """Store changed chunks."""
        replace_rows(self._connection, status_chunk, sorted(chunks.items()))


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


@cache
def _tiles_from(levels: int) -> Select[Any]:
    """The hashes of so many levels, of each from a tile on."""
    own = ledger_hashes.c
    places = [and_(own.level == level, own.tile >= bindparam(f"first_{level}")) for level in range(levels)]
    return select(own.level, own.tile, own.start, own.hashes).where(or_(*places)).order_by(own.start)


def _joined(runs: Iterable[Any]) -> bytes:
    """Hashes of a tile out of its runs (start, hashes), in order, up to the first gap."""
    joined: list[bytes] = []
    width = 0
    for start, hashes in runs:
        if start != width:
            break
        joined.append(hashes)
        width += len(hashes) // HASH_BYTES
    return b"".join(joined)


def _runs(events: Sequence[LoggedEvent]) -> Iterator[tuple[int, int, int, int]]:
    """(leaf index less row id, first row, last row, manifest) of rows that follow one another."""
    if events and events[-1].id - events[0].id == events[-1].leaf_index - events[0].leaf_index:
        first = events[0]  # the rows ascend, so that none is left out: the whole batch
        yield first.leaf_index - first.id, first.id, events[-1].id, first.manifest_index
        return
    for (shift, manifest), run in groupby(events, lambda one: (one.leaf_index - one.id, one.manifest_index)):
        rows = [one.id for one in run]
        yield shift, rows[0], rows[-1], manifest
