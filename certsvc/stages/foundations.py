"""What every decision rests on, as people look at it: committees with their authorizations, calendars, policy documents.

Loading any of it is the operator's work at the machine; here it is read, with the document and its digest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from certsvc.domain.calendar import CalendarYear, WorkCalendar
from certsvc.domain.caller import Caller
from certsvc.domain.filing_place import place_of_committee
from certsvc.domain.policy.document import PolicyDocument
from certsvc.domain.policy.resolution import PolicySet
from certsvc.domain.regions import PROVINCE, lies_within
from certsvc.domain.registry import Authorization, Committee, MeetingApproval, Registry
from certsvc.errors import UnknownReference
from certsvc.ports import Clock

SOON: Final = timedelta(days=90)
"""An authorization that ends within these days asks for attention."""
_NOVEMBER: Final = 11


class Term(StrEnum):
    """How an authorization stands today, in the order of a list: what needs somebody first."""

    ENDING = "ending"
    IN_FORCE = "in_force"
    COMING = "coming"
    ENDED = "ended"

    @property
    def label(self) -> str:
        """The Chinese words."""
        return {"ending": "90日内到期", "in_force": "有效", "coming": "尚未开始", "ended": "已到期"}[
            self.value
        ]


@dataclass(frozen=True, slots=True)
class StandingAuthorization:
    """An authorization and how it stands; `days_left` until its last day, below zero once it is over."""

    authorization: Authorization
    term: Term
    days_left: int


@dataclass(frozen=True, slots=True)
class StandingCommittee:
    """A committee, the division it works in, its authorizations, and how the one that matters most stands."""

    committee: Committee
    place: str | None
    authorizations: tuple[StandingAuthorization, ...]

    @property
    def term(self) -> Term:
        """That of the authorization that holds longest; ENDED without any."""
        best = max(self.authorizations, key=lambda one: one.days_left, default=None)
        return Term.ENDED if best is None else best.term

    @property
    def days_left(self) -> int:
        """Days until the last authorization ends."""
        return max((one.days_left for one in self.authorizations), default=-1)


@dataclass(frozen=True, slots=True)
class RegistryStanding:
    """The registry in force: digest (hex) of its document, the committees in reach, those that need somebody first."""

    digest: str
    committees: tuple[StandingCommittee, ...]

    def of(self, term: Term) -> int:
        """How many committees stand so."""
        return sum(one.term is term for one in self.committees)


@dataclass(frozen=True, slots=True)
class CalendarStanding:
    """The years that are known, which of them somebody loaded (year -> digest), and one that is missing."""

    calendar: WorkCalendar
    loaded: dict[int, str]
    missing: int | None


@dataclass(frozen=True, slots=True)
class PolicyStanding:
    """A document: from when to when its entries hold (`until` None: until further notice), how many hold today."""

    document: PolicyDocument
    shipped: bool
    since: date
    until: date | None
    in_force: int


@dataclass(frozen=True, slots=True)
class Foundations:
    """What reading needs. `registry`: digest and registry in force; `loaded_years`: year -> digest of loaded calendars;
    `shipped`: digests of the documents that came with the program."""

    clock: Clock
    registry: Callable[[], tuple[str, Registry]]
    calendar: Callable[[], WorkCalendar]
    loaded_years: Callable[[], dict[int, str]]
    policies: Callable[[], PolicySet]
    shipped: frozenset[str]

    def committees(self, by: Caller, term: Term | None = None, words: str = "") -> RegistryStanding:
        """The committees of the caller's reach, those that end soon first; of one standing, or with words in the name."""
        digest, registry = self.registry()
        found = (self._standing(one, registry) for one in registry.committees)
        own = [
            one
            for one in found
            if _in_reach(one, by)
            and term in (None, one.term)
            and (words in one.committee.name or words == one.committee.code)
        ]
        order = tuple(Term)
        own.sort(key=lambda one: (order.index(one.term), one.days_left, one.committee.code))
        return RegistryStanding(digest, tuple(own))

    def committee(self, code: str, by: Caller) -> tuple[StandingCommittee, tuple[MeetingApproval, ...]]:
        """A committee with the meetings that were approved, the newest first. Raises UnknownReference, out of reach too."""
        _, registry = self.registry()
        known = registry.committee(code)
        standing = None if known is None else self._standing(known, registry)
        if standing is None or not _in_reach(standing, by):
            raise UnknownReference("登记簿中没有这一评委会，或不在您的范围内。请核对代码。")
        meetings = [one for one in registry.approvals if one.committee == code]
        return standing, tuple(sorted(meetings, key=lambda one: one.meeting, reverse=True))

    def calendars(self) -> CalendarStanding:
        """Every year that is known; the next one counts as missing from November on."""
        calendar, today = self.calendar(), self.clock.today()
        known = {one.year for one in calendar.years}
        due = (today.year, today.year + 1) if today.month >= _NOVEMBER else (today.year,)
        missing = next((year for year in due if year not in known), None)
        return CalendarStanding(calendar, self.loaded_years(), missing)

    def year(self, number: int) -> CalendarYear:
        """One year. Raises UnknownCalendarYearError."""
        return self.calendar().year(number)

    def documents(self) -> tuple[PolicyStanding, ...]:
        """Every policy document in force now or once, the newest first."""
        today = self.clock.today()
        return tuple(
            sorted(
                (self._policy(one, today) for one in self.policies().documents),
                key=lambda one: one.document.issued_on,
                reverse=True,
            )
        )

    def _policy(self, document: PolicyDocument, today: date) -> PolicyStanding:
        ends = [one.to_on for one in document.entries]
        return PolicyStanding(
            document,
            document.digest in self.shipped,
            min((one.from_on for one in document.entries), default=document.issued_on),
            None if None in ends or not ends else max(one for one in ends if one is not None),
            sum(one.in_force(today) for one in document.entries),
        )

    def _standing(self, committee: Committee, registry: Registry) -> StandingCommittee:
        today = self.clock.today()
        terms = tuple(_term(one, today) for one in committee.authorizations)
        return StandingCommittee(committee, place_of_committee(committee.code, registry), terms)


def _term(one: Authorization, today: date) -> StandingAuthorization:
    if one.to_on < today:
        term = Term.ENDED
    elif one.from_on > today:
        term = Term.COMING
    else:
        term = Term.ENDING if one.to_on - today <= SOON else Term.IN_FORCE
    return StandingAuthorization(one, term, (one.to_on - today).days)


def _in_reach(one: StandingCommittee, by: Caller) -> bool:
    if by.committees:
        return one.committee.code in by.committees
    return by.region == PROVINCE or (one.place is not None and lies_within(one.place, by.region))
