"""A database that is behind its published log signs nothing: an old backup put back, a standby that missed the end."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import cast

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.bootstrap import Office, open_office
from certsvc.domain.decision import DecisionKind, DecisionStatus
from certsvc.errors import ConflictError, OlderDatabase
from certsvc.ports import LedgerStore
from certsvc.settings import Settings
from certsvc.stages.ledger import Ledger
from certsvc.stages.publish import Publisher
from certsvc.stages.published_log import log_key
from tests.decisions.deciders import decision_day, issue_dual, open_deciders
from tests.faults.conftest import KEYS
from tests.ledger.conftest import LOG_KEY, RECORD_KEY, House, open_house
from tests.support.databases import Databases, SqliteFiles
from tests.support.outside_checker import check_public_tree
from tests.support.signer_spy import signatures
from tests.support.workbooks import REGULAR, sample

RUNBOOK = r"账本分叉.*docs/operations\.md"


@dataclass
class PutBack:
    """An office whose database was put back to a day before its last publications, beside its public tree."""

    settings: Settings
    clock: FixedClock
    ordered: str
    proposed: str


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def put_back(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> PutBack:
    """Before the backup: a certificate, a proposed revocation of it, an ordered issue. After it: both carried out."""
    folder, databases = tmp_path_factory.mktemp("put-back"), databases_of(request, tmp_path_factory)
    clock, url = decision_day(), databases.fresh()
    deciders = open_deciders(folder / "var", clock, url)
    proposed = deciders.propose(DecisionKind.REVOKE, issue_dual(deciders).draft.content.number)
    report = deciders.under_test.submit(sample(REGULAR).with_rows([{}]).xlsx())
    deciders.office.approval.approve(report.filing, "maker")
    deciders.office.approval.begin_issue(report.filing, "checker")
    deciders.close()
    backup = databases.copy(url)
    clock.advance(timedelta(minutes=20))
    after = open_office(deciders.office.settings, clock)
    after.issuance.run(report.filing)
    after.confirm_decision(proposed, "checker")
    after.close()
    clock.advance(timedelta(minutes=20))
    settings = after.settings.model_copy(update={"database_url": backup})
    return PutBack(settings, clock, report.filing, proposed)


def databases_of(request: pytest.FixtureRequest, folders: pytest.TempPathFactory) -> Databases:
    if request.param == "sqlite":
        return SqliteFiles(folders.mktemp("databases"), request.getfixturevalue("sqlite_template"))
    server: Databases = request.getfixturevalue("postgresql")
    return server


REFUSED: Mapping[str, Callable[[Office, PutBack], object]] = {
    "record": lambda office, _: office.record_waiting(),
    "publish": lambda office, _: office.publish(),
    "refresh": lambda office, _: office.republish(),
    "issue": lambda office, at: office.issuance.run(at.ordered),
    "resume an issue": lambda office, at: list(office.resume_issue(at.ordered)),
    "confirm a decision": lambda office, at: office.confirm_decision(at.proposed, "checker"),
    "catch up": lambda office, _: office.catch_up(),
}


@pytest.mark.parametrize("step", REFUSED)
def test_an_old_backup_beside_a_newer_public_tree_signs_and_shows_nothing(
    put_back: PutBack, step: str
) -> None:
    before = folder_digests(put_back.settings.home)
    office = open_office(put_back.settings, put_back.clock)
    with signatures() as made, pytest.raises(OlderDatabase, match=RUNBOOK):
        REFUSED[step](office, put_back)
    assert made == {}
    assert office.certificates.progress(put_back.ordered) == {}
    assert {one.status for one in office.decisions.listed()} == {DecisionStatus.PROPOSED}
    office.close()
    assert folder_digests(put_back.settings.home) == before


def folder_digests(folder: Path) -> dict[str, bytes]:
    """Every public and every kept file, with its digest."""
    kept = [path for name in ("public", "documents") for path in (folder / name).rglob("*") if path.is_file()]
    return {str(path): sha256(path.read_bytes()).digest() for path in kept}


@pytest.fixture
def behind(house: House, databases: Databases) -> Iterator[House]:
    """A copy of a house's database from before its last publication: what a standby has that missed the end."""
    house.ledger().record(house.issue(2))
    house.publisher().publish()
    house.engine.dispose()
    standby = open_house(house.home, databases.copy(house.url), house.clock)
    yield standby
    standby.engine.dispose()


