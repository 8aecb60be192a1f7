"""取消当年申报资格 (38号 四（四）): two persons, one year, one person; no record, no title touched, nothing public."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from certsvc.adapters.access_schema import personal_look
from certsvc.adapters.credit_schema import cancelled_year
from certsvc.domain.caller import Caller, official
from certsvc.domain.cancelled_year import StoredCancellation
from certsvc.domain.decision import DecisionStatus
from certsvc.domain.identity import IdKind
from certsvc.errors import ConflictError, NotPermitted, RequestError, UnknownReference
from certsvc.stages.cancelled_years import CancelledYears
from tests.decisions.deciders import SUN, Deciders, issue_sun
from tests.support.workbooks import REGULAR, sample

PERSON = str(SUN["证件号码"])


def years(deciders: Deciders) -> CancelledYears:
    """The desk."""
    return deciders.office.credit.cancelled_years


def propose(deciders: Deciders, actor: str = "maker", **changed: object) -> str:
    """A proposal that is right unless something else is given."""
    given = {
        "name": "孙建国",
        "id_kind": IdKind.CITIZEN,
        "id_number": PERSON,
        "year": 2024,
        "place": None,
        "document_ref": "吉人社取〔2024〕3号",
        "decided_on": date(2024, 6, 3),
        "ground": "业绩材料与他人雷同",
        "actor": actor,
    } | changed
    return years(deciders).propose(**given)  # type: ignore[arg-type]


def cancelled(deciders: Deciders) -> str:
    """孙建国's year 2024, cancelled by two persons of the province."""
    step = propose(deciders)
    years(deciders).confirm(step, "checker")
    return step


def lift(deciders: Deciders, step: str, actor: str = "maker") -> str:
    """The proposal to give the year back."""
    return years(deciders).lift(step, "吉人社恢〔2024〕1号", date(2024, 6, 3), "复核后不成立", actor)


def known(deciders: Deciders) -> dict[str, frozenset[int]]:
    """What the gate is told."""
    return dict(deciders.office.filings.cancelled_years([PERSON, "229901198503171022"]))


def person(deciders: Deciders, name: str) -> Caller:
    """A registered person as a caller."""
    actor = deciders.office.actors.find_actor(name)
    assert actor is not None
    return official(actor)


def findings(deciders: Deciders, applied_on: date) -> set[tuple[str, int | None]]:
    """Code and case of what the gate says of an application of that day."""
    batch = sample(REGULAR).with_rows([{**SUN, "申报日期": applied_on}])
    report = deciders.under_test.submit(batch.with_header(批次编号=f"Y-{applied_on}").xlsx())
    return {(one.code, one.case) for one in report.findings}


def test_a_cancelled_year_bars_the_applications_of_that_year_and_no_other(deciders: Deciders) -> None:
    cancelled(deciders)
    assert known(deciders) == {PERSON: frozenset({2024})}
    assert ("year-cancelled", 32) in findings(deciders, date(2024, 2, 12))
    assert ("year-cancelled", 32) not in findings(deciders, date(2023, 12, 31))
    assert ("year-cancelled", 32) not in findings(deciders, date(2025, 1, 1))


def test_it_takes_a_second_person_of_the_same_authority(deciders: Deciders) -> None:
    step = propose(deciders)
    assert known(deciders) == {}
    for other in ("maker", "city", "watcher"):
        with pytest.raises(NotPermitted):
            years(deciders).confirm(step, other)
    assert years(deciders).confirm(step, "checker").status is DecisionStatus.CONFIRMED
    assert years(deciders).confirm(step, "checker").checker == "checker"
    with pytest.raises(ConflictError):
        years(deciders).confirm(step, "checker-two")
    assert propose(deciders) == step, "the same content keeps its id"
    with pytest.raises(ConflictError):
        propose(deciders, document_ref="吉人社取〔2024〕4号")


def test_it_opens_no_credit_record_touches_no_title_and_tells_no_platform(deciders: Deciders) -> None:
    number = issue_sun(deciders).draft.content.number
    before = deciders.status(number)
    cancelled(deciders)
    assert deciders.status(number) == before
    assert deciders.office.filings.credit_blocks([PERSON]) == {}
    assert deciders.office.credit.delivery.listed(None, None, 10) == ()
    assert len(deciders.audit()) == 1


