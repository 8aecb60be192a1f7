"""`certsvc ledger fsck` finds every disagreement between rows, hashes, status array and public files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, select, update

from certsvc.adapters.database import open_for_reading
from certsvc.adapters.ledger_reading import DatabaseLedgerReading
from certsvc.adapters.ledger_schema import (
    ledger_entries,
    ledger_hashes,
    ledger_head,
    outbox_event,
    status_chunk,
    status_slot,
    status_space,
)
from certsvc.formats.leaf import EventKind
from certsvc.stages.ledger_faults import FaultCode
from certsvc.stages.ledger_fsck import FsckReport, LedgerFsck
from certsvc.stages.published_log import log_key
from tests.ledger.conftest import LOG_KEY, House, event_on

EVENTS = 300
Damage = Callable[[Connection], None]


def fsck(house: House) -> FsckReport:
    engine = open_for_reading(house.url)
    try:
        return LedgerFsck(DatabaseLedgerReading(engine), house.tree, [log_key(LOG_KEY)]).check()
    finally:
        engine.dispose()


@pytest.fixture
def filled(house: House) -> House:
    """A log of two batches with a revocation, all of it published."""
    ledger = house.ledger()
    events = house.issue(EVENTS)
    assert ledger.record(events)
    assert ledger.record([event_on(events[5].slot, 6, EventKind.REVOKED)])
    house.publisher().publish()
    return house


def test_a_sound_log_has_no_faults(filled: House) -> None:
    report = fsck(filled)
    assert report.sound, report.faults.kept
    assert report.leaves == report.published == 1 + (EVENTS + 2) + 3


def test_a_log_that_is_not_published_to_its_end_is_sound(filled: House) -> None:
    assert filled.ledger().record(filled.issue(3, start=1000))
    report = fsck(filled)
    assert report.sound, report.faults.kept
    assert report.leaves == report.published + 5


def flipped(blob: bytes, at: int = 40) -> bytes:
    return blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :]


def in_rows(table_column: str, **where: int) -> Damage:
    """Flip one bit in a stored blob."""
    table_name, column_name = table_column.split(".")
    tables = {t.name: t for t in (ledger_entries, ledger_hashes, ledger_head, status_chunk, outbox_event)}
    table = tables[table_name]

    def damage(connection: Connection) -> None:
        chosen = [table.c[name] == value for name, value in where.items()]
        blob = connection.execute(select(table.c[column_name]).where(*chosen).limit(1)).scalar_one()
        connection.execute(
            update(table)
            .where(*chosen, table.c[column_name] == blob)
            .values({column_name: flipped(blob, 20)})
        )

    return damage


def run(statement: object) -> Damage:
    return lambda connection: connection.execute(statement)  # type: ignore[call-overload, no-any-return]


ROWS: dict[str, tuple[Damage, set[FaultCode]]] = {
    "an entry": (
        in_rows("ledger_entries.entries", bundle=0, start=1),
        {FaultCode.HASHES, FaultCode.HEAD_ROOT},
    ),
    "a missing run of entries": (
        run(delete(ledger_entries).where(ledger_entries.c.bundle == 1)),
        {FaultCode.HEAD_SIZE, FaultCode.HEAD_ROOT},
    ),
    "a leaf hash": (in_rows("ledger_hashes.hashes", level=0, tile=0, start=1), {FaultCode.HASHES}),
    "a hash of a full tile": (in_rows("ledger_hashes.hashes", level=1, tile=0), {FaultCode.HASHES}),
    "the root": (in_rows("ledger_head.root"), {FaultCode.HEAD_ROOT, FaultCode.HEAD_NOTE}),
    "the size": (
        run(update(ledger_head).values(size=ledger_head.c.size - 1)),
        {FaultCode.HEAD_SIZE, FaultCode.HEAD_NOTE},
    ),
    "the signed note": (in_rows("ledger_head.note"), {FaultCode.HEAD_NOTE}),
    "the roots of the array": (in_rows("ledger_head.shard_roots"), {FaultCode.STATUS_ROOTS}),
    "a chunk of the array": (
        run(update(status_chunk).where(status_chunk.c.number >= 0).values(content=bytes(256))),
        {FaultCode.STATUS_CHUNK},
    ),
    "an event's row": (
        run(update(outbox_event).where(outbox_event.c.id == 7).values(effective_on="2020-01-01")),
        {FaultCode.ROW_DIFFERS},
    ),
    "an event's row that cannot be read": (
        run(update(outbox_event).where(outbox_event.c.id == 7).values(effective_on="yesterday")),
        {FaultCode.ROW_DIFFERS},
    ),
    "a deleted row": (
        run(delete(outbox_event).where(outbox_event.c.id == 7)),
        {FaultCode.LEAF_WITHOUT_ROW},
    ),
    "a mark that was taken off": (
        run(update(outbox_event).where(outbox_event.c.id == 7).values(leaf_index=None, manifest_index=None)),
        {FaultCode.LEAF_WITHOUT_ROW},
    ),
    "a mark on a leaf that is none": (
        run(update(outbox_event).where(outbox_event.c.id == 7).values(leaf_index=5000)),
        {FaultCode.LEAF_WITHOUT_ROW, FaultCode.ROW_WITHOUT_LEAF},
    ),
    "a manifest's place": (
        run(update(outbox_event).where(outbox_event.c.id == 7).values(manifest_index=9)),
        {FaultCode.BATCH},
    ),
    "the count of slots": (run(update(status_space).values(taken=3)), {FaultCode.SLOT_COUNT}),
    "a slot that was given back": (
        run(
            delete(status_slot).where(
                status_slot.c.slot
                == select(outbox_event.c.slot).where(outbox_event.c.id == 7).scalar_subquery()
            )
        ),
        {FaultCode.SLOT_FREE, FaultCode.SLOT_COUNT},
    ),
}


@pytest.mark.parametrize("what", ROWS)
def test_what_an_administrator_changes_in_the_tables_is_found(filled: House, what: str) -> None:
    damage, expected = ROWS[what]
    with filled.engine.begin() as connection:
        damage(connection)
    assert set(fsck(filled).faults.counts) >= expected


FILES = {
    "tile/entries/000": FaultCode.PUBLIC_FILE,
    "tile/entries/001.p/50": FaultCode.PUBLIC_FILE,
    "tile/0/000": FaultCode.PUBLIC_FILE,
    "tile/0/001.p/50": FaultCode.PUBLIC_FILE,
    "tile/1/000.p/1": FaultCode.PUBLIC_FILE,
    "status/305/roots": FaultCode.PUBLIC_FILE,
    "checkpoint": FaultCode.PUBLIC_CHECKPOINT,
}


@pytest.mark.parametrize("path", FILES)
def test_a_public_file_that_was_changed_is_found(filled: House, path: str) -> None:
    file = filled.public / path
    file.write_bytes(flipped(file.read_bytes(), 10))
    assert set(fsck(filled).faults.counts) == {FILES[path]}


@pytest.mark.parametrize("path", [path for path in FILES if path != "checkpoint"])
def test_a_public_file_that_is_gone_is_found(filled: House, path: str) -> None:
    (filled.public / path).unlink()
    assert set(fsck(filled).faults.counts) == {FaultCode.PUBLIC_MISSING}


def test_a_shard_that_was_changed_is_found(filled: House) -> None:
    used = [file for file in (filled.public / "status/shard").iterdir() if any(file.read_bytes())]
    for file in used:
        file.write_bytes(flipped(file.read_bytes()))
    assert set(fsck(filled).faults.counts) == {FaultCode.PUBLIC_FILE}


def test_a_database_behind_its_public_log_is_named(filled: House, tmp_path: Path) -> None:
    published = (filled.public / "checkpoint").read_bytes()
    assert filled.ledger().record(filled.issue(2, start=900))
    filled.publisher().publish()
    newest = (filled.public / "checkpoint").read_bytes()
    assert newest != published
    with filled.engine.begin() as connection:
        size = connection.execute(select(ledger_head.c.size)).scalar_one()
        connection.execute(update(ledger_head).values(size=size - 4))
    assert FaultCode.PUBLIC_AHEAD in fsck(filled).faults.counts


def test_many_faults_of_a_kind_are_counted_and_the_first_are_named(filled: House) -> None:
    with filled.engine.begin() as connection:
        connection.execute(update(outbox_event).values(effective_on="2020-01-01"))
    faults = fsck(filled).faults
    assert faults.counts[FaultCode.ROW_DIFFERS] == EVENTS + 1
    assert len(faults.kept) == 20
