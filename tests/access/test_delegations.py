"""Delegation: the reach of one, the names of both, over by itself, and four eyes stay those of two persons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.bootstrap import Office
from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import Caller, official
from certsvc.domain.delegation import DelegationState, persons_behind, share_a_person
from certsvc.errors import ConflictError, NotPermitted, RequestError, UnknownReference
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import DUAL_DIRECTED, sample

WANG, LI, ZHAO = (Actor(name, Role.MAKER, "220000", person=name.upper()) for name in ("wang", "li", "zhao"))
START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
GUARD = Actor("guard", Role.SECURITY, "220000", person="S-1")


@pytest.fixture
def office(tmp_path: Path, clock: FixedClock, database_url: str) -> Iterator[OfficeUnderTest]:
    """An office of its own, on both databases."""
    house = OfficeUnderTest(tmp_path, clock, database_url)
    register(house.office)
    yield house
    house.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeUnderTest]:
    """One office for what leaves nothing but delegations behind."""
    made = OfficeUnderTest(tmp_path_factory.mktemp("delegations"), FixedClock(START))
    register(made.office)
    yield made
    made.close()


@pytest.fixture
def desk(house: OfficeUnderTest) -> Iterator[Office]:
    """The same, with every delegation of the test gone afterwards."""
    yield house.office
    for _, found in [house.office.people.delegations.listed(caller(house.office, "guard"), 0, 100)]:
        for one in found:
            house.office.people.delegations.end(one.id, caller(house.office, "guard"))


def register(office: Office) -> None:
    for one in (WANG, LI, ZHAO, GUARD, Actor("elsewhere", Role.MAKER, "222400")):
        office.actors.register_actor(one, office.clock.now())


def delegated(office: Office, delegate: str = "li", delegator: str = "wang", days: int = 10) -> str:
    today = office.clock.today()
    by = caller(office, delegator)
    made = office.people.delegations.propose(
        delegate, delegator, today, today + timedelta(days=days), "休假", by
    )
    office.people.delegations.accept(made.id, caller(office, delegate))
    return made.id


def caller(office: Office, name: str) -> Caller:
    found = office.actors.find_actor(name)
    assert found is not None
    return official(found)


def test_who_acts_for_another_acts_with_their_reach_under_both_names(office: OfficeUnderTest) -> None:
    delegated(office.office)
    acting = office.office.people.delegations.acting_for(caller(office.office, "li"), "wang")
    assert (acting.name, acting.role.value, acting.region) == ("li 代 wang", "maker", "220000")
    filed = office.submit(sample(DUAL_DIRECTED).with_rows([{}]).xlsx()).filing
    office.office.approval.approve(filed, acting.name)
    entries = office.office.trail.entries(f"filing/{filed}")
    assert ("li 代 wang", "console:filing:approve") in [(one.actor, one.action) for one in entries]


def test_nobody_behind_the_first_name_takes_the_second_step(office: OfficeUnderTest) -> None:
    delegated(office.office)
    delegated(office.office, "li", "zhao")
    filed = office.submit(sample(DUAL_DIRECTED).with_rows([{}]).xlsx()).filing
    office.office.approval.approve(filed, "li 代 wang")
    for second in ("li", "wang", "li 代 wang", "li 代 zhao"):
        with pytest.raises(NotPermitted, match="经办、复核分离"):
            office.office.approval.begin_issue(filed, second)
    office.office.approval.begin_issue(filed, "zhao")


def test_a_delegate_confirms_nothing_that_the_delegator_proposed(office: OfficeUnderTest) -> None:
    delegated(office.office)
    filed = office.submit(sample(DUAL_DIRECTED).with_rows([{}]).xlsx()).filing
    office.office.approval.approve(filed, "wang")
    with pytest.raises(NotPermitted, match="经办、复核分离"):
        office.office.approval.begin_issue(filed, "li 代 wang")
    office.office.approval.begin_issue(filed, "li")  # in their own name they are another person


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a", "a", True),
        ("a", "b", False),
        ("a 代 b", "a", True),
        ("a 代 b", "b", True),
        ("a 代 b", "a 代 c", True),
        ("a 代 b", "c 代 b", True),
        ("a 代 b", "c", False),
        ("a 代 b", "c 代 d", False),
    ],
)
def test_two_names_are_four_eyes_when_no_person_stands_behind_both(one: str, other: str, same: bool) -> None:
    first, second = persons_behind(one), persons_behind(other)
    assert share_a_person(first, second) is share_a_person(second, first) is same


@pytest.mark.parametrize("first", ["wang", "li 代 wang", "wang 代 li"])
def test_a_person_with_two_accounts_in_turn_is_one_person(office: OfficeUnderTest, first: str) -> None:
    house = office.office
    delegated(house)
    delegated(house, "wang", "li")
    filed = office.submit(sample(DUAL_DIRECTED).with_rows([{}]).xlsx()).filing
    house.approval.approve(filed, first)
    house.actors.end_actor("wang", house.clock.now())
    again = Actor("wang-checks", Role.CHECKER, "220000", person="WANG")
    house.actors.register_actor(again, house.clock.now())
    delegated(house, "zhao", "wang-checks")
    for second in ("wang-checks", "zhao 代 wang-checks"):
        with pytest.raises(NotPermitted, match="经办、复核分离"):
            house.approval.begin_issue(filed, second)
    house.approval.begin_issue(filed, "zhao")


def test_a_staff_number_written_down_later_counts_for_what_was_done_before(desk: Office) -> None:
    began = desk.clock.now()
    desk.actors.register_actor(Actor("late", Role.MAKER, "220000"), began)
    desk.actors.replace_actor(Actor("late", Role.MAKER, "220000", person="L-1"), began + timedelta(hours=1))
    desk.actors.end_actor("late", began + timedelta(hours=2))
    desk.actors.register_actor(Actor("late", Role.MAKER, "220000", person="L-2"), began + timedelta(hours=3))
    assert desk.actors.persons_when("late", began) == {"late", "L-1"}
    assert desk.actors.persons_when("late", began + timedelta(hours=4)) == {"late", "L-2"}
    assert desk.actors.persons_when("li 代 late", None) == {"late", "li", "L-1", "L-2", "LI"}


def ended(office: Office) -> None:
    office.actors.end_actor("wang", office.clock.now())
    office.actors.register_actor(WANG, office.clock.now())


def given_to_another(office: Office) -> None:
    office.actors.end_actor("wang", office.clock.now())
    office.actors.register_actor(Actor("wang", Role.CHECKER, "220000", person="W-2"), office.clock.now())


def moved_and_back(office: Office) -> None:
    office.actors.replace_actor(Actor("wang", Role.MAKER, "222400", person="WANG"), office.clock.now())
    office.actors.replace_actor(WANG, office.clock.now())


def delegate_ended(office: Office) -> None:
    office.actors.end_actor("li", office.clock.now())
    office.actors.register_actor(LI, office.clock.now())


@pytest.mark.parametrize("happens", [ended, given_to_another, moved_and_back, delegate_ended])
def test_no_delegation_revives_with_an_account(
    office: OfficeUnderTest, happens: Callable[[Office], None]
) -> None:
    wanted = delegated(office.office)
    happens(office.office)
    assert office.office.actors.find_actor("li 代 wang") is None
    found = office.office.people.delegations.store.find(wanted)
    assert found is not None
    assert (found.state(office.office.clock.today()), found.ended_by) == (DelegationState.ENDED, "operator")
    assert [one.action for one in office.office.trail.entries(f"delegation/{wanted}")][-1] == (
        "console:delegation:end"
    )


def test_every_delegation_of_somebody_is_listed_page_by_page(desk: Office) -> None:
    today = desk.clock.today()
    before, _ = desk.people.delegations.listed(caller(desk, "wang"), 0, 1)
    made = [
        desk.people.delegations.propose("li", "wang", today, today, f"第{n}次", caller(desk, "wang")).id
        for n in range(5)
    ]
    total, first = desk.people.delegations.listed(caller(desk, "wang"), 0, 3)
    _, rest = desk.people.delegations.listed(caller(desk, "wang"), 3, 2)
    assert total == before + 5
    assert {one.id for one in (*first, *rest)} == set(made)


def test_it_ends_by_itself_the_day_after_its_last(office: OfficeUnderTest, clock: FixedClock) -> None:
    wanted = delegated(office.office, days=1)
    desk = office.office.people.delegations
    clock.advance(timedelta(days=1))
    assert desk.open_to(caller(office.office, "li")) == ("wang",)
    clock.advance(timedelta(days=1))
    assert desk.open_to(caller(office.office, "li")) == ()
    assert office.office.actors.find_actor("li 代 wang") is None
    assert (
        desk.find(wanted, caller(office.office, "li")).state(office.office.clock.today())
        is DelegationState.OVER
    )
    with pytest.raises(NotPermitted, match="没有生效中的委托"):
        desk.acting_for(caller(office.office, "li"), "wang")


@pytest.mark.parametrize("by", ["wang", "li", "guard"])
def test_either_of_the_two_or_the_security_administrator_ends_it_early(desk: Office, by: str) -> None:
    wanted = delegated(desk)
    desk.people.delegations.end(wanted, caller(desk, by))
    assert desk.actors.find_actor("li 代 wang") is None
    trail = [(one.actor, one.action) for one in desk.trail.entries(f"delegation/{wanted}")]
    assert trail == [
        ("wang", "console:delegation:propose"),
        ("li", "console:delegation:accept"),
        (by, "console:delegation:end"),
    ]


def test_it_ends_with_the_office_of_either(desk: Office) -> None:
    delegated(desk)
    desk.actors.end_actor("wang", desk.clock.now())
    assert desk.actors.find_actor("li 代 wang") is None
    desk.actors.register_actor(WANG, desk.clock.now())


def test_it_counts_only_once_both_agreed(desk: Office) -> None:
    today, delegations = desk.clock.today(), desk.people.delegations
    made = delegations.propose("li", "wang", today, today, "病假", caller(desk, "guard"))
    assert desk.actors.find_actor("li 代 wang") is None
    with pytest.raises(NotPermitted, match="受托人本人"):
        delegations.accept(made.id, caller(desk, "zhao"))
    with pytest.raises(NotPermitted):
        delegations.accept(made.id, caller(desk, "guard"))
    delegations.accept(made.id, caller(desk, "li"))
    assert desk.actors.find_actor("li 代 wang") is None
    assert delegations.open_to(caller(desk, "li")) == ()
    for _ in range(2):
        delegations.accept(made.id, caller(desk, "wang"))
    assert desk.actors.find_actor("li 代 wang") is not None
    trail = [(one.actor, one.action) for one in desk.trail.entries(f"delegation/{made.id}")]
    assert [one for one in trail if not one[1].endswith(".refused")] == [
        ("guard", "console:delegation:propose"),
        ("li", "console:delegation:accept"),
        ("wang", "console:delegation:accept"),
    ]


def test_who_proposed_it_for_themselves_has_agreed_and_does_not_accept_for_the_other(desk: Office) -> None:
    today = desk.clock.today()
    made = desk.people.delegations.propose("li", "wang", today, today, "病假", caller(desk, "wang"))
    with pytest.raises(NotPermitted, match="受托人本人"):
        desk.people.delegations.accept(made.id, caller(desk, "wang"))


def test_nobody_hands_on_what_is_not_theirs(desk: Office) -> None:
    today, delegations = desk.clock.today(), desk.people.delegations
    with pytest.raises(NotPermitted, match="本人的事项"):
        delegations.propose("zhao", "wang", today, today, "代", caller(desk, "li"))
    delegated(desk)
    acting = delegations.acting_for(caller(desk, "li"), "wang")
    with pytest.raises(NotPermitted, match="本人的事项"):
        delegations.propose("zhao", "wang", today, today, "转委托", acting)


@pytest.mark.parametrize(
    ("delegate", "from_day", "until_day", "words"),
    [
        ("wang", 0, 1, "不能委托给本人"),
        ("elsewhere", 0, 1, "同一部门"),
        ("guard", 0, 1, "管理员的职责不能委托"),
        ("li", 2, 1, "结束日期"),
        ("li", -3, -1, "结束日期"),
        ("li", 0, 181, "最长 180 天"),
    ],
)
def test_what_cannot_be_delegated(
    desk: Office, delegate: str, from_day: int, until_day: int, words: str
) -> None:
    today = desk.clock.today()
    first, last = (today + timedelta(days=day) for day in (from_day, until_day))
    with pytest.raises(RequestError, match=words):
        desk.people.delegations.propose(delegate, "wang", first, last, "原因", caller(desk, "wang"))


def test_one_that_does_not_exist_is_answered_so(desk: Office) -> None:
    with pytest.raises(UnknownReference):
        desk.people.delegations.find("E000", caller(desk, "wang"))
    wanted = delegated(desk)
    desk.people.delegations.end(wanted, caller(desk, "wang"))
    with pytest.raises(ConflictError, match="已结束"):
        desk.people.delegations.accept(wanted, caller(desk, "li"))


@pytest.mark.parametrize("name", ["li 代 wang", "li 代", "代 wang", "代"])
def test_a_name_of_an_account_cannot_look_like_a_delegation(desk: Office, name: str) -> None:
    with pytest.raises(RequestError, match="委托代办"):
        desk.people.accounts.add(Actor(name, Role.MAKER, "220000", person="X"), official(GUARD))
    with pytest.raises(ConflictError, match="委托代办"):
        desk.actors.register_actor(Actor(name, Role.MAKER, "220000", person="X"), desk.clock.now())


def test_the_days_are_those_of_the_delegation(desk: Office) -> None:
    today, delegations = desk.clock.today(), desk.people.delegations
    made = delegations.propose(
        "li",
        "wang",
        today + timedelta(days=2),
        today + timedelta(days=3),
        "出差",
        caller(desk, "wang"),
    )
    accepted = delegations.accept(made.id, caller(desk, "li"))
    assert [accepted.state(today + timedelta(days=day)).value for day in (0, 2, 3, 4)] == [
        "coming", "in_force", "in_force", "over",
    ]  # fmt: skip
    assert desk.actors.find_actor("li 代 wang") is None
