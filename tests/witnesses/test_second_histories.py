"""What a witness has seen and this log does not hold is a fork or a restored backup: nothing is signed, nothing is shown."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from certsvc.errors import CertsvcError, IntegrityError, NotWitnessed, UnavailableError
from certsvc.stages.ledger import Ledger
from tests.ledger.conftest import House, open_house
from tests.support.databases import Databases
from tests.support.witnesses import saying
from tests.witnesses.conftest import WitnessedHouse

RUNBOOK = "docs/operations.md（见证方提出异议时）"


def _head_note(house: House) -> bytes:
    with house.store.transaction() as transaction:
        head = transaction.head()
    assert head is not None
    return head.note


def _refuses_to_sign(ledger: Ledger, house: House, match: str) -> None:
    before = _head_note(house)
    for attempt in (
        lambda: ledger.record(house.issue(1, start=90)),
        ledger.refresh_checkpoint,
        ledger.require_own_history,
    ):
        with pytest.raises(IntegrityError, match=match) as raised:
            attempt()
        assert RUNBOOK in str(raised.value)
        assert not isinstance(raised.value, UnavailableError)
    assert _head_note(house) == before


@pytest.mark.parametrize("standby", [False, True], ids=["restored-backup", "stale-standby"])
def test_an_older_database_with_its_older_tree_signs_nothing(
    witnessed: WitnessedHouse, databases: Databases, tmp_path: Path, standby: bool
) -> None:
    witnessed.add()
    witnessed.ask_for(1)
    witnessed.publisher().publish()
    witnessed.house.engine.dispose()
    backup = databases.copy(witnessed.house.url)
    older = open_house(tmp_path / "older", backup, witnessed.house.clock)
    shutil.copytree(
        witnessed.house.public, older.public
    )  # the backup's own tree: it agrees with the database
    witnessed.ledger().record(witnessed.house.issue(2))
    if standby:  # which followed the primary's database for a while, but not its tree
        witnessed.publisher().publish()
        witnessed.ledger().record(witnessed.house.issue(2, start=3))
    witnessed.publisher().publish()
    _refuses_to_sign(witnessed.ledger(older), older, "旧备份")
    with pytest.raises(IntegrityError, match=RUNBOOK):
        _forced(witnessed, older)
    older.engine.dispose()


def _forced(witnessed: WitnessedHouse, older: House) -> None:
    """A process that was running already, so that no guard stood before its signature, publishes what it signed."""
    older.ledger().record(older.issue(1, start=90))
    witnessed.publisher(older).publish()


def test_a_second_history_of_the_same_size_is_neither_shown_nor_built_upon(
    witnessed: WitnessedHouse, databases: Databases, tmp_path: Path
) -> None:
    witnessed.add()
    witnessed.ask_for(1)
    witnessed.house.engine.dispose()
    other = open_house(tmp_path / "other", databases.copy(witnessed.house.url), witnessed.house.clock)
    witnessed.publisher().publish()
    shutil.copytree(witnessed.house.public, other.public)
    for house, start in ((witnessed.house, 1), (other, 50)):
        house.ledger().record(house.issue(2, start=start))
    witnessed.publisher().publish()
    with pytest.raises(IntegrityError, match=RUNBOOK):
        witnessed.publisher(other).publish()
    assert other.tree.read("checkpoint") != _head_note(other)
    other.publisher().publish()  # somebody shows it without asking
    _refuses_to_sign(witnessed.ledger(other), other, "不一致")
    other.engine.dispose()


def test_a_second_history_that_has_grown_past_the_witness_is_stopped_by_its_proof(
    witnessed: WitnessedHouse, databases: Databases, tmp_path: Path
) -> None:
    witnessed.add()
    witnessed.ask_for(1)
    witnessed.house.engine.dispose()
    other = open_house(tmp_path / "other", databases.copy(witnessed.house.url), witnessed.house.clock)
    witnessed.house.ledger().record(witnessed.house.issue(2))
    witnessed.publisher().publish()
    other.ledger().record(other.issue(9, start=50))
    with pytest.raises(IntegrityError, match=r"w1.*不一致"):
        witnessed.publisher(other).publish()
    assert other.tree.read("checkpoint") is None
    _refuses_to_sign(witnessed.ledger(other), other, "不一致")
    other.engine.dispose()


def test_one_that_contradicts_weighs_more_than_a_quorum_that_does_not(witnessed: WitnessedHouse) -> None:
    witnessed.add(), witnessed.add(saying(409, b"1000000\n"))
    witnessed.ask_for(1)
    with pytest.raises(IntegrityError, match=r"w2.*1000000"):
        witnessed.publisher().publish()
    assert witnessed.shown() is None


def test_the_guard_passes_when_the_quorum_has_answered(witnessed: WitnessedHouse) -> None:
    witnessed.add(), witnessed.add()
    witnessed.ask_for(2)
    witnessed.publisher().publish()
    witnessed.servers[1].down()
    ledger = witnessed.ledger()
    ledger.require_own_history()  # deciding goes on, signing waits
    before = _head_note(witnessed.house)
    with pytest.raises(NotWitnessed, match="w2"):
        ledger.record(witnessed.house.issue(1))
    with pytest.raises(NotWitnessed, match="w2"):
        ledger.refresh_checkpoint()
    assert _head_note(witnessed.house) == before
    witnessed.servers[1].up()
    assert ledger.record(witnessed.house.issue(1)) is not None
    asked = [len(server.asked) for server in witnessed.servers]
    ledger.record(witnessed.house.issue(1, start=7))
    assert [len(server.asked) for server in witnessed.servers] == asked  # once a process


def test_the_guard_shows_the_witness_nothing_that_is_not_public(witnessed: WitnessedHouse) -> None:
    witness = witnessed.add()
    witnessed.ask_for(1)
    witnessed.publisher().publish()
    ledger = witnessed.ledger()
    ledger.record(witnessed.house.issue(2))
    witnessed.ledger().record(witnessed.house.issue(2, start=3))
    assert {one.checkpoint.size for one in witness.asked} == {1}


def test_a_guard_that_was_never_asked_lets_nothing_be_signed(witnessed: WitnessedHouse) -> None:
    witnessed.add()
    witnessed.ask_for(1)
    ledger, events = witnessed.ledger(), witnessed.house.issue(1)
    with pytest.raises(NotWitnessed), witnessed.house.store.transaction() as transaction:
        ledger.record(events, within=transaction)


def test_a_new_log_begins_while_witnesses_are_away_and_is_shown_once_they_are_back(
    witnessed: WitnessedHouse, databases: Databases, tmp_path: Path
) -> None:
    witnessed.add().down()
    witnessed.ask_for(1)
    fresh = open_house(tmp_path / "fresh", databases.fresh(), witnessed.house.clock)
    assert witnessed.ledger(fresh).start_log()
    assert not witnessed.ledger(fresh).start_log()
    with pytest.raises(NotWitnessed):
        witnessed.publisher(fresh).publish()
    assert fresh.tree.read("vkey") is not None  # what a witness needs to know the log
    witnessed.servers[0].up()
    assert witnessed.publisher(fresh).publish().size == 1
    fresh.engine.dispose()


def test_a_lost_home_does_not_begin_its_log_a_second_time(
    witnessed: WitnessedHouse, databases: Databases, tmp_path: Path
) -> None:
    witnessed.add()
    witnessed.ask_for(1)
    witnessed.house.ledger().record(witnessed.house.issue(2))
    witnessed.publisher().publish()
    fresh = open_house(tmp_path / "fresh", databases.fresh(), witnessed.house.clock)
    witnessed.ledger(fresh).start_log()
    with pytest.raises(IntegrityError, match=RUNBOOK):
        witnessed.publisher(fresh).publish()
    assert fresh.tree.read("checkpoint") is None
    fresh.engine.dispose()


def test_a_tile_that_does_not_fit_the_checkpoint_is_shown_to_no_witness(witnessed: WitnessedHouse) -> None:
    witness = witnessed.add()
    witnessed.ask_for(1)
    publisher = witnessed.publisher()
    publisher.publish()
    witnessed.house.ledger().record(witnessed.house.issue(2))
    asked = len(witness.asked)
    read = type(witnessed.house.tree).read
    with pytest.MonkeyPatch.context() as patch:

        def read_flipped(self: object, path: str) -> bytes | None:
            content = read(self, path)  # type: ignore[arg-type]
            if path == "tile/0/000.p/5" and content is not None:
                return bytes([content[0] ^ 1]) + content[1:]
            return content

        patch.setattr(type(witnessed.house.tree), "read", read_flipped)
        with pytest.raises(CertsvcError) as raised:
            publisher.publish()
    assert raised.value.code == "integrity"
    assert len(witness.asked) == asked


@pytest.mark.parametrize("first", [True, False], ids=["at-first-sight", "later"])
def test_an_auditor_that_has_found_the_log_wrong_stops_the_line(
    witnessed: WitnessedHouse, first: bool
) -> None:
    witness = witnessed.add()
    witnessed.ask_for(1)
    publisher = witnessed.publisher()
    if not first:
        publisher.publish()
    witnessed.house.ledger().record(witnessed.house.issue(2))
    witness.behaviour = saying(422, b"status-array-wrong\n")
    with pytest.raises(IntegrityError, match="审计"):
        publisher.publish()