class MovingStore:
    """A store behind a name that may lead to another server."""

    def __init__(self, house: House) -> None:
        self.house = house

    def __getattr__(self, name: str) -> object:
        return getattr(self.house.store, name)


def a_running_ledger(house: House) -> tuple[Ledger, Publisher, MovingStore]:
    """Ledger and publisher of one process, over a store that can be moved."""
    store = MovingStore(house)
    ledger = Ledger(cast(LedgerStore, store), house.tree, house.clock, RECORD_KEY, LOG_KEY)
    return ledger, Publisher(cast(LedgerStore, store), house.tree, [log_key(LOG_KEY)]), store


@pytest.mark.parametrize("shown_by", ["itself", "another"])
def test_a_running_process_that_is_moved_to_a_stale_standby_signs_nothing(
    house: House, behind: House, shown_by: str
) -> None:
    ledger, publisher, store = a_running_ledger(house)
    ledger.refresh_checkpoint()
    (ledger if shown_by == "itself" else house.ledger()).record(house.issue(3, start=50))
    (publisher if shown_by == "itself" else house.publisher()).publish()
    shown = (house.public / "checkpoint").read_bytes()
    store.house = behind
    for step in (
        partial(ledger.record, behind.issue(1, start=90)),
        ledger.refresh_checkpoint,
        publisher.publish,
    ):
        with signatures() as made, pytest.raises(OlderDatabase, match=RUNBOOK):
            step()
        assert made == {}
    assert (house.public / "checkpoint").read_bytes() == shown
    with behind.store.transaction() as transaction:
        head = transaction.head()
    assert head is not None
    assert head.note not in shown


def test_a_running_process_whose_public_folder_is_away_does_not_go_back_behind_what_it_saw(
    house: House, behind: House
) -> None:
    ledger, publisher, store = a_running_ledger(house)
    ledger.record(house.issue(3, start=50))
    publisher.publish()
    ledger.refresh_checkpoint()
    shutil.rmtree(house.public)
    store.house = behind
    with signatures() as made, pytest.raises(OlderDatabase, match=RUNBOOK):
        ledger.record(behind.issue(1, start=90))
    assert made == {}


def test_a_head_read_long_ago_loses_and_nothing_signed_on_it_is_kept(house: House) -> None:
    slow, fast = open_house(house.home, house.url, house.clock), house
    with slow.store.transaction() as transaction:
        stale = transaction.head()
    assert stale is not None
    batch = fast.ledger().record(fast.issue(2))
    fast.publisher().publish()
    assert batch is not None
    forked = replace(batch.head, root=bytes(32))
    with pytest.raises(ConflictError), slow.store.transaction() as transaction:
        transaction.move_head(stale, forked)
    assert check_public_tree(house.public, KEYS).checkpoint.root == batch.head.root
    again = slow.ledger().record(slow.issue(1, start=9))
    assert again is not None
    assert again.head.size == batch.head.size + 3
    slow.engine.dispose()


def test_a_transaction_begun_before_sees_the_head_of_now(
    postgresql: Databases, tmp_path: Path, clock: FixedClock
) -> None:
    house = open_house(tmp_path, postgresql.fresh(), clock)
    house.ledger().start_log()
    slow = open_house(tmp_path, house.url, clock)
    events = slow.issue(1, start=7)
    with slow.store.transaction() as transaction:
        transaction.status_slots()
        batch = house.ledger().record(house.issue(2))
        late = slow.ledger().record(events, within=transaction)
    assert batch is not None
    assert late is not None
    assert late.head.size == batch.head.size + 3
    house.publisher().publish()
    check_public_tree(house.public, KEYS)
    for one in (house, slow):
        one.engine.dispose()
