"""Actors who move or leave: nobody acts under an ended name, and what was done stays as it was done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from certsvc.adapters.clock import FixedClock
from certsvc.domain.actor import Actor, Role
from certsvc.domain.permission import Action
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.errors import ConflictError, NotPermitted, UnknownReference
from tests.access.desk import Desk, open_desk
from tests.support.workbooks import DUAL_DIRECTED, sample

BATCHES = "/api/v1/batch-decisions"


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock, database_url: str) -> Iterator[Desk]:
    with open_desk(tmp_path, clock, database_url) as opened:
        yield opened


def proposed_by_city(desk: Desk) -> str:
    """A voiding of a batch that the city 延边州 (222400) proposed."""
    report = desk.office.submit(sample(DUAL_DIRECTED).with_rows([{}]).xlsx())
    desk.office.issue(report)
    proposal = {"filing": report.filing, "kind": "void", "document": "吉人社认〔2026〕1号"}
    proposal |= {"decided_on": "2026-11-20", "ground": "未按规定程序开展评审"}
    with desk.sign_in("city") as browser:
        answer = browser.post(BATCHES, json=proposal)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["batch_decision"])


def test_who_ended_is_signed_out_and_signs_in_no_more(desk: Desk) -> None:
    actors = desk.office.office.actors
    with desk.sign_in("city") as browser, desk.sign_in("maker") as other:
        actors.end_actor("city", desk.clock.now())
        actors.end_actor("city", desk.clock.now())
        assert browser.get("/console/me").status_code == 401
        assert other.get("/console/me").status_code == 200
    with desk.visitor() as browser:
        assert browser.get(desk.consent(browser, "city")).status_code == 403
    done = [action for _, action in desk.actions("actor/city")]
    assert done == ["console:actor:add", "console:actor:end"]
    assert "city" not in [one.name for one in actors.actors()]
    assert desk.office.office.trail.verify_chain().fault is None


def test_nothing_is_done_under_an_ended_name(desk: Desk) -> None:
    office = desk.office.office
    report = desk.office.submit(sample(DUAL_DIRECTED).with_rows([{}]).xlsx())
    office.actors.end_actor("maker", desk.clock.now())
    with pytest.raises(UnknownReference):
        office.permits.official("maker", Action.FILING_APPROVE, "filing")
    with pytest.raises(UnknownReference):
        office.approval.approve(report.filing, "maker")
    with pytest.raises(ConflictError):
        office.actors.change_actor("maker", Role.CHECKER, None, desk.clock.now())
    for act in (
        lambda: office.actors.end_actor("stranger", desk.clock.now()),
        lambda: office.actors.change_actor("stranger", Role.CHECKER, None, desk.clock.now()),
    ):
        with pytest.raises(UnknownReference):
            act()


def test_the_proposal_of_somebody_who_left_is_still_that_of_their_authority(desk: Desk) -> None:
    batch = proposed_by_city(desk)
    desk.office.office.actors.end_actor("city", desk.clock.now())
    with desk.sign_in("city-checker") as browser:
        answer = browser.post(f"{BATCHES}/{batch}/withdrawal")
    assert answer.json()["status"] == "withdrawn"


def test_the_proposal_of_somebody_who_moved_stays_where_it_was_made(desk: Desk) -> None:
    office, batch = desk.office.office, proposed_by_city(desk)
    before = office.actors.change_actor("city", None, "220100", desk.clock.now())
    assert before == Actor("city", Role.MAKER, "220100")
    office.actors.change_actor("city", None, "220100", desk.clock.now())
    with desk.sign_in("city") as browser:
        assert browser.get("/console/me").json()["region"] == "220100"
        assert browser.post(f"{BATCHES}/{batch}/withdrawal").status_code == 403
    with desk.sign_in("city-checker") as browser:
        assert browser.post(f"{BATCHES}/{batch}/withdrawal").json()["status"] == "withdrawn"
    assert [action for _, action in desk.actions("actor/city")] == [
        "console:actor:add",
        "console:actor:change",
    ]


def test_moving_to_checker_does_not_let_one_person_take_both_steps(desk: Desk) -> None:
    office = desk.office.office
    report = desk.office.submit(sample(DUAL_DIRECTED).with_rows([{}]).xlsx())
    office.approval.approve(report.filing, "maker")
    office.actors.change_actor("maker", Role.CHECKER, None, desk.clock.now())
    with pytest.raises(NotPermitted):
        office.approval.begin_issue(report.filing, "maker")


def test_who_ended_is_registered_again_and_the_past_is_told_apart(desk: Desk) -> None:
    actors, began = desk.office.office.actors, desk.clock.now()
    actors.end_actor("city", began + timedelta(days=1))
    assert actors.actor_when("city", began + timedelta(days=2)) == Actor("city", Role.MAKER, "222400")
    again = Actor("city", Role.SUPERVISOR, "220100")
    actors.register_actor(again, began + timedelta(days=3))
    actors.register_actor(again, began + timedelta(days=4))
    assert actors.find_actor("city") == again
    assert actors.actor_when("city", began) == Actor("city", Role.MAKER, "222400")
    assert actors.actor_when("city", began + timedelta(days=5)) == again
    assert actors.actor_when("stranger", began) is None
    with pytest.raises(ConflictError, match="actor change"):
        actors.register_actor(Actor("city", Role.MAKER, "222400"), began + timedelta(days=6))
    done = [action for _, action in desk.actions("actor/city")]
    assert done == ["console:actor:add", "console:actor:end", "console:actor:add"]


def run(*words: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(certsvc, words)


def test_the_operator_changes_and_ends_and_setting_up_again_brings_nobody_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CERTSVC_HOME", str(tmp_path / "var"))
    assert run("init").exit_code == 0
    assert run("actor", "change", "city").exit_code == 2
    assert run("actor", "change", "city", "--role", "checker", "--region", "220100").exit_code == 0
    assert run("actor", "end", "county").exit_code == 0
    assert run("actor", "change", "city", "--region", "2201").exit_code == 2
    assert run("init").exit_code == 0
    listed = run("actor", "list").output
    assert "city\tchecker\t220100\n" in listed
    assert "county" not in listed
    refused = run("history", "list", "--actor", "county")
    assert refused.exit_code != 0
    assert run("actor", "add", "county", "--role", "maker", "--region", "222404").exit_code == 0
    assert "county\tmaker\t222404\n" in run("actor", "list").output
