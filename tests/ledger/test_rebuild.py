"""`certsvc ledger rebuild`: a database that lost leaves takes them back from the public tree, and signs nothing for it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from certsvc.adapters.ledger_rebuild_store import NUMBER_BLOCK, DatabaseLedgerRebuilding
from certsvc.adapters.ledger_schema import ledger_hashes, ledger_head, outbox_event, status_space
from certsvc.adapters.schema import number_counter
from certsvc.domain.certificate_number import build_certificate_number
from certsvc.domain.levels import Level
from certsvc.errors import ConflictError, IntegrityError, OlderDatabase
from certsvc.formats.leaf import EventKind
from certsvc.ports.ledger_rebuilding import Adoption
from certsvc.stages.ledger_rebuild import LedgerRebuild, RebuildReport
from certsvc.stages.published_log import log_key
from tests.ledger.conftest import LOG_KEY, House, event_on, open_house
from tests.ledger.test_fsck import fsck
from tests.support.databases import Databases


@pytest.fixture
def databases_house(tmp_path: Path, databases: Databases, clock: object) -> Iterator[tuple[House, Databases]]:
    """A home whose log has begun, and where copies of its database come from."""
    made = open_house(tmp_path, databases.fresh(), clock)  # type: ignore[arg-type]
    assert made.ledger().start_log()
    yield made, databases
    made.engine.dispose()


def rebuild(house: House, *, from_scratch: bool = False) -> RebuildReport:
    store = DatabaseLedgerRebuilding(house.engine)
    return LedgerRebuild(store, house.tree, [log_key(LOG_KEY)], house.clock).run(from_scratch=from_scratch)


def restored(house: House, databases: Databases, copy: str, name: str) -> House:
    """A home with an older copy of the database and the public tree of today."""
    home = house.home / name
    home.mkdir()
    shutil.copytree(house.public, home / "public")
    return open_house(home, copy, house.clock)


def backup(house: House, databases: Databases) -> str:
    house.engine.dispose()
    return databases.copy(house.url)


def test_a_restored_backup_takes_back_every_published_leaf_and_goes_on(
    databases_house: tuple[House, Databases],
) -> None:
    house, databases = databases_house
    ledger = house.ledger()
    first = house.issue(10)
    assert ledger.record(first)
    house.publisher().publish()
    copy = backup(house, databases)
    assert house.ledger().record([event_on(first[2].slot, 3, EventKind.REVOKED)])
    lost = house.issue(700, start=100)
    assert house.ledger().record(lost)
    newest = house.publisher().publish()

    old = restored(house, databases, copy, "restored")
    with pytest.raises(OlderDatabase, match="恢复了旧备份"):
        old.ledger().record()
    report = rebuild(old)
    assert (report.before, report.now) == (13, newest.size)
    assert report.events == report.open_events == len(report.told) == 701
    revoked = report.told[0]
    assert (revoked.adoption, revoked.subject) == (Adoption.KNOWN_SLOT, first[2].certificate_number)
    assert {one.adoption for one in report.told[1:]} == {Adoption.FOREIGN}
    assert fsck(old).sound, fsck(old).faults.kept

    again = rebuild(old)
    assert (again.before, again.now, again.events) == (newest.size, newest.size, 0)
    assert old.ledger().record([event_on(first[2].slot, 3, EventKind.REINSTATED)])
    assert old.ledger().record(old.issue(5, start=5000))
    assert old.publisher().publish().size == newest.size + 3 + 7
    assert fsck(old).sound, fsck(old).faults.kept
    old.engine.dispose()


def test_slots_of_lost_events_are_never_given_again_and_the_array_has_room(
    databases_house: tuple[House, Databases],
) -> None:
    house, databases = databases_house
    house.publisher().publish()
    copy = backup(house, databases)
    lost = house.issue(50)
    assert house.ledger().record(lost)
    house.publisher().publish()
    old = restored(house, databases, copy, "restored")
    rebuild(old)
    with old.engine.begin() as connection:
        space = connection.execute(select(status_space)).one()
    assert space.taken == 50
    assert not {event.slot for event in old.issue(50, start=200)} & {event.slot for event in lost}
    old.engine.dispose()


def test_no_number_that_a_lost_certificate_may_have_is_given_again(
    databases_house: tuple[House, Databases],
) -> None:
    house, databases = databases_house
    house.publisher().publish()
    copy = backup(house, databases)
    assert house.ledger().record(house.issue(7))
    house.publisher().publish()
    old = restored(house, databases, copy, "restored")
    rebuild(old)
    with old.engine.begin() as connection:
        counters = connection.execute(select(number_counter).where(number_counter.c.year == 2026)).all()
    assert len(counters) >= 27
    assert {row.next_serial for row in counters} == {NUMBER_BLOCK + 1}
    old.engine.dispose()


def test_an_event_that_waited_gets_the_leaf_that_it_already_has(
    databases_house: tuple[House, Databases],
) -> None:
    house, databases = databases_house
    house.publisher().publish()
    events = house.issue(4)
    with house.store.transaction() as transaction:
        transaction.queue(events, house.clock.now())
    copy = backup(house, databases)
    batch = house.ledger().record()
    assert batch is not None
    house.publisher().publish()
    old = restored(house, databases, copy, "restored")
    report = rebuild(old)
    assert (report.events, report.open_events) == (4, 0)
    with old.engine.begin() as connection:
        rows = connection.execute(select(outbox_event).order_by(outbox_event.c.leaf_index)).all()
    assert [(row.certificate_number, row.leaf_index, row.manifest_index) for row in rows] == [
        (event.certificate_number, 1 + at, 5) for at, event in enumerate(events)
    ]
    assert old.ledger().record() is None
    assert fsck(old).sound
    old.engine.dispose()


def test_a_damaged_log_is_rebuilt_from_scratch(house: House) -> None:
    events = house.issue(600)
    assert house.ledger().record(events)
    assert house.ledger().record([event_on(events[0].slot, 1, EventKind.VOIDED)])
    shown = house.publisher().publish()
    with house.engine.begin() as connection:
        connection.execute(update(ledger_hashes).where(ledger_hashes.c.level == 0).values(hashes=bytes(32)))
        connection.execute(
            update(outbox_event).where(outbox_event.c.id < 9).values(leaf_index=None, manifest_index=None)
        )
    assert not fsck(house).sound
    report = rebuild(house, from_scratch=True)
    assert (report.before, report.now) == (0, shown.size)
    assert (report.events, report.open_events) == (601, 0)
    assert fsck(house).sound, fsck(house).faults.kept
    assert house.ledger().record(house.issue(2, start=900))


def test_a_log_that_is_no_prefix_is_not_rebuilt_without_being_told(house: House) -> None:
    assert house.ledger().record(house.issue(3))
    house.publisher().publish()
    with house.engine.begin() as connection:
        connection.execute(update(ledger_head).values(root=bytes(32), size=4))
    with pytest.raises(ConflictError, match="不是公开账本的前段"):
        rebuild(house)


def test_a_database_that_is_ahead_needs_no_rebuild(house: House) -> None:
    house.publisher().publish()
    assert house.ledger().record(house.issue(3))
    with pytest.raises(ConflictError, match="比公开账本长"):
        rebuild(house)


@pytest.mark.parametrize("path", ["tile/entries/000.p/52", "status"])
def test_a_public_tree_that_contradicts_itself_changes_nothing(
    databases_house: tuple[House, Databases], path: str
) -> None:
    house, databases = databases_house
    house.publisher().publish()
    copy = backup(house, databases)
    assert house.ledger().record(house.issue(49))
    house.publisher().publish()
    old = restored(house, databases, copy, "restored")
    if path == "status":
        shutil.rmtree(old.public / "status")  # the array follows from the leaves: nothing of it is read
        assert rebuild(old).now == 52
        old.engine.dispose()
        return
    file = old.public / path
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(bytes(raw))
    with pytest.raises(IntegrityError):
        rebuild(old)
    with old.engine.begin() as connection:
        assert connection.execute(select(ledger_head.c.size)).scalar_one() == 1
        assert connection.execute(select(outbox_event)).all() == []
    old.engine.dispose()


def test_the_restored_head_is_dated_as_the_log_dated_it(databases_house: tuple[House, Databases]) -> None:
    house, databases = databases_house
    house.publisher().publish()
    copy = backup(house, databases)
    assert house.ledger().record(house.issue(1))
    house.publisher().publish()
    old = restored(house, databases, copy, "restored")
    old.clock.advance(timedelta(days=40))
    rebuild(old)
    with old.store.transaction() as transaction:
        head = transaction.head()
    assert head is not None
    assert head.signed_at == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    assert head.note == (old.public / "checkpoint").read_bytes()
    old.engine.dispose()


def test_numbers_seen_in_the_archive_are_passed_as_well(databases_house: tuple[House, Databases]) -> None:
    """A log may be rebuilt a second time out of the same old backup: the first block may be used up by then."""
    house, databases = databases_house
    house.publisher().publish()
    copy = backup(house, databases)
    assert house.ledger().record(house.issue(1))
    house.publisher().publish()
    old = restored(house, databases, copy, "restored")
    with old.engine.begin() as connection:
        connection.execute(insert(number_counter).values(series=6, year=2026, next_serial=77))
    seen = [build_certificate_number(2026, 5, Level.DEPUTY_SENIOR, NUMBER_BLOCK + 12), "no number"]
    store = DatabaseLedgerRebuilding(old.engine)
    LedgerRebuild(store, old.tree, [log_key(LOG_KEY)], old.clock, lambda: seen).run()
    with old.engine.begin() as connection:
        rows = connection.execute(select(number_counter).where(number_counter.c.year == 2026)).all()
    assert {row.series: row.next_serial for row in rows if row.series in (5, 6, 7)} == {
        5: 2 * NUMBER_BLOCK + 1, 6: NUMBER_BLOCK + 1, 7: NUMBER_BLOCK + 1,
    }  # fmt: skip
    old.engine.dispose()


def test_a_rebuild_that_loses_no_certificate_leaves_the_numbers_alone(house: House) -> None:
    assert house.ledger().record(house.issue(3))
    house.publisher().publish()
    rebuild(house, from_scratch=True)
    with house.engine.begin() as connection:
        assert connection.execute(select(number_counter)).all() == []
