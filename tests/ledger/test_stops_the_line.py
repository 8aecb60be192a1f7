"""Crashes, races, restored backups and damaged storage: nothing wrong is ever signed or shown."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Table, select, update

from certsvc.adapters.ledger_schema import (
    ledger_entries,
    ledger_hashes,
    ledger_head,
    outbox_event,
    status_chunk,
)
from certsvc.adapters.public_tree import FolderTree
from certsvc.errors import ConflictError, IntegrityError, OlderDatabase
from certsvc.formats.leaf import EventKind
from certsvc.stages.ledger import Ledger
from certsvc.stages.publish import Publisher
from certsvc.stages.published_log import log_key
from tests.ledger.conftest import LOG_KEY, ORIGIN, RECORD_KEY, House, event_on, open_house
from tests.ledger.test_append_and_publish import all_entries
from tests.support.databases import Databases


class KilledTree(FolderTree):
    """A public tree whose process dies at the n-th write."""

    def __init__(self, folder: Path, writes_left: int) -> None:
        super().__init__(folder)
        self.writes_left = writes_left

    def replace(self, path: str, content: bytes) -> None:
        if self.writes_left == 0:
            raise KeyboardInterrupt
        self.writes_left -= 1
        super().replace(path, content)


def flip(house: House, table: Table, column: str, **key: int) -> None:
    """Flip one bit of a stored blob, as a failing disk or an administrator would."""
    where = [table.c[name] == value for name, value in key.items()]
    with house.engine.begin() as connection:
        blob = bytearray(connection.execute(select(table.c[column]).where(*where)).scalar_one())
        blob[len(blob) // 2] ^= 1
        connection.execute(update(table).where(*where).values({column: bytes(blob)}))


@pytest.mark.parametrize("writes", range(9))
def test_a_publisher_killed_at_any_write_is_repaired_by_publishing_again(house: House, writes: int) -> None:
    house.publisher().publish()
    batch = house.ledger().record(house.issue(300))
    assert batch is not None
    shown = (house.public / "checkpoint").read_bytes()
    killed = Publisher(house.store, KilledTree(house.public, writes), [log_key(LOG_KEY)])
    with pytest.raises(KeyboardInterrupt):
        killed.publish({"policy": b"quorum none\n", "trust-list.json": b"{}"})
    assert (house.public / "checkpoint").read_bytes() == shown
    house.publisher().publish()
    assert house.publisher().release(batch.events) == tuple(range(1, 301))


def test_a_batch_that_dies_before_the_commit_leaves_nothing(house: House) -> None:
    ledger, events = house.ledger(), house.issue(3)

    def record_and_die() -> None:
        with house.store.transaction() as transaction:
            ledger.record(events, within=transaction)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record_and_die()
    assert len(all_entries(house)) == 1
    batch = ledger.record(events)
    assert batch is not None
    house.publisher().publish()
    assert house.publisher().release(batch.events) == (1, 2, 3)


def test_writers_in_several_threads_never_share_an_index(house: House) -> None:
    def write(worker: int) -> list[int]:
        own = open_house(house.home, house.url, house.clock)
        ledger, indices = own.ledger(), []
        for turn in range(8):
            serial = 1 + worker * 100 + turn * 3
            for event in own.issue(3, start=serial):
                with own.store.transaction() as transaction:
                    transaction.queue([event], own.clock.now())
            batch = ledger.record()
            indices += [] if batch is None else [event.leaf_index for event in batch.events]
        own.engine.dispose()
        return indices

    with ThreadPoolExecutor(3) as pool:
        indices = [index for part in pool.map(write, range(3)) for index in part]
    assert len(indices) == len(set(indices)) == 3 * 8 * 3
    head = house.publisher().publish()
    assert len(all_entries(house)) == head.size
    assert house.publisher().release(house.store.logged_at(indices)) == tuple(sorted(indices))


def test_concurrent_revocations_are_all_in_the_array(house: House) -> None:
    slots = house.slots(24)
    house.ledger().record([event_on(slot, serial) for serial, slot in enumerate(slots, 1)])

    def revoke(serial: int) -> None:
        house.ledger().record([event_on(slots[serial - 1], serial, EventKind.REVOKED)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(revoke, range(1, 25)))
    with house.store.transaction() as transaction:
        chunks = transaction.status_chunks(0, 256)
    assert [chunks[slot // 512][slot % 512 >> 1] >> 4 * (slot & 1) & 15 for slot in slots] == [3] * 24


def test_a_head_that_was_moved_meanwhile_is_not_overwritten(house: House) -> None:
    with house.store.transaction() as transaction:
        stale = transaction.head()
    assert stale is not None
    batch = house.ledger().record(house.issue(1))
    assert batch is not None
    with pytest.raises(ConflictError), house.store.transaction() as transaction:
        transaction.move_head(stale, batch.head)
    with house.store.transaction() as transaction:
        assert transaction.head() == batch.head


def test_a_restored_backup_signs_nothing(house: House, databases: Databases) -> None:
    house.engine.dispose()
    backup = databases.copy(house.url)
    house.ledger().record(house.issue(2))
    house.publisher().publish()
    restored = open_house(house.home, backup, house.clock)
    with pytest.raises(OlderDatabase, match="旧备份"):
        restored.ledger().record(restored.issue(1))
    with pytest.raises(OlderDatabase, match="旧备份"):
        restored.publisher().publish()
    restored.engine.dispose()


def test_an_empty_database_beside_a_published_log_begins_no_second_one(
    house: House, databases: Databases
) -> None:
    house.publisher().publish()
    fresh = open_house(house.home / "new", databases.fresh(), house.clock)
    ledger = Ledger(fresh.store, house.tree, house.clock, RECORD_KEY, LOG_KEY)
    with pytest.raises(OlderDatabase, match="旧备份"):
        ledger.start_log()
    fresh.engine.dispose()


def test_a_published_tree_of_another_history_stops_the_line(
    house: House, databases: Databases, tmp_path: Path
) -> None:
    other = open_house(tmp_path / "other", databases.fresh(), house.clock)
    other.ledger().start_log()
    for one in (house, other):
        one.ledger().record(one.issue(2))
    other.publisher().publish()
    shutil.copytree(other.public, house.public)
    with pytest.raises(IntegrityError):
        house.ledger().record(house.issue(1, start=3))
    with pytest.raises(IntegrityError):
        house.publisher().publish()
    other.engine.dispose()


def test_a_checkpoint_nobody_here_signed_stops_the_line(house: House) -> None:
    house.publisher().publish()
    note = (house.public / "checkpoint").read_bytes()
    (house.public / "checkpoint").write_bytes(note.replace(ORIGIN.encode(), b"certsvc.example/else"))
    with pytest.raises(IntegrityError):
        house.ledger().record(house.issue(1))


@pytest.mark.parametrize(
    ("table", "column", "key"),
    [
        (ledger_hashes, "hashes", {"level": 0, "tile": 0, "start": 0}),
        (ledger_hashes, "hashes", {"level": 0, "tile": 0, "start": 1}),
        (ledger_head, "root", {"id": 1}),
        (ledger_head, "shard_roots", {"id": 1}),
    ],
)
def test_one_flipped_bit_under_the_head_stops_the_line(
    house: House, table: Table, column: str, key: dict[str, int]
) -> None:
    house.ledger().record(house.issue(3))
    flip(house, table, column, **key)
    before = all_entries(house)
    with pytest.raises(IntegrityError):
        house.ledger().record(house.issue(1, start=4))
    assert all_entries(house) == before


def test_one_flipped_bit_in_the_status_array_stops_the_line(house: House) -> None:
    (event,) = house.issue(1)
    house.ledger().record([event])
    flip(house, status_chunk, "content", number=event.slot // 512)
    with pytest.raises(IntegrityError, match="状态表"):
        house.ledger().record(house.issue(1, start=2))


@pytest.mark.parametrize(
    ("table", "column", "key"),
    [
        (ledger_entries, "entries", {"bundle": 0, "start": 1}),
        (ledger_hashes, "hashes", {"level": 0, "tile": 0, "start": 1}),
        (ledger_hashes, "hashes", {"level": 0, "tile": 1, "start": 0}),
        (ledger_hashes, "hashes", {"level": 1, "tile": 0, "start": 0}),
    ],
)
def test_one_flipped_bit_in_what_was_committed_is_never_shown(
    house: House, table: Table, column: str, key: dict[str, int]
) -> None:
    house.publisher().publish()
    house.ledger().record(house.issue(300))
    shown = (house.public / "checkpoint").read_bytes()
    flip(house, table, column, **key)
    with pytest.raises(IntegrityError):
        house.publisher().publish()
    assert (house.public / "checkpoint").read_bytes() == shown


def test_one_flipped_bit_in_a_status_chunk_is_never_shown(house: House) -> None:
    (event,) = house.issue(1)
    house.ledger().record([event])
    flip(house, status_chunk, "content", number=event.slot // 512)
    with pytest.raises(IntegrityError):
        house.publisher().publish()
    assert not (house.public / "status").exists()


@pytest.mark.parametrize("path", ["tile/0/000.p/6", "tile/entries/000.p/6", "status/5/roots"])
def test_a_public_file_with_other_bytes_is_never_overwritten(house: House, path: str) -> None:
    house.ledger().record(house.issue(3))
    target = house.public / path
    target.parent.mkdir(parents=True)
    target.write_bytes(b"other")
    with pytest.raises(IntegrityError):
        house.publisher().publish()
    assert target.read_bytes() == b"other"
    assert not (house.public / "checkpoint").exists()


def test_a_signer_whose_signature_is_wrong_signs_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(LOG_KEY), "sign", lambda _self, _message: bytes(64))
    with pytest.raises(IntegrityError, match="签名"):
        house.ledger().record(house.issue(1))
    assert len(all_entries(house)) == 1


def test_a_slow_publisher_never_takes_the_checkpoint_back(house: House) -> None:
    publisher = house.publisher()
    for turn in range(3):
        house.clock.advance(timedelta(minutes=1))
        house.ledger().record(house.issue(1, start=turn + 1))
    assert publisher.publish() == house.publisher().publish()


@pytest.mark.parametrize("path", ["../out", "/etc/x", "a//b", "", "a/./b"])
def test_the_public_tree_takes_only_plain_relative_paths(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError):
        FolderTree(tmp_path).read(path)


@pytest.mark.parametrize("which", ["the event that opened a slot", "a later event"])
def test_an_event_whose_mark_was_taken_off_is_not_logged_a_second_time(house: House, which: str) -> None:
    (event,) = house.issue(1)
    revoked = event_on(event.slot, 1, EventKind.REVOKED)
    assert house.ledger().record([event])
    if which == "a later event":
        assert house.ledger().record([revoked])
    newest = select(outbox_event.c.id).order_by(outbox_event.c.leaf_index.desc()).limit(1).scalar_subquery()
    with house.engine.begin() as connection:
        connection.execute(
            update(outbox_event)
            .where(outbox_event.c.id == newest)
            .values(leaf_index=None, manifest_index=None)
        )
        size = connection.execute(select(ledger_head.c.size)).scalar_one()
    with pytest.raises(IntegrityError, match="入账标记可能被改动"):
        house.ledger().record()
    with house.engine.begin() as connection:
        assert connection.execute(select(ledger_head.c.size)).scalar_one() == size
