"""`certsvc ledger prune`: superseded files go, and every newer reader finds what it needs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from certsvc.adapters.tree_pruning import Pruned, prune_folder
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.errors import IntegrityError, NotWitnessed, UnavailableError
from certsvc.formats.leaf import EventKind
from certsvc.stages.publish import Publisher
from certsvc.stages.published_log import PublishedLog, log_key
from certsvc.stages.witnessing import Presented
from tests.ledger.conftest import LOG_KEY, RECORD_KEY, House, event_on
from tests.ledger.test_fsck import fsck
from tests.support.outside_checker import PublicKeys, check_public_tree

BATCHES, BATCH = 6, 70
KEYS = PublicKeys([log_key(LOG_KEY)], {RECORD_KEY.kid: RECORD_KEY.public_key})


@pytest.fixture
def grown(house: House) -> House:
    """A log of six published batches, all files a year old."""
    first = house.issue(BATCH)
    assert house.ledger().record(first)
    house.publisher().publish()
    for turn in range(1, BATCHES):
        events = [event_on(first[turn].slot, 1 + turn, EventKind.SUSPENDED)]
        assert house.ledger().record([*events, *house.issue(BATCH, start=1000 * turn)])
        house.publisher().publish()
    year_ago = (house.clock.now() - timedelta(days=365)).timestamp()
    for file in files(house.public):
        os.utime(file, (year_ago, year_ago))
    return house


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def prune(house: House) -> Pruned:
    size = int((house.public / "checkpoint").read_text(encoding="utf-8").splitlines()[1])
    return prune_folder(house.public, size, house.clock.now() - timedelta(days=30))


def test_what_was_superseded_goes_and_the_rest_is_whole(grown: House) -> None:
    before = len(files(grown.public))
    pruned = prune(grown)
    assert pruned.partial_tiles >= 6  # of the first tile and its entries, which are full by now
    assert pruned.status_files == 2 * (BATCHES - 1)
    assert len(files(grown.public)) == before - pruned.partial_tiles - pruned.status_files
    check_public_tree(grown.public, KEYS)
    assert fsck(grown).sound, fsck(grown).faults.kept
    assert prune(grown) == Pruned(0, 0)


def test_the_log_goes_on_after_it(grown: House) -> None:
    prune(grown)
    assert grown.ledger().record(grown.issue(300, start=50_000))
    grown.publisher().publish()
    check_public_tree(grown.public, KEYS)
    assert fsck(grown).sound


def test_a_shard_that_comes_back_is_published_again(grown: House) -> None:
    first = event_on(grown.slots(1)[0], 70_000)
    assert grown.ledger().record([first])
    grown.publisher().publish()
    assert grown.ledger().record([event_on(first.slot, 70_000, EventKind.SUSPENDED)])
    grown.publisher().publish()
    old = (grown.clock.now() - timedelta(days=365)).timestamp()
    for file in files(grown.public):
        os.utime(file, (old, old))
    prune(grown)
    assert grown.ledger().record([event_on(first.slot, 70_000, EventKind.REINSTATED)])
    grown.publisher().publish()  # the array is what it was two seals ago
    check_public_tree(grown.public, KEYS)
    assert fsck(grown).sound


def test_what_is_young_stays(grown: House) -> None:
    now = datetime.now(UTC).timestamp()
    for file in files(grown.public):
        os.utime(file, (now, now))
    before = files(grown.public)
    prune_folder(grown.public, 10**6, datetime.now(UTC) - timedelta(days=30))
    assert files(grown.public) == before


class AwayWitnesses:
    """Witnesses that have not answered for long."""

    def is_met_by(self, raw_note: bytes) -> bool:
        return False

    def cosign(self, tree: Presented, size_now: Callable[[], int]) -> bytes:
        raise NotWitnessed("away")


@pytest.fixture
def behind(house: House) -> House:
    """A published log of 73 leaves whose tiles stand at 515, for no witness answers; all files a year old."""
    assert house.ledger().record(house.issue(BATCH))
    house.publisher().publish()
    assert house.ledger().record(house.issue(440, start=1000))
    waiting = Publisher(house.store, house.tree, [log_key(LOG_KEY)], AwayWitnesses())
    with pytest.raises(NotWitnessed):
        waiting.publish()
    year_ago = (house.clock.now() - timedelta(days=365)).timestamp()
    for file in files(house.public):
        os.utime(file, (year_ago, year_ago))
    return house


def test_what_the_published_checkpoint_needs_stays_though_the_tiles_are_far_ahead_of_it(
    behind: House,
) -> None:
    for path in ("tile/0/000.p/9", "tile/entries/000.p/9"):  # superseded, of no checkpoint in force
        (behind.public / path).write_bytes(b"")
    assert prune(behind).partial_tiles == 2
    assert (behind.public / "tile/0/000.p/73").is_file()
    check_public_tree(behind.public, KEYS)
    assert len(list(map(PublishedLog(behind.tree, KEYS.log).prove, range(73)))) == 73


def test_a_partial_tile_that_is_missing_is_cut_out_of_the_full_one(behind: House) -> None:
    for path in ("tile/0/000.p", "tile/entries/000.p"):
        shutil.rmtree(behind.public / path)
    log = PublishedLog(behind.tree, KEYS.log)
    assert log.size == 73
    assert len(list(map(log.prove, range(73)))) == 73
    with pytest.raises(IntegrityError):
        log.entry(73)
    (behind.public / "tile/0/000").unlink()
    with pytest.raises(UnavailableError, match=r"000\.p/73"):
        PublishedLog(behind.tree, KEYS.log).prove(0)


def test_less_than_the_offline_age_is_not_offered() -> None:
    assert CliRunner().invoke(certsvc, ["ledger", "prune", "--days", "7"]).exit_code == 2
