"""An older database beside a public tree whose checkpoint was deleted or replaced: nothing is signed, nothing shown."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from certsvc.adapters.last_checkpoint import FileLastCheckpoint
from certsvc.adapters.public_tree import FolderTree
from certsvc.errors import IntegrityError, OlderDatabase
from certsvc.stages.ledger import Ledger
from certsvc.stages.publish import Publisher
from certsvc.stages.published_log import log_key
from tests.ledger.conftest import LOG_KEY, RECORD_KEY, House, open_house
from tests.support.databases import Databases
from tests.support.signer_spy import signatures

RUNBOOK = r"账本分叉.*docs/operations\.md"


def ledger_of(house: House) -> Ledger:
    """A ledger that keeps what was signed last beside the database."""
    return Ledger(house.store, house.tree, house.clock, RECORD_KEY, LOG_KEY, last=last_of(house))


def publisher_of(house: House) -> Publisher:
    return Publisher(house.store, house.tree, [log_key(LOG_KEY)], last=last_of(house))


def last_of(house: House) -> FileLastCheckpoint:
    return FileLastCheckpoint(house.home / "last-checkpoint")


@pytest.fixture(params=[60, 300])
def older(request: pytest.FixtureRequest, house: House, databases: Databases) -> Iterator[House]:
    """A copy of the database from before the last publication, beside the whole public tree."""
    house.publisher().publish()
    house.ledger().record(house.issue(1))
    house.publisher().publish()
    house.engine.dispose()
    copy = databases.copy(house.url)
    house.ledger().record(house.issue(request.param, start=10))
    house.publisher().publish()
    behind = open_house(house.home, copy, house.clock)
    yield behind
    behind.engine.dispose()


def digests(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def steps(house: House, ledger: Ledger, publisher: Publisher) -> tuple[Callable[[], object], ...]:
    return (
        partial(ledger.record, house.issue(1, start=900)),
        ledger.refresh_checkpoint,
        ledger.require_own_history,
        publisher.publish,
    )


REMOVED = {
    "the checkpoint": lambda public: (public / "checkpoint").unlink(),
    "checkpoint and status": lambda public: (
        (public / "checkpoint").unlink(),
        shutil.rmtree(public / "status"),
    ),
    "checkpoint and hashes": lambda public: (
        (public / "checkpoint").unlink(),
        shutil.rmtree(public / "tile/0"),
    ),
    "checkpoint and tiles": lambda public: ((public / "checkpoint").unlink(), shutil.rmtree(public / "tile")),
}


@pytest.mark.parametrize("what", REMOVED)
def test_an_older_database_is_refused_whatever_was_deleted_with_the_checkpoint(
    older: House, what: str
) -> None:
    REMOVED[what](older.public)
    before = digests(older.public)
    for step in steps(older, older.ledger(), older.publisher()):
        with signatures() as made, pytest.raises(OlderDatabase, match=RUNBOOK):
            step()
        assert made == {}
    assert digests(older.public) == before


def test_an_older_database_is_refused_beside_a_checkpoint_as_old_as_itself(
    house: House, databases: Databases
) -> None:
    house.ledger().record(house.issue(1))
    house.publisher().publish()
    old = (house.public / "checkpoint").read_bytes()
    house.engine.dispose()
    behind = open_house(house.home, databases.copy(house.url), house.clock)
    house.ledger().record(house.issue(1, start=10))
    house.publisher().publish()
    (house.public / "checkpoint").write_bytes(old)
    for step in steps(behind, behind.ledger(), behind.publisher()):
        with signatures() as made, pytest.raises(OlderDatabase, match=RUNBOOK):
            step()
        assert made == {}
    behind.engine.dispose()


def test_an_empty_database_beside_a_tree_without_checkpoint_begins_no_second_log(
    house: House, databases: Databases
) -> None:
    house.publisher().publish()
    (house.public / "checkpoint").unlink()
    fresh = open_house(house.home, databases.fresh(), house.clock)
    with signatures() as made, pytest.raises(OlderDatabase, match=RUNBOOK):
        fresh.ledger().start_log()
    assert made == {}
    fresh.engine.dispose()


@pytest.mark.parametrize("kept", ["tile", "status"])
def test_another_history_without_its_checkpoint_stops_the_line(
    house: House, databases: Databases, tmp_path: Path, kept: str
) -> None:
    other = open_house(tmp_path / "other", databases.fresh(), house.clock)
    other.ledger().start_log()
    other.ledger().record(other.issue(2))
    other.publisher().publish()
    other.ledger().record(other.issue(2, start=5))
    house.ledger().record(house.issue(7))
    shutil.copytree(other.public / kept, house.public / kept)
    for step in steps(house, house.ledger(), house.publisher()):
        with signatures() as made, pytest.raises(IntegrityError, match=r"不一致.*docs/operations\.md"):
            step()
        assert made == {}
    other.engine.dispose()


def test_the_database_that_published_goes_on_without_the_checkpoint(house: House) -> None:
    for turn in range(3):
        house.ledger().record(house.issue(100, start=1 + 100 * turn))
        house.publisher().publish()
    before = digests(house.public)
    (house.public / "checkpoint").unlink()
    house.publisher().publish()
    assert digests(house.public) == before
    assert house.ledger().record(house.issue(1, start=900))


def test_a_machine_remembers_what_it_was_about_to_show_though_the_whole_tree_is_gone(
    house: House, databases: Databases
) -> None:
    ledger_of(house).record(house.issue(1))
    publisher_of(house).publish()
    house.engine.dispose()
    behind = open_house(house.home, databases.copy(house.url), house.clock)
    ledger_of(house).record(house.issue(2, start=10))
    publisher_of(house).publish()
    shutil.rmtree(house.public)
    for step in steps(behind, ledger_of(behind), publisher_of(behind)):
        with signatures() as made, pytest.raises(OlderDatabase, match=RUNBOOK):
            step()
        assert made == {}
    behind.engine.dispose()
    publisher_of(house).publish()


def test_the_last_checkpoint_is_kept_before_it_is_shown(house: House) -> None:
    class DyingTree(FolderTree):
        def replace(self, path: str, content: bytes) -> None:
            if path == "checkpoint":
                raise KeyboardInterrupt
            super().replace(path, content)

    ledger_of(house).record(house.issue(1))
    dying = Publisher(house.store, DyingTree(house.public), [log_key(LOG_KEY)], last=last_of(house))
    with pytest.raises(KeyboardInterrupt):
        dying.publish()
    with house.store.transaction() as transaction:
        head = transaction.head()
    assert head is not None
    assert last_of(house).read() == head.note


def test_what_was_signed_last_is_written_with_one_fsync_and_only_when_it_changed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    calls: list[int] = []
    monkeypatch.setattr(os, "fsync", calls.append)
    last = last_of(house)
    last.keep(b"a")
    last.keep(b"a")
    assert (last.read(), len(calls)) == (b"a", 1)
    assert [path.name for path in house.home.iterdir() if "last" in path.name] == ["last-checkpoint"]


def test_a_last_checkpoint_that_nobody_here_signed_stops_the_line(house: House) -> None:
    last_of(house).keep(b"else\n")
    with pytest.raises(IntegrityError, match=r"last-checkpoint.*docs/operations\.md"):
        ledger_of(house).record(house.issue(1))
