"""One flipped bit in every kind of stored row and of public file: (name, apply), drawn by seeded dice.

Used by tests/faults/test_flipped_bits.py, and by whatever else must find them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from sqlalchemy import ColumnElement, Engine, Table, select, update

from certsvc.adapters.ledger_schema import (
    ledger_entries,
    ledger_hashes,
    ledger_head,
    outbox_event,
    status_chunk,
    status_space,
)
from certsvc.formats.leaf import EventKind

Flip = tuple[str, Callable[[], None]]
_BLOBS: tuple[tuple[Table, str], ...] = (
    (ledger_hashes, "hashes"),
    (ledger_entries, "entries"),
    (status_chunk, "content"),
    (ledger_head, "root"),
    (ledger_head, "shard_roots"),
    (ledger_head, "note"),
)


def flips_of_rows(engine: Engine, dice: random.Random, each: int = 2) -> Iterator[Flip]:
    """Bits of the blobs of a database (`each`: how many rows of every kind), then its numbers, times and marks."""
    for table, column in _BLOBS:
        for at, row in enumerate(_rows(engine, table, dice, each)):
            name = f"{table.name}.{column} {at}"
            yield name, partial(_flip_blob, engine, table, column, row, dice.random())
    yield from _flips_of_numbers(engine)
    yield from _flips_of_marks(engine)


def flips_of_files(folder: Path, dice: random.Random, each: int = 2) -> Iterator[Flip]:
    """Bits of every public file; `apply` flips, and applied again puts it right."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        size = path.stat().st_size
        for _ in range(each):
            bit = dice.randrange(8 * size)
            yield f"{path.relative_to(folder)} bit {bit}", partial(flip_file, path, bit)


def flip_file(path: Path, bit: int) -> None:
    """Flip one bit of a file in place."""
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def _flips_of_numbers(engine: Engine) -> Iterator[Flip]:
    head = ledger_head.c.id == 1
    yield "ledger_head.size low", partial(_change, engine, ledger_head, head, size=ledger_head.c.size + 1)
    yield "ledger_head.size high", partial(_change, engine, ledger_head, head, size=ledger_head.c.size + 4096)
    yield "ledger_head.size less", partial(_change, engine, ledger_head, head, size=ledger_head.c.size - 1)
    doubled = ledger_head.c.status_slots * 2
    yield "ledger_head.status_slots", partial(_change, engine, ledger_head, head, status_slots=doubled)
    past = "2016-11-20T08:00:00Z"
    yield "ledger_head.signed_at past", partial(_change, engine, ledger_head, head, signed_at=past)
    future = "2036-11-20T08:00:00Z"
    yield "ledger_head.signed_at future", partial(_change, engine, ledger_head, head, signed_at=future)
    space = status_space.c.id == 1
    yield "status_space.slots", partial(_change, engine, status_space, space, slots=status_space.c.slots * 2)
    yield "status_space.taken", partial(_change, engine, status_space, space, taken=status_space.c.taken + 1)


def _flips_of_marks(engine: Engine) -> Iterator[Flip]:
    logged = outbox_event.c.leaf_index.is_not(None)
    first = _first(engine, logged, EventKind.ISSUED)
    later = _first(engine, logged, EventKind.REVOKED)
    waiting = _first(engine, outbox_event.c.leaf_index.is_(None), EventKind.SUSPENDED)
    none = {"leaf_index": None, "manifest_index": None}
    yield "outbox: a first event unmarked", partial(_change, engine, outbox_event, first, **none)
    yield "outbox: a later event unmarked", partial(_change, engine, outbox_event, later, **none)
    moved = outbox_event.c.leaf_index + (1 << 20)
    yield "outbox: a mark elsewhere", partial(_change, engine, outbox_event, later, leaf_index=moved)
    marked = {"leaf_index": 1 << 20, "manifest_index": 1 << 20}
    yield "outbox: a waiting event marked", partial(_change, engine, outbox_event, waiting, **marked)
    other = int(EventKind.REINSTATED)
    yield "outbox: another kind, logged", partial(_change, engine, outbox_event, later, kind=other)
    yield "outbox: another kind, waiting", partial(_change, engine, outbox_event, waiting, kind=other)
    opening = int(EventKind.ISSUED)
    yield "outbox: an opening kind, waiting", partial(_change, engine, outbox_event, waiting, kind=opening)
    beyond = {"slot": 1 << 40}
    yield "outbox: another slot, waiting", partial(_change, engine, outbox_event, waiting, **beyond)
    digest = bytes(32)
    yield (
        "outbox: another commitment, logged",
        partial(_change, engine, outbox_event, first, commitment=digest),
    )
    yield (
        "outbox: another commitment, waiting",
        partial(_change, engine, outbox_event, waiting, commitment=digest),
    )


def _rows(engine: Engine, table: Table, dice: random.Random, count: int) -> list[ColumnElement[bool]]:
    """The oldest row of a table, the newest, and others between them, as conditions."""
    keys = list(table.primary_key.columns)
    with engine.begin() as connection:
        found = connection.execute(select(*keys).order_by(*keys)).all()
    middle = (
        dice.sample(range(1, len(found) - 1), max(0, min(count, len(found)) - 2)) if len(found) > 2 else []
    )
    chosen = dict.fromkeys([0, len(found) - 1, *middle])
    return [_is(keys, found[at]) for at in chosen]


def _is(keys, values) -> ColumnElement[bool]:  # type: ignore[no-untyped-def]
    wanted = keys[0] == values[0]
    for key, value in zip(keys[1:], values[1:], strict=True):
        wanted &= key == value
    return wanted  # type: ignore[no-any-return]


def _first(engine: Engine, state: ColumnElement[bool], kind: EventKind) -> ColumnElement[bool]:
    with engine.begin() as connection:
        wanted = (
            select(outbox_event.c.id)
            .where(state, outbox_event.c.kind == int(kind))
            .order_by(outbox_event.c.id)
        )
        return outbox_event.c.id == connection.execute(wanted.limit(1)).scalar_one()


def _flip_blob(engine: Engine, table: Table, column: str, row: ColumnElement[bool], where: float) -> None:
    with engine.begin() as connection:
        blob = bytearray(connection.execute(select(table.c[column]).where(row)).scalar_one())
        bit = int(where * 8 * len(blob))
        blob[bit // 8] ^= 1 << bit % 8
        connection.execute(update(table).where(row).values({column: bytes(blob)}))


def _change(engine: Engine, table: Table, row: ColumnElement[bool], **values: object) -> None:
    with engine.begin() as connection:
        assert connection.execute(update(table).where(row).values(values)).rowcount == 1
