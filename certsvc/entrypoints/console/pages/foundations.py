"""What everything rests on: committees, calendars, policy documents. Read here; loaded by the operator at the machine."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from certsvc.bootstrap import Office
from certsvc.domain.calendar import CalendarYear
from certsvc.domain.caller import Caller, CallerRole
from certsvc.domain.regions import PROVINCE
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Viewing
from certsvc.entrypoints.console.pages.choices import place_words
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.console.pages.tallies import Tally
from certsvc.entrypoints.html.charts import span_chart
from certsvc.entrypoints.html.filters import filters_of
from certsvc.entrypoints.html.paging import PageNumber, Paging
from certsvc.entrypoints.http.permitted import open_to_signed_in
from certsvc.errors import UnknownReference
from certsvc.stages.foundations import Foundations, Term

REGISTRY: Final = "/console/registry"
CALENDARS: Final = "/console/calendars"
POLICIES: Final = "/console/policies"
router = APIRouter(include_in_schema=False)
_WHY: Final = "what decisions rest on is open to every official; nothing personal stands in it"
Code = Annotated[str, Path(max_length=64)]
_TERMS_ENGLISH: Final = {
    Term.ENDING: "ends within 90 days",
    Term.IN_FORCE: "in force",
    Term.COMING: "not yet",
    Term.ENDED: "ended",
}
_TONES: Final = {
    Term.ENDING: "limited",
    Term.IN_FORCE: "passed",
    Term.COMING: "unknown",
    Term.ENDED: "unknown",
}


@router.get(REGISTRY)
@open_to_signed_in(_WHY)
def registry(request: Request, session: Viewing, page: PageNumber = 1) -> Response:
    """Committees of the caller's reach: those whose authorization ends soon first, those that ended last."""
    filters = filters_of(request)
    term, words = filters.choice("term", Term), filters.text("words") or ""
    found = office_of(request).foundations.committees(session.caller, term, words)
    paging = Paging(
        REGISTRY,
        page,
        len(found.committees),
        {"term": "" if term is None else term.value, "words": words},
    )
    return show(
        request,
        session,
        "foundations/registry.html.j2",
        found=found,
        committees=found.committees[paging.offset : paging.offset + paging.rows],
        paging=paging,
        chosen=paging.filters,
        **_words(),
    )


@router.get(f"{REGISTRY}/{{code}}")
@open_to_signed_in(_WHY)
def committee(request: Request, code: Code, session: Viewing) -> Response:
    """One committee: what it may review, where, from when to when; its approved meetings."""
    standing, meetings = office_of(request).foundations.committee(code, session.caller)
    return show(
        request,
        session,
        "foundations/committee.html.j2",
        standing=standing,
        meetings=meetings[:100],
        **_words(),
    )


@router.get(CALENDARS)
@open_to_signed_in(_WHY)
def calendars(request: Request, session: Viewing) -> Response:
    """A year as twelve months; holidays and make-up days by shape and colour."""
    office = office_of(request)
    standing = office.foundations.calendars()
    years = [one.year for one in standing.calendar.years]
    wanted = filters_of(request).whole("year", 2000, 2199) or office.clock.today().year
    shown = wanted if wanted in years else max(years, default=None)
    if shown is None:
        raise UnknownReference("还没有载入任何年度的节假日安排。请由系统维护人员载入。")
    year = standing.calendar.year(shown)
    return show(
        request,
        session,
        "foundations/calendars.html.j2",
        standing=standing,
        years=years,
        year=year,
        months=_months(year, office.clock.today()),
        workdays=_workdays(year),
    )


@router.get(POLICIES)
@open_to_signed_in(_WHY)
def policies(request: Request, session: Viewing) -> Response:
    """Which documents are in force from when to when, entry by entry."""
    office = office_of(request)
    found, today = office.foundations.documents(), office.clock.today()
    spans = [(one.document.document, one.since, one.until) for one in found]
    return show(
        request,
        session,
        "foundations/policies.html.j2",
        found=found,
        today=today,
        chart=span_chart(("政策文件的施行期间", "Policy documents in force"), spans, today),
    )


def tallies(office: Office, caller: Caller) -> Iterable[Tally]:
    """Authorizations that end within 90 days; from November on the calendar of the next year, while it is missing."""
    yield from _missing_calendar(office.foundations, caller)
    yield from _ending(office.foundations, caller)


def _missing_calendar(foundations: Foundations, caller: Caller) -> Iterable[Tally]:
    """For those who see to it: the province asks, the system administrator loads."""
    if caller.role is not CallerRole.SYSTEM and (
        caller.region != PROVINCE or caller.role not in (CallerRole.MAKER, CallerRole.CHECKER)
    ):
        return
    missing = foundations.calendars().missing
    if missing is not None:
        zh, en = (
            f"{missing}年的节假日安排尚未载入",
            f"calendar of {missing} is not loaded",
        )
        yield Tally(None, zh, en, CALENDARS, "failed")


def _ending(foundations: Foundations, caller: Caller) -> Iterable[Tally]:
    try:
        ending = foundations.committees(caller).of(Term.ENDING)
    except UnknownReference:  # no registry is loaded yet
        return
    if ending:
        zh, en = "评委会授权将在90日内到期", "authorizations end within 90 days"
        yield Tally(ending, zh, en, f"{REGISTRY}?term=ending", "limited")


def _words() -> dict[str, Any]:
    return {
        "terms": tuple(Term),
        "terms_english": _TERMS_ENGLISH,
        "tones": _TONES,
        "place_words": place_words,
    }


def _months(year: CalendarYear, today: date) -> list[list[list[tuple[int, str] | None]]]:
    """Twelve months of weeks from Monday on: day and kind (`work`, `rest`, `holiday`, `makeup`), None outside the month."""
    weeks = Calendar()
    return [
        [
            [
                None
                if day.month != month
                else (day.day, _kind(day, year) + (" today" if day == today else ""))
                for day in week
            ]
            for week in weeks.monthdatescalendar(year.year, month)
        ]
        for month in range(1, 13)
    ]


def _kind(day: date, year: CalendarYear) -> str:
    if day in year.makeup_days:
        return "makeup"
    if day in year.holidays:
        return "holiday"
    return "rest" if day.weekday() > 4 else "work"


def _workdays(year: CalendarYear) -> int:
    days = (
        day
        for month in range(1, 13)
        for day in Calendar().itermonthdates(year.year, month)
        if day.month == month
    )
    return sum(_kind(day, year) in ("work", "makeup") for day in days)