def test_it_is_given_back_by_a_decision_of_its_own_and_may_be_cancelled_again(deciders: Deciders) -> None:
    step = cancelled(deciders)
    lifting = lift(deciders, step)
    assert lift(deciders, step) == lifting
    assert known(deciders) == {PERSON: frozenset({2024})}
    with pytest.raises(NotPermitted):
        years(deciders).confirm(lifting, "maker")
    years(deciders).confirm(lifting, "checker")
    assert known(deciders) == {}
    with pytest.raises(ConflictError):
        years(deciders).lift(lifting, "吉人社恢〔2024〕2号", date(2024, 6, 3), "再次", "maker")
    again = propose(deciders, document_ref="吉人社取〔2024〕9号")
    years(deciders).confirm(again, "checker")
    assert known(deciders) == {PERSON: frozenset({2024})}


def test_a_proposal_is_taken_back_and_then_confirmed_by_nobody(deciders: Deciders) -> None:
    step = propose(deciders)
    assert years(deciders).withdraw(step, "checker-two").status is DecisionStatus.WITHDRAWN
    with pytest.raises(ConflictError):
        years(deciders).confirm(step, "checker")
    assert propose(deciders) != step
    with pytest.raises(ConflictError):
        years(deciders).withdraw(cancelled_id(deciders), "maker")


def cancelled_id(deciders: Deciders) -> str:
    """Confirm the one open proposal."""
    (open_one,) = [one for one in shown(deciders, "maker") if one.status is DecisionStatus.PROPOSED]
    return years(deciders).confirm(open_one.id, "checker").id


def shown(deciders: Deciders, name: str) -> tuple[StoredCancellation, ...]:
    """What somebody sees."""
    return years(deciders).listed(person(deciders, name), "cli")


def test_a_city_cancels_in_its_own_territory_and_sees_its_own_alone(deciders: Deciders) -> None:
    with pytest.raises(NotPermitted):
        propose(deciders, "city", place="220100")
    with pytest.raises(RequestError):
        propose(deciders, "county")
    step = propose(deciders, "city")
    years(deciders).confirm(step, "city-two")
    other = propose(deciders, id_number="229901198503171022", name="林晓棠")
    assert {one.id for one in shown(deciders, "watcher")} == {step, other}
    assert {one.id for one in shown(deciders, "city")} == {step}
    assert shown(deciders, "changchun") == ()
    with deciders.office.engine.begin() as connection:
        looks = connection.execute(select(personal_look.c.viewer, personal_look.c.object)).all()
    assert sorted((one.viewer, one.object) for one in looks) == sorted(
        [("watcher", step), ("watcher", other), ("city", step)]
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"id_number": "229906197605300516"},
        {"year": 2021},
        {"year": 2025},
        {"decided_on": date(2024, 6, 4)},
        {"place": "222404"},
        {"place": "999999"},
        {"name": "？"},
        {"ground": " "},
        {"document_ref": "x" * 200},
    ],
    ids=str,
)
def test_what_is_not_right_is_refused_without_repeating_the_number(
    deciders: Deciders, changed: dict[str, object]
) -> None:
    with pytest.raises(RequestError) as refused:
        propose(deciders, **changed)
    assert PERSON not in str(refused.value)
    assert str(changed.get("id_number", "-")) not in str(refused.value).replace("-", "")


def test_the_person_stands_in_the_table_as_a_digest_and_sealed(deciders: Deciders) -> None:
    step = cancelled(deciders)
    with deciders.office.engine.begin() as connection:
        (row,) = connection.execute(select(cancelled_year)).all()
    told = repr(tuple(row)).encode() + bytes(row.sealed_content) + bytes(row.person_key)
    for text in (PERSON, "孙建国", "雷同"):
        assert text.encode() not in told
    assert row.id == step
    with pytest.raises(UnknownReference):
        years(deciders).confirm("Y0", "checker")
    assert deciders.office.trail.verify_chain().fault is None


def test_a_city_leaves_persons_of_other_cities_to_those_and_to_the_province(deciders: Deciders) -> None:
    issue_sun(deciders)
    with pytest.raises(NotPermitted, match="其他地区"):
        propose(deciders, "city")
    (refused,) = deciders.office.trail.entries("cancelled-year")
    assert (refused.actor, refused.action) == ("city", "console:cancel_year:propose.refused")
    own = propose(deciders, "changchun")
    assert {one.id for one in shown(deciders, "changchun")} == {own}


def test_the_province_adds_its_own_beside_that_of_a_city(deciders: Deciders) -> None:
    years(deciders).confirm(propose(deciders, "city"), "city-two")
    of_the_province = cancelled(deciders)
    assert propose(deciders) == of_the_province, "the same content keeps its id"
    years(deciders).confirm(lift(deciders, of_the_province), "checker")
    assert known(deciders) == {PERSON: frozenset({2024})}, "the city's own stands"
