"""One flipped bit anywhere: the line stops before the next signature, or an outsider notices, or nobody is told anything else.

What the service itself does not notice until `certsvc ledger fsck` runs: old leaves and tiles that were published before
(the public copies are right, and are never written again), the counts of free slots, and an outbox mark that was moved.
An event that is marked as logged and is not, or whose kind was changed while it waited, is business data altered before
anybody signed it: the log cannot know, the reconciliation of decisions with leaves does.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.clock import FixedClock
from certsvc.adapters.database import open_for_reading
from certsvc.adapters.ledger_reading import DatabaseLedgerReading
from certsvc.domain.decision import DecisionKind
from certsvc.errors import CertsvcError
from certsvc.formats.leaf import EventKind
from certsvc.stages.ledger_fsck import LedgerFsck
from tests.decisions.deciders import Deciders, decision_day, issue_sample, open_deciders
from tests.faults.conftest import KEYS
from tests.faults.flips import flips_of_files, flips_of_rows
from tests.faults.test_three_writers import SEED
from tests.ledger.conftest import House, event_on, open_house
from tests.support.outside_checker import check_public_tree

STOPS = ("integrity", "as before")
REFUSES = ("conflict", "as before")
HARMLESS = ("goes on", "right")
OUTSIDE = ("goes on", "refused")
ALTERED = ("goes on", "another status")
EACH = 5

EXPECTED: dict[str, set[tuple[str, str]]] = {
    "ledger_hashes.hashes": {HARMLESS, STOPS},
    "ledger_entries.entries": {HARMLESS, STOPS},
    "status_chunk.content": {STOPS},
    "ledger_head.root": {STOPS},
    "ledger_head.shard_roots": {STOPS},
    "ledger_head.note": {STOPS},
    "ledger_head.size": {STOPS},
    "ledger_head.status_slots": {STOPS},
    "ledger_head.signed_at": {STOPS},
    "status_space.slots": {HARMLESS},
    "status_space.taken": {HARMLESS},
    "outbox: a first event unmarked": {STOPS},
    "outbox: a later event unmarked": {STOPS},
    "outbox: a mark elsewhere": {HARMLESS},
    "outbox: a waiting event marked": {ALTERED},
    "outbox: another kind, logged": {HARMLESS},
    "outbox: another kind, waiting": {ALTERED},
    "outbox: an opening kind, waiting": {STOPS},
    "outbox: another slot, waiting": {STOPS},
    "outbox: another commitment, logged": {HARMLESS},
    "outbox: another commitment, waiting": {HARMLESS},
}


UNNOTICED_BY_FSCK = {
    "status_space.slots",  # room for more: the next seal grows the array
    "outbox: another kind, waiting",
    "outbox: an opening kind, waiting",
    "outbox: another commitment, waiting",
}


@dataclass
class Kept:
    """A log to be put back again and again: leaves that are shown, a batch that is committed and not shown, events that
    wait; and the statuses that all slots must have in the end."""

    folder: Path
    clock: FixedClock
    statuses: dict[int, int]

    @property
    def shown(self) -> bytes:
        return (self.folder / "public" / "checkpoint").read_bytes()

    def put_back(self, folder: Path) -> House:
        """A copy to be damaged."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        return open_house(folder, f"sqlite:///{folder / 'database'}", self.clock)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Kept:
    """305 events: 301 shown, 4 committed, 2 waiting; more than a tile."""
    folder, clock = tmp_path_factory.mktemp("kept"), FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    shutil.copy(sqlite_template, folder / "database")
    house = open_house(folder, f"sqlite:///{folder / 'database'}", clock)
    ledger = house.ledger()
    ledger.start_log()
    slots = house.slots(306)
    ledger.record([event_on(slot, serial) for serial, slot in enumerate(slots[:300], 1)])
    ledger.record([event_on(slots[0], 1, EventKind.REVOKED)])
    house.publisher().publish()
    clock.advance(timedelta(minutes=1))
    ledger.record([event_on(slot, serial) for serial, slot in enumerate(slots[300:304], 301)])
    clock.advance(timedelta(minutes=1))
    with house.store.transaction() as transaction:
        waiting = [event_on(slots[1], 2, EventKind.SUSPENDED), event_on(slots[304], 305)]
        transaction.queue(waiting, clock.now())
    house.engine.dispose()
    return Kept(folder, clock, dict.fromkeys(slots[:305], 1) | {slots[0]: 3, slots[1]: 2, slots[305]: 0})


def is_noticed_by_fsck(house: House) -> bool:
    """Whether `certsvc ledger fsck` finds anything wrong."""
    reading = open_for_reading(house.url)
    try:
        return not LedgerFsck(DatabaseLedgerReading(reading), house.tree, KEYS.log).check().sound
    finally:
        reading.dispose()


