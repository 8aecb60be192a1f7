"""Four endings that are never merged: whom each is for, who decides, from when it counts, how it is taken back."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from certsvc.adapters.decision_schema import credit_record
from certsvc.domain.certificate_status import CertificateStatus as Status
from certsvc.domain.decision import DecisionKind, DecisionStatus, StoredDecision, VoidFrom, effective_day
from certsvc.domain.decision_kinds import KINDS, CountsFrom, ending_behind
from certsvc.domain.ways import Way
from certsvc.errors import ConflictError, NotPermitted, RequestError
from tests.decisions.deciders import DECIDED_ON, Deciders, decision_day, issue_dual, issue_sun, open_deciders
from tests.support.aid_mission import issue_aid

REVOKE, WRITE_OFF, VOID = DecisionKind.REVOKE, DecisionKind.WRITE_OFF, DecisionKind.VOID
REINSTATE, SUSPEND = DecisionKind.REINSTATE, DecisionKind.SUSPEND
ACQUIRED_ON = date(2023, 9, 19)
AFTER = {
    REVOKE: (Status.REVOKED, True),
    WRITE_OFF: (Status.WRITTEN_OFF, False),
    VOID: (Status.VOIDED, False),
}


def records(deciders: Deciders) -> tuple[int, int]:
    """Credit records: all, and those that stand."""
    own = credit_record.c
    with deciders.office.engine.begin() as connection:
        standing = func.count().filter(own.withdrawn_on.is_(None))
        return tuple(connection.execute(select(func.count(), standing).select_from(credit_record)).one())


def test_only_a_title_of_an_aid_mission_is_written_off(deciders: Deciders) -> None:
    other, aid = issue_sun(deciders), issue_aid(deciders.under_test)[0]
    with pytest.raises(RequestError, match="核销只适用于以“援疆援藏援外支教激励”方式取得的职称"):
        deciders.propose(WRITE_OFF, other.draft.content.number)
    assert aid.draft.content.award.way == Way.AID_MISSION
    deciders.decide(WRITE_OFF, aid.draft.content.number)
    assert deciders.shown(aid) == ("written_off", "written_off")
    assert records(deciders) == (0, 0)


@pytest.mark.parametrize("kind", AFTER)
def test_each_ending_has_its_own_status_and_is_lifted_by_a_new_event(
    deciders: Deciders, kind: DecisionKind
) -> None:
    certificate = issue_aid(deciders.under_test)[0]
    number, (status, credit) = certificate.draft.content.number, AFTER[kind]
    ended = deciders.decide(kind, number)
    assert deciders.status(number) == [status]
    assert ending_behind(status) is kind
    assert records(deciders) == (int(credit), int(credit))
    for other in AFTER:
        with pytest.raises(ConflictError, match=f"目前为“{status.label}”"):
            deciders.propose(other, number, ground="另一理由")
    deciders.clock.advance(timedelta(days=5))
    lifted = deciders.decide(REINSTATE, number, ground="复核后原决定不成立")
    assert lifted.proposal.effective_on == ended.proposal.effective_on
    assert deciders.shown(certificate) == ("valid", "valid")
    assert records(deciders) == (int(credit), 0)
    events = [event.type.name for event in deciders.audit()]
    closing = ["CREDIT_CLOSED"] if credit else []
    opening = ["CREDIT_OPENED"] if credit else []
    assert events == ["ISSUED", status.name, *opening, "REINSTATED", *closing]


@pytest.mark.parametrize("kind", AFTER)
def test_what_ended_a_title_is_lifted_by_the_province_alone(deciders: Deciders, kind: DecisionKind) -> None:
    number = issue_dual(deciders).draft.content.number
    if kind is WRITE_OFF:
        number = issue_aid(deciders.under_test)[0].draft.content.number
    deciders.decide(kind, number)
    for actor in ("city", "changchun", "county"):
        with pytest.raises(NotPermitted, match="决定恢复"):
            deciders.propose(REINSTATE, number, actor)


def test_the_responsible_city_proposes_a_voiding_and_the_province_confirms_it(deciders: Deciders) -> None:
    number = issue_dual(deciders).draft.content.number
    with pytest.raises(NotPermitted, match="不属于本市"):
        deciders.propose(VOID, number, "changchun")
    proposed = deciders.propose(VOID, number, "city")
    with pytest.raises(NotPermitted, match="无效由省人力资源和社会保障厅确认"):
        deciders.office.confirm_decision(proposed, "city-two")
    with pytest.raises(NotPermitted, match="监督人员"):
        deciders.office.confirm_decision(proposed, "watcher")
    deciders.office.confirm_decision(proposed, "checker")
    assert deciders.status(number) == [Status.VOIDED]


def leaf_dates(deciders: Deciders, kind: str) -> list[date]:
    """The day from which the events of a kind count, as the public log has it."""
    first = date(1970, 1, 1)
    events = [event for event in deciders.audit() if event.type.name == kind]
    return [first + timedelta(days=event.effective_on) for event in events]


def test_a_voiding_counts_from_the_acquisition_day(deciders: Deciders) -> None:
    certificate = issue_sun(deciders)
    stored = deciders.decide(VOID, certificate.draft.content.number)
    acquired_on = certificate.draft.content.award.acquired_on
    assert stored.proposal.effective_on == acquired_on < stored.proposal.decided_on
    assert leaf_dates(deciders, "VOIDED") == [acquired_on]


def test_where_the_office_sets_it_so_a_voiding_counts_from_its_own_day(tmp_path: Path) -> None:
    deciders = open_deciders(tmp_path / "home", decision_day(), void_from="decided")
    stored = deciders.decide(VOID, issue_sun(deciders).draft.content.number)
    assert stored.proposal.effective_on == stored.proposal.decided_on
    assert leaf_dates(deciders, "VOIDED") == [DECIDED_ON]
    deciders.close()


def suspended(home: Path) -> tuple[Deciders, str, StoredDecision]:
    """An office that had suspension on: with a suspended certificate."""
    deciders = open_deciders(home, decision_day())
    number = issue_sun(deciders).draft.content.number
    return deciders, number, deciders.decide(SUSPEND, number, ground="正在核查")


def test_suspension_is_off_unless_set_and_what_is_suspended_can_be_lifted(tmp_path: Path) -> None:
    deciders, number, _ = suspended(tmp_path / "home")
    waiting = deciders.propose(REINSTATE, number, ground="核查结束")
    deciders.close()
    again = open_deciders(tmp_path / "home", decision_day(), suspension="off")
    again.office.confirm_decision(waiting, "checker")
    assert again.status(number) == [Status.VALID]
    with pytest.raises(RequestError, match="不是现行文件规定的处理方式"):
        again.propose(SUSPEND, number, ground="再次核查", document_ref="吉人社核〔2024〕9号")
    again.close()


def test_a_suspension_proposed_before_it_was_switched_off_is_not_confirmed(tmp_path: Path) -> None:
    deciders = open_deciders(tmp_path / "home", decision_day())
    number = issue_sun(deciders).draft.content.number
    waiting = deciders.propose(SUSPEND, number, ground="正在核查")
    deciders.close()
    again = open_deciders(tmp_path / "home", decision_day(), suspension="off")
    with pytest.raises(RequestError, match="未启用"):
        again.office.confirm_decision(waiting, "checker")
    assert again.status(number) == [Status.VALID]
    again.close()


def test_a_lifting_is_not_dated_before_what_it_lifts_nor_confirmed_over_a_newer_ending(
    deciders: Deciders,
) -> None:
    number = issue_sun(deciders).draft.content.number
    deciders.decide(REVOKE, number)
    with pytest.raises(RequestError, match="不能早于所恢复的撤销决定"):
        deciders.propose(REINSTATE, number, decided_on=DECIDED_ON - timedelta(days=1))
    waiting = deciders.propose(REINSTATE, number, ground="复核后原决定不成立")
    deciders.clock.advance(timedelta(days=3))
    other: dict[str, Any] = {"document_ref": "吉人社复〔2024〕1号", "ground": "复议决定"}
    with pytest.raises(ConflictError, match="等待确认"):
        deciders.propose(REINSTATE, number, **other)
    deciders.office.deciding.withdraw(waiting, "maker")
    deciders.decide(REINSTATE, number, **other)
    assert deciders.status(number) == [Status.VALID]


def test_a_suspension_is_not_lifted_before_its_day_and_stays_in_the_past(deciders: Deciders) -> None:
    number = issue_sun(deciders).draft.content.number
    deciders.decide(SUSPEND, number)
    with pytest.raises(RequestError, match="不能早于所恢复的核查中"):
        deciders.propose(REINSTATE, number, decided_on=DECIDED_ON - timedelta(days=1))
    lifting = deciders.decide(REINSTATE, number)
    assert lifting.proposal.effective_on == DECIDED_ON, "a suspension ends; it is not undone"


def test_the_province_turns_down_what_a_city_proposed_to_void(deciders: Deciders) -> None:
    number = issue_dual(deciders).draft.content.number
    proposed = deciders.propose(VOID, number, actor="city-two")
    with pytest.raises(NotPermitted):
        deciders.office.deciding.withdraw(proposed, "changchun")
    assert deciders.office.deciding.withdraw(proposed, "checker").status is DecisionStatus.WITHDRAWN
    (told,) = [one for one in deciders.office.trail.entries(f"decision/{proposed}") if one.actor == "checker"]
    assert told.action == "console:void:turn_down"
    own = deciders.propose(VOID, number)
    deciders.office.confirm_decision(own, "checker")
    assert deciders.status(number) == [Status.VOIDED]
    suspended = issue_sun(deciders).draft.content.number
    other = deciders.propose(SUSPEND, suspended, actor="changchun")
    with pytest.raises(NotPermitted, match="提出该决定的部门"):
        deciders.office.deciding.withdraw(other, "checker")


@pytest.mark.parametrize("kind", DecisionKind)
def test_the_table_says_from_when_a_decision_counts(kind: DecisionKind) -> None:
    counts, acquired, decided, ended = KINDS[kind].counts_from, ACQUIRED_ON, DECIDED_ON, date(2024, 1, 1)
    day = effective_day(kind, decided, acquired, lifted_from=ended)
    assert (
        day
        == {
            CountsFrom.DECIDED: decided,
            CountsFrom.ACQUIRED: acquired,
            CountsFrom.LIFTED: ended,
        }[counts]
    )
    if counts is CountsFrom.ACQUIRED:
        assert effective_day(kind, decided, acquired, VoidFrom.DECIDED) == decided
