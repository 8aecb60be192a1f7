"""A restored backup shows what was cosigned then, and signs nothing that a witness has seen more of."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from certsvc.backup import back_up, restore
from certsvc.bootstrap import Office, open_office
from certsvc.domain.decision import DecisionKind
from certsvc.errors import IntegrityError, NotWitnessed
from certsvc.settings import Settings
from tests.decisions.deciders import decision_day, issue_sample, issue_sun
from tests.support.databases import Databases
from tests.support.office import TEST_SETTINGS
from tests.witnesses.witnessed_office import WitnessedOffice


@pytest.fixture
def office(tmp_path: Path, databases: Databases) -> Iterator[WitnessedOffice]:
    opened = WitnessedOffice(tmp_path, decision_day(), databases.fresh())
    issue_sun(opened.deciders)
    yield opened
    opened.close()


@pytest.fixture
def elsewhere(office: WitnessedOffice, databases: Databases) -> Settings:
    return Settings(
        home=office.folder / "restored",
        database_url=databases.empty(),
        witness_policy=office.file,
        **TEST_SETTINGS,
    )


def reopened(office: WitnessedOffice, elsewhere: Settings) -> Office:
    shutil.copytree(office.settings.keys_folder, elsewhere.keys_folder)
    return open_office(elsewhere, office.clock)


def test_the_restored_tree_shows_the_cosigned_checkpoint_of_its_time(
    office: WitnessedOffice, elsewhere: Settings
) -> None:
    office.witness.down()  # nobody needs to be asked
    restore(elsewhere, back_up(office.settings, office.folder / "office.tar", office.clock).file)
    checkpoint = (elsewhere.public_folder / "checkpoint").read_bytes()
    assert checkpoint == (office.public / "checkpoint").read_bytes()
    copy = reopened(office, elsewhere)
    assert not copy.is_behind()
    with pytest.raises(NotWitnessed):
        copy.republish()
    office.witness.up()
    copy.republish()
    copy.close()


def test_what_was_committed_without_its_witness_waits_for_it_after_a_restore(
    office: WitnessedOffice, elsewhere: Settings
) -> None:
    number = issue_sample(office.deciders, 1)[0].draft.content.number
    office.witness.down()
    office.deciders.decide(DecisionKind.REVOKE, number)  # logged, not shown
    restore(elsewhere, back_up(office.settings, office.folder / "office.tar", office.clock).file)
    assert not (elsewhere.public_folder / "checkpoint").exists()
    assert (elsewhere.public_folder / "policy").exists()
    office.witness.up()
    copy = reopened(office, elsewhere)
    copy.republish()
    assert (elsewhere.public_folder / "checkpoint").exists()
    copy.close()


def test_an_old_backup_with_the_tree_of_its_time_is_refused_because_of_the_witness(
    office: WitnessedOffice, elsewhere: Settings
) -> None:
    made = back_up(office.settings, office.folder / "office.tar", office.clock)
    issue_sample(office.deciders, 2)
    restore(elsewhere, made.file)
    copy = reopened(office, elsewhere)
    for attempt in (copy.republish, copy.record_waiting):
        with pytest.raises(IntegrityError, match="旧备份"):
            attempt()
    copy.close()
