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
    Row,
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

from certsvc.adapters.database import hold_table, insert_rows, replace_rows
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
    entry_at,
    level_count,
    level_width,
    split_hashes,
)
from certsvc.ports import LedgerHead, LoggedEvent, PendingEvent, QueuedEvents, StoredLeaf

_LOOK_UP_CHUNK = 500
_LEAVES_AT_ONCE = 100  # in the worst case as many bundles
_KINDS = {int(kind): kind for kind in EventKind}
_day = lru_cache(date.fromisoformat)
_HEAD = select(ledger_head).with_for_update()
_MOVE_HEAD = (
    update(ledger_head)
    .where(
        ledger_head.c.size == bindparam("old_size"),
        ledger_head.c.root == bindparam("old_root"),
        ledger_head.c.note == bindparam("old_note"),
    )
    .values({column.name: bindparam(column.name) for column in ledger_head.columns if column.name != "id"})
)
_STATUS_SLOTS = select(status_space.c.slots)
_BYTES_AS_THEY_COME = NullType()  # a thousand values a batch, and nothing to convert
_PENDING = (
    select(
        outbox_event.c.id,
        outbox_event.c.kind,
        outbox_event.c.slot,
        outbox_event.c.effective_on,
        type_coerce(outbox_event.c.commitment, _BYTES_AS_THEY_COME),
    )
    .where(outbox_event.c.leaf_index.is_(None))
    .order_by(outbox_event.c.id)
    .limit(bindparam("most"))
)
_LOGGED = outbox_event.alias("logged")
_NEWEST = (
    select(_LOGGED.c.slot, func.max(_LOGGED.c.leaf_index).label("newest"))
    .join_from(outbox_event, _LOGGED, _LOGGED.c.slot == outbox_event.c.slot)
    .where(
        (outbox_event.c.leaf_index + 0).is_(None),  # + 0: found by id
        outbox_event.c.id.between(bindparam("first"), bindparam("last")),
        _LOGGED.c.id != outbox_event.c.id,
        _LOGGED.c.leaf_index.is_not(None),
    )
    .group_by(_LOGGED.c.slot)
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
_LEAF_HASHES = select(ledger_hashes.c.tile, ledger_hashes.c.start, ledger_hashes.c.hashes).where(
    ledger_hashes.c.level == 0, ledger_hashes.c.tile.in_(bindparam("numbers", expanding=True))
)
_BUNDLES = select(ledger_entries).where(ledger_entries.c.bundle.in_(bindparam("numbers", expanding=True)))
_MARK = (
    update(outbox_event)
    .where(
        outbox_event.c.id.between(bindparam("first"), bindparam("last")),
        (outbox_event.c.leaf_index + 0).is_(None),  # + 0: found by id, not by the index that this changes
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
        return None if row is None else read_head(row)

    def begin_log(self, head: LedgerHead) -> None:
        """Store the first head, and the room for slots."""
        try:
            self._connection.execute(insert(ledger_head).values(id=1, **_head_columns(head)))
            self._connection.execute(insert(status_space).values(id=1, slots=LEAST_SLOTS, taken=0))
        except DatabaseRefusal as error:
            raise ConflictError("账本已经建立，不能重复建立。") from error

    def move_head(self, old: LedgerHead, new: LedgerHead) -> None:
        """Compare and swap."""
        known = {"old_size": old.size, "old_root": old.root, "old_note": old.note}
        moved = self._connection.execute(_MOVE_HEAD, known | _head_columns(new))
        if moved.rowcount != 1:
            raise ConflictError(_MOVED)

    def queue(self, events: Sequence[PendingEvent], at: datetime) -> None:
        """Put events into the outbox."""
        queue_events(self._connection, events, at)

    def pending(self, most: int) -> QueuedEvents:
        """Events without a leaf, oldest first."""
        rows = self._connection.execute(_PENDING, {"most": most}).all()
        ids, kinds, slots, days, commitments = zip(*rows, strict=True) if rows else ((),) * 5
        return QueuedEvents(
            ids, tuple(map(_KINDS.__getitem__, kinds)), slots, tuple(map(_day, days)), commitments
        )

    def newest_leaves(self, queued: QueuedEvents) -> Mapping[int, int]:
        """The newest events of slots."""
        rows = self._connection.execute(_NEWEST, {"first": queued.ids[0], "last": queued.ids[-1]})
        return {row.slot: row.newest for row in rows}

    def mark_logged(self, ids: Sequence[int], first_index: int, manifest_index: int) -> None:
        """Note leaves: one statement for each run of rows that follow one another as their leaves do."""
        marked = 0
        for first, last, shift in _runs(ids, first_index):
            places = {"first": first, "last": last, "shift": shift, "manifest": manifest_index}
            marked += self._connection.execute(_MARK, places).rowcount
        if marked != len(ids):
            raise ConflictError(_MOVED)

    def status_slots(self) -> int:
        """The length that the array shall have at the next seal."""
        return int(self._connection.execute(_STATUS_SLOTS).scalar_one())

    def append(self, hashes: Sequence[HashRun], entries: Sequence[EntryRun]) -> None:
        """Insert runs."""
        try:
            insert_rows(
                self._connection,
                ledger_hashes,
                ("level", "tile", "start", "hashes"),
                [(run.level, run.tile, run.start, run.hashes) for run in hashes],
            )
            insert_rows(
                self._connection,
                ledger_entries,
                ("bundle", "start", "entries"),
                [(run.bundle, run.start, run.entries) for run in entries],
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
        wanted = sorted(set(indices))
        leaves: dict[int, StoredLeaf] = {}
        for at in range(0, len(wanted), _LEAVES_AT_ONCE):
            cut = wanted[at : at + _LEAVES_AT_ONCE]
            numbers = {"numbers": sorted({index // TILE_WIDTH for index in cut})}
            hashes = _by_place(self._connection.execute(_LEAF_HASHES, numbers))
            entries = _by_place(self._connection.execute(_BUNDLES, numbers))
            for index in cut:
                leaf = _leaf(index, hashes, entries)
                if leaf is not None:
                    leaves[index] = leaf
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


def read_head(row: Row[Any]) -> LedgerHead:
    """The head out of its row."""
    return LedgerHead(
        size=row.size,
        root=row.root,
        status_slots=row.status_slots,
        shard_roots=tuple(split_hashes(row.shard_roots)),
        note=row.note,
        signed_at=read_instant(row.signed_at),
    )


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


def _by_place(rows: Iterable[Any]) -> dict[int, list[tuple[int, bytes]]]:
    """(start, content) of the runs of each tile or bundle."""
    runs: dict[int, list[tuple[int, bytes]]] = {}
    for number, start, content in rows:
        runs.setdefault(number, []).append((start, content))
    return runs


def _leaf(
    index: int, hashes: Mapping[int, list[tuple[int, bytes]]], entries: Mapping[int, list[tuple[int, bytes]]]
) -> StoredLeaf | None:
    number, position = divmod(index, TILE_WIDTH)
    try:
        start, row = max(run for run in hashes[number] if run[0] <= position)
        first, run = max(run for run in entries[number] if run[0] <= position)
        return StoredLeaf(
            entry_at(run, position - first), row[(position - start) * HASH_BYTES :][:HASH_BYTES]
        )
    except (LookupError, ValueError):
        return None


def _runs(ids: Sequence[int], first_index: int) -> Iterator[tuple[int, int, int]]:
    """(first id, last id, leaf index less id) of ascending ids that follow one another without a gap."""
    if ids[-1] - ids[0] == len(ids) - 1:
        yield ids[0], ids[-1], first_index - ids[0]
        return
    for shift, run in groupby(enumerate(ids, first_index), lambda pair: pair[0] - pair[1]):
        members = [one for _, one in run]
        yield members[0], members[-1], shift
