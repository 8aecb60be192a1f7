"""Terms of the procedure as the policies of their day set them: publicity, filing, report of results."""

from __future__ import annotations

from datetime import date

from certsvc.domain.calendar import WorkCalendar
from certsvc.domain.policy.resolution import PolicySet
from certsvc.domain.policy.values import PublicityTerm, Term, Theme
from certsvc.domain.rules.docket import Docket


def publicity_term(docket: Docket, start: date) -> PublicityTerm | None:
    """The term of a publicity that starts on that day; None where no policy says it."""
    facts = docket.facts
    term = facts.policies.value(Theme.PUBLICITY, start, PublicityTerm)
    if term is not None and facts.count_first_day:
        return PublicityTerm(term.workdays, count_first_day=True)
    return term


def publicity_end(docket: Docket, start: date) -> date | None:
    """The earliest last day of a publicity; None where no policy says it. Raises UnknownCalendarYearError."""
    term = publicity_term(docket, start)
    if term is None:
        return None
    return docket.facts.calendar.publicity_end(start, term.workdays, count_first_day=term.count_first_day)


def filing_due(docket: Docket, publicity_ends: date) -> date | None:
    """The last day of filing in time; None where no policy says it. Raises UnknownCalendarYearError."""
    return _due(docket, Theme.FILING_TERM, publicity_ends)


def report_due(docket: Docket, meeting_ends: date) -> date | None:
    """The last day on which results are reported in time; None where no policy says it."""
    return _due(docket, Theme.REPORT_TERM, meeting_ends)


def due_after(policies: PolicySet, calendar: WorkCalendar, theme: Theme, start: date) -> date | None:
    """The last day of a term that begins on that day; None where no policy says it. Raises UnknownCalendarYearError."""
    term = policies.value(theme, start, Term)
    if term is None:
        return None
    if term.rolled:
        return calendar.plus_days_rolled(start, term.days)
    return date.fromordinal(min(start.toordinal() + term.days, date.max.toordinal()))


def _due(docket: Docket, theme: Theme, start: date) -> date | None:
    return due_after(docket.facts.policies, docket.facts.calendar, theme, start)
