"""Cases 举报和投诉 as officials work on them: a list with due dates, a case with opinion and what its reporter sees.

An outcome changes nothing: what follows from it is decided as ever, over the certificate concerned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from certsvc.domain.calendar import UnknownCalendarYearError, WorkCalendar
from certsvc.domain.caller import Caller
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE, city_of
from certsvc.domain.report_table import shanghai_day
from certsvc.domain.suspicion import (
    CaseKind,
    CaseOpinion,
    CaseStatus,
    SuspicionCase,
    SuspicionReport,
    case_opinion,
)
from certsvc.errors import UnknownReference
from certsvc.ports import Clock
from certsvc.ports.suspicions import SuspicionStore
from certsvc.stages.permits import Permits
from certsvc.stages.suspicions import OpenedCase, ShownCase, SuspicionCases, SuspicionReporting


@dataclass(frozen=True, slots=True)
class DueCase:
    """A case with the day by which it is closed.

    `days_left`: natural days, negative once it is late, None for a closed case; `workdays_left`: working days from tomorrow
    on (0: due today), None where it is late, or the calendar of that year is unknown.
    """

    case: SuspicionCase
    due_on: date
    days_left: int | None
    workdays_left: int | None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything of a case; `code` answers its reporter at `/suspicion`, told to whoever entered a complaint alone."""

    due: DueCase
    shown: ShownCase
    opinion: CaseOpinion | None
    code: str | None


@dataclass(frozen=True, slots=True)
class CaseDesk:
    """What the work on cases needs. `calendar`: working days as far as they are known; `days`: the term of a case, a house
    assumption."""

    permits: Permits
    store: SuspicionStore
    cases: SuspicionCases
    reporting: SuspicionReporting
    clock: Clock
    calendar: Callable[[], WorkCalendar]
    days: int

    def page(
        self, by: Caller, kind: CaseKind | None, status: CaseStatus | None, most: int, skip: int
    ) -> tuple[tuple[DueCase, ...], int]:
        """One page of the caller's cases, open ones first, and how many there are; nothing personal. Raises NotPermitted."""
        self.permits.require(Action.SUSPICION_READ, by, "suspicion", place=by.region)
        city = None if by.region == PROVINCE else by.region
        found, total = self.store.page(kind, status, city, most, skip)
        calendar = self.calendar()
        return tuple(self._due(one, calendar) for one in found), total

    def show(self, number: str, by: Caller, channel: str) -> CaseFile:
        """A case; the look is written down first. Raises UnknownReference, NotPermitted."""
        shown = self.cases.show(number, by, channel)
        case = shown.case
        code = self.reporting.code_of(case.number) if case.entered_by == by.name else None
        due = self._due(case, self.calendar())
        return CaseFile(due, shown, self.store.opinion_of(case.number), code)

    def enter(self, complaint: SuspicionReport, city: str | None, by: Caller) -> OpenedCase:
        """Enter a complaint that came by letter or at the counter; the same again within a day is the same case.

        `city`: whose matter it is where no certificate says; a city's official enters what is its own. Raises NotPermitted.
        """
        own = city_of(by.region) if by.region != PROVINCE else city
        place = self.reporting.city_of(complaint) or own
        self.permits.require(Action.SUSPICION_RECORD, by, "suspicion", place=place or PROVINCE)
        return self.reporting.enter(complaint, own, by)

    def think(self, number: str, words: str, by: Caller) -> None:
        """Write an opinion, in place of the one before. Raises UnknownReference, NotPermitted, RequestError, ConflictError."""
        case = self.store.find(number)
        if case is None:
            raise UnknownReference(f"没有编号为 {number} 的举报。请核对举报编号。")
        self.permits.require(Action.SUSPICION_ASSIGN, by, f"suspicion/{number}", place=case.city)
        self.store.think(number, case_opinion(words), by, self.clock.now())

    def _due(self, case: SuspicionCase, calendar: WorkCalendar) -> DueCase:
        due_on = case.due_on(shanghai_day(case.reported_at), self.days, calendar)
        if case.status is CaseStatus.CLOSED:
            return DueCase(case, due_on, None, None)
        today = self.clock.today()
        return DueCase(case, due_on, (due_on - today).days, _workdays_left(today, due_on, calendar))


def _workdays_left(today: date, due_on: date, calendar: WorkCalendar) -> int | None:
    if due_on < today:
        return None
    try:
        return sum(
            calendar.is_workday(today + timedelta(days=one)) for one in range(1, (due_on - today).days + 1)
        )
    except UnknownCalendarYearError:
        return None
