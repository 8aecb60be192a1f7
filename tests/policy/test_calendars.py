"""Calendars are loaded year by year with their document; arithmetic agrees with the vectors and with counting by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.work_calendar import published_calendar
from certsvc.domain.calendar import CalendarYear, UnknownCalendarYearError, WorkCalendar
from certsvc.domain.calendar_decoding import decode_calendar
from certsvc.errors import UnreadableInput
from tests.policy import builders as p
from tests.support.office import OfficeUnderTest

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "working_days.json").read_bytes())
PUBLISHED = published_calendar()


@pytest.mark.parametrize("row", VECTORS["rows"], ids=lambda row: row[0])
def test_the_vectors_of_working_days(row: list[str]) -> None:
    starts, excluded, included, due = map(date.fromisoformat, row)
    assert PUBLISHED.publicity_end(starts, 5) == excluded
    assert PUBLISHED.publicity_end(starts, 5, count_first_day=True) == included
    assert PUBLISHED.plus_days_rolled(excluded, 3) == due


@st.composite
def invented_calendars(draw: st.DrawFn) -> WorkCalendar:
    """Two years with any days off and any weekends worked."""
    days = st.dates(date(2030, 1, 1), date(2031, 12, 31))
    off = draw(st.frozensets(days, max_size=40))
    worked = draw(st.frozensets(days.filter(lambda day: day.weekday() >= 5), max_size=12)) - off
    return WorkCalendar(
        tuple(
            CalendarYear(
                year,
                "测试用",
                frozenset(day for day in off if day.year == year),
                frozenset(day for day in worked if day.year == year),
            )
            for year in (2030, 2031)
        )
    )


def works(calendar: WorkCalendar, day: date) -> bool:
    """The naive model: look the day up in plain sets."""
    holidays = {one for year in calendar.years for one in year.holidays}
    makeup = {one for year in calendar.years for one in year.makeup_days}
    return day in makeup or (day.isoweekday() not in (6, 7) and day not in holidays)


@given(invented_calendars(), st.dates(date(2030, 1, 1), date(2031, 8, 1)), st.integers(1, 15), st.booleans())
def test_publicity_ends_where_counting_day_by_day_ends(
    calendar: WorkCalendar, start: date, workdays: int, first: bool
) -> None:
    day, counted = start, int(first and works(calendar, start))
    while counted < workdays:
        day += timedelta(1)
        counted += works(calendar, day)
    assert calendar.publicity_end(start, workdays, count_first_day=first) == day


@given(invented_calendars(), st.dates(date(2030, 1, 1), date(2031, 8, 1)), st.integers(0, 30))
def test_a_due_day_is_the_first_working_day_from_the_last_natural_one(
    calendar: WorkCalendar, start: date, days: int
) -> None:
    candidates = (start + timedelta(days + more) for more in range(120))
    assert calendar.plus_days_rolled(start, days) == next(day for day in candidates if works(calendar, day))


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"year": 27}, "calendar.year"),
        ({"year": "2027"}, "calendar.year"),
        ({"format": "certsvc-calendar/2"}, "calendar.format"),
        ({"holidays": ["2026-12-31", "2027-01-01"]}, "calendar.holidays[0]"),
        ({"holidays": ["2027-01-01", "2027-01-01"]}, "calendar.holidays[1]"),
        ({"holidays": ["2027-02-29"]}, "calendar.holidays[0]"),
        ({"holidays": []}, "calendar.holidays"),
        ({"holidays": ["2027-10-01"]}, "1月1日"),
        ({"makeup_days": ["2027-10-08"]}, "calendar.makeup_days[0]"),
        ({"makeup_days": ["2027-05-01"]}, "5月1日"),
        (
            {"holidays": ["2027-01-01", "2027-10-01", "2027-10-09"], "makeup_days": ["2027-10-09"]},
            "calendar.makeup_days[0]",
        ),
        ({"source_url": "http://www.example.invalid/"}, "calendar.source_url"),
        ({"source_url": "https://["}, "calendar.source_url"),
        ({"more": 1}, "calendar.more"),
        ({"document": ""}, "calendar.document"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_with_its_place(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(UnreadableInput) as refused:
        decode_calendar(p.raw(p.calendar(**changes)))
    assert place in str(refused.value)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_calendar_or_a_sentence(raw: bytes) -> None:
    with pytest.raises(UnreadableInput):
        decode_calendar(raw)


@pytest.fixture
def office(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[OfficeUnderTest]:
    opened = OfficeUnderTest(tmp_path, clock, database_url)
    yield opened
    opened.close()


def test_a_loaded_year_joins_the_published_ones_and_a_corrected_one_replaces_it(
    office: OfficeUnderTest,
) -> None:
    policies = office.office.policies
    with pytest.raises(UnknownCalendarYearError):
        policies.calendar().is_workday(date(2027, 10, 9))
    first = policies.load_calendar(p.raw(p.calendar()))
    assert policies.calendar().is_workday(date(2027, 10, 9))
    assert policies.load_calendar(p.raw(p.calendar())) == first
    corrected = policies.load_calendar(p.raw(p.calendar(makeup_days=[], document="更正（测试用）")))
    assert not policies.calendar().is_workday(date(2027, 10, 9))
    assert policies.calendar().year(2027).document == "更正（测试用）"
    assert [one.digest for one in policies.store.loaded_calendars()] == [first.digest, corrected.digest]
    entries = office.office.trail.entries("calendar/2027")
    assert [(e.action, e.before, e.after) for e in entries] == [
        ("machine:calendar:load", None, first.digest),
        ("machine:calendar:load", first.digest, corrected.digest),
    ]
    again = policies.load_calendar(p.raw(p.calendar()))
    assert again.digest == first.digest
    assert policies.calendar().is_workday(date(2027, 10, 9))
