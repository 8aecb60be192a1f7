"""Delegation 委托代办: somebody else acts with an official's reach until a day, and both names stand under it.

Whoever acts for another does so under the name `X 代 Y`, an account of its own that nobody signs in with. Two steps
of one matter are done by two persons only when no person stands behind both names: neither X nor Y confirms what
`X 代 Y` proposed, and `X 代 Y` confirms nothing that X or Y proposed. A person is known by the account and by the staff
number it was registered with then: two accounts in turn are one person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from certsvc.domain.actor import ADMINISTRATORS, LONGEST_NAME, WRITERS, Actor, Role

ACTING: Final = " 代 "
"""Between the name of who acts and the name of whom they act for; no account's own name holds it."""
LONGEST_DELEGATION: Final = timedelta(days=180)


class DelegationState(StrEnum):
    """How a delegation stands on a day."""

    PROPOSED = "proposed"
    COMING = "coming"
    IN_FORCE = "in_force"
    OVER = "over"
    ENDED = "ended"

    @property
    def zh(self) -> str:
        """As people read it."""
        return _STATES_ZH[self]


_STATES_ZH: Final = {
    DelegationState.PROPOSED: "待本人同意",
    DelegationState.COMING: "尚未开始",
    DelegationState.IN_FORCE: "生效中",
    DelegationState.OVER: "已到期",
    DelegationState.ENDED: "已提前结束",
}


@dataclass(frozen=True, slots=True)
class Delegation:
    """`delegate` acts for `delegator` from `from_on` to `until_on`, both days included, once both agreed.

    `accepted_at`: the delegate's word, `agreed_at`: the delegator's; who proposes what is their own agreed with it.
    """

    id: str
    delegate: str
    delegator: str
    from_on: date
    until_on: date
    reason: str
    proposed_by: str
    proposed_at: datetime
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    agreed_at: datetime | None = None

    def state(self, on: date) -> DelegationState:
        """How it stands on a day."""
        if self.ended_at is not None:
            return DelegationState.ENDED
        if on > self.until_on:
            return DelegationState.OVER
        if self.accepted_at is None or self.agreed_at is None:
            return DelegationState.PROPOSED
        return DelegationState.IN_FORCE if on >= self.from_on else DelegationState.COMING

    def waits_for(self, name: str) -> bool:
        """True when it is not yet agreed to by somebody whose word it needs."""
        return (name == self.delegate and self.accepted_at is None) or (
            name == self.delegator and self.agreed_at is None
        )

    @property
    def acting_name(self) -> str:
        """The name under which the delegate acts."""
        return acting_name(self.delegate, self.delegator)


def acting_name(delegate: str, delegator: str) -> str:
    """`X 代 Y`."""
    return f"{delegate}{ACTING}{delegator}"


def is_acting(name: str) -> bool:
    """True for a name under which a delegate acts."""
    return ACTING in name


def signed_in_as(name: str) -> str:
    """The account that whoever acts under a name signed in with."""
    return name.partition(ACTING)[0]


def persons_behind(name: str, person: str | None = None) -> frozenset[str]:
    """Who stands behind a name: one, or who acts and whom they act for; each by account and by staff number if known."""
    numbers = () if person is None else person.split(ACTING)
    return frozenset((*name.split(ACTING), *numbers))


@dataclass(frozen=True, slots=True)
class FirstPerson:
    """Who did the first of two steps: the name it was done under, and who stood behind it then (`persons_behind`)."""

    name: str
    persons: frozenset[str]


def share_a_person(one: frozenset[str], other: frozenset[str]) -> bool:
    """True when the same person stands behind both (`persons_behind`): the two are not four eyes."""
    return not one.isdisjoint(other)


def delegation_fault(
    delegate: Actor, delegator: Actor, from_on: date, until_on: date, today: date
) -> str | None:
    """Why this cannot be delegated, as a sentence; None when it can."""
    if delegate.name == delegator.name or (delegate.person or delegate.name) == delegator.person:
        return "不能委托给本人。"
    if {delegate.role, delegator.role} & ADMINISTRATORS:
        return "安全、系统、审计三类管理员的职责不能委托，也不接受他人委托。请登记另一位管理员。"
    if _circle(delegate) != _circle(delegator):
        return "只能委托给同一部门（同一地区、同一单位或同一评委会办事机构）承担同类职责的人员。"
    if until_on < from_on or until_on < today:
        return "委托的结束日期不能早于开始日期，也不能早于今天。"
    if until_on - max(from_on, today) > LONGEST_DELEGATION:
        return f"一次委托最长 {LONGEST_DELEGATION.days} 天。更长的代办，请调整人员登记。"
    if len(acting_name(delegate.name, delegator.name)) > LONGEST_NAME:
        return "两个账号名合起来过长，不能以“某代某”记载。请先改用较短的账号名。"
    return None


def still_holds(delegate: Actor | None, delegator: Actor | None) -> bool:
    """True while both are in office in the same circle; whoever leaves or moves ends what was delegated."""
    return delegate is not None and delegator is not None and _circle(delegate) == _circle(delegator)


def acting_actor(delegate: Actor, delegator: Actor) -> Actor:
    """The account under which the delegate acts: the reach of the one, the names of both."""
    return Actor(
        acting_name(delegate.name, delegator.name),
        delegator.role,
        delegator.region,
        delegator.committees,
        delegator.unit,
    )


def with_persons(acting: Actor, delegate: Actor, delegator: Actor) -> Actor:
    """An acting account with the staff numbers of both, joined as their names are."""
    numbers = (one.person or one.name for one in (delegate, delegator))
    return replace(acting, person=ACTING.join(numbers))


def _circle(one: Actor) -> tuple[str, str, frozenset[str], str | None]:
    """Within which reach is handed on: the authority's writers, its supervisors, one committee office, one unit."""
    kind = Role.MAKER if one.role in WRITERS else one.role
    return kind.value, one.region, one.committees, one.unit