def go_on(house: House) -> str:
    """A fresh process logs, publishes, releases, renews: how it ends."""
    ledger, publisher = house.ledger(), house.publisher()
    try:
        batch = ledger.record()
        publisher.publish()
        publisher.release(() if batch is None else batch.events)
        ledger.refresh_checkpoint()
        publisher.publish()
    except CertsvcError as error:
        return error.code
    return "goes on"


def seen_from_outside(kept: Kept, house: House) -> str:
    """What an outsider finds."""
    if (house.public / "checkpoint").read_bytes() == kept.shown:
        check_public_tree(house.public, KEYS)
        return "as before"
    try:
        audit = check_public_tree(house.public, KEYS)
    except AssertionError:
        return "refused"
    right = all(audit.status(slot) == status for slot, status in kept.statuses.items())
    return "right" if right else "another status"


def test_a_flipped_row_is_found_by_fsck_and_stops_the_line_or_changes_nothing_that_anybody_is_told(
    kept: Kept, tmp_path: Path
) -> None:
    first = kept.put_back(tmp_path / "house")
    names = [name for name, _ in flips_of_rows(first.engine, random.Random(SEED), EACH)]
    first.engine.dispose()
    met: set[str] = set()
    for number, name in enumerate(names):
        house = kept.put_back(tmp_path / "house")
        kind = next(known for known in EXPECTED if name.startswith(known))
        _, apply = list(flips_of_rows(house.engine, random.Random(SEED), EACH))[number]
        apply()
        assert is_noticed_by_fsck(house) == (kind not in UNNOTICED_BY_FSCK), name
        outcome = go_on(house), seen_from_outside(kept, house)
        assert outcome in EXPECTED[kind], name
        met.add(kind)
        house.engine.dispose()
    assert met == set(EXPECTED)


def test_what_is_not_damaged_goes_on(kept: Kept, tmp_path: Path) -> None:
    house = kept.put_back(tmp_path / "house")
    assert (go_on(house), seen_from_outside(kept, house)) == HARMLESS
    house.engine.dispose()


@pytest.fixture(scope="module")
def checked(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Deciders, PublicCertificate, PublicCertificate]]:
    """A published tree with a valid and a revoked certificate."""
    deciders = open_deciders(tmp_path_factory.mktemp("checked") / "home", decision_day())
    valid, revoked = issue_sample(deciders, 2)
    deciders.decide(DecisionKind.REVOKE, revoked.draft.content.number)
    yield deciders, valid, revoked
    deciders.close()


def test_a_flipped_public_file_never_makes_an_outsider_pass_or_call_revoked_what_is_not(
    checked: tuple[Deciders, PublicCertificate, PublicCertificate],
) -> None:
    deciders, valid, revoked = checked
    folder, verdict = deciders.office.settings.public_folder, Verdicts(deciders)
    assert (verdict.on(valid), verdict.on(revoked)) == (("passed", "valid"), ("failed", "revoked"))
    tried = Counter[str]()
    for name, apply in flips_of_files(folder, random.Random(SEED), 3):
        apply()
        on_valid, on_revoked = verdict.on(valid), verdict.on(revoked)
        apply()
        assert on_revoked[0] != "passed", name
        assert on_valid[0] != "passed" or on_valid[1] == "valid", name
        assert on_valid[1] != "revoked", name
        tried[name.split("/")[0].split(" ")[0]] += 1
    assert {"checkpoint", "tile", "status", "policy", "trust-list.json", "tables.json", "vkey"} <= set(tried)
    assert verdict.on(valid) == ("passed", "valid")


class Verdicts:
    """What certverify says of a certificate's QR symbol with the public tree as it stands."""

    def __init__(self, deciders: Deciders) -> None:
        self._deciders = deciders

    def on(self, certificate: PublicCertificate) -> tuple[str, Any]:
        from certverify.errors import TrustListError

        try:
            said = self._deciders.under_test.check_qr(certificate)
        except TrustListError:
            return "no trust", None
        return said["verdict"], said["status"]


def test_a_flipped_bit_in_a_file_of_the_log_is_refused_by_the_outside_checker(
    kept: Kept, tmp_path: Path
) -> None:
    house = kept.put_back(tmp_path / "house")
    statuses, unnoticed = check_public_tree(house.public, KEYS).array, []
    for name, apply in flips_of_files(house.public, random.Random(SEED), 4):
        apply()
        try:
            assert check_public_tree(house.public, KEYS).array == statuses
        except AssertionError:
            pass
        else:
            unnoticed.append(name)
        apply()
    house.engine.dispose()
    # What `vkey` says nobody believes; a checkpoint may lose the line that tells its age, and then counts as stale.
    assert {name.split(" ")[0] for name in unnoticed} <= {"vkey", "checkpoint"}
