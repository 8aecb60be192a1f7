"""The working-day calendar against the oracle of the State Council's published years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certsvc.adapters.work_calendar import published_calendar
from certsvc.domain.calendar import UnknownCalendarYearError

CALENDAR = published_calendar()
MAKE_UP = {
    2022: "01-29 01-30 04-02 04-24 05-07 10-08 10-09",
    2023: "01-28 01-29 04-23 05-06 06-25 10-07 10-08",
    2024: "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
}
ORACLE = """
2022-09-26 2022-10-08 2022-09-30 2022-10-11
2023-04-27 2023-05-08 2023-05-06 2023-05-11
2023-06-19 2023-06-27 2023-06-26 2023-06-30
2023-09-22 2023-10-07 2023-09-28 2023-10-10
2023-09-26 2023-10-09 2023-10-08 2023-10-12
2023-11-20 2023-11-27 2023-11-24 2023-11-30
2024-04-29 2024-05-09 2024-05-08 2024-05-13
2025-01-22 2025-02-05 2025-01-27 2025-02-08
2025-09-24 2025-09-30 2025-09-29 2025-10-09
2026-02-10 2026-02-24 2026-02-14 2026-02-27
2026-04-27 2026-05-07 2026-05-06 2026-05-11
2026-09-17 2026-09-23 2026-09-22 2026-09-28
"""


@pytest.mark.parametrize("line", ORACLE.strip().splitlines())
def test_five_working_days_and_the_due_day(line: str) -> None:
    start, excluded, included, due = (date.fromisoformat(word) for word in line.split())
    assert CALENDAR.publicity_end(start, 5) == excluded
    assert CALENDAR.publicity_end(start, 5, count_first_day=True) == included
    assert CALENDAR.plus_days_rolled(excluded, 3) == due


@pytest.mark.parametrize("year", MAKE_UP)
def test_make_up_days_are_worked_and_nothing_else_at_weekends(year: int) -> None:
    expected = {date.fromisoformat(f"{year}-{day}") for day in MAKE_UP[year].split()}
    days = (date(year, 1, 1) + timedelta(n) for n in range(365))
    assert {day for day in days if day.weekday() >= 5 and CALENDAR.is_workday(day)} == expected
    assert CALENDAR.year(year).document.startswith("国办发明电")


@pytest.mark.parametrize("year", [2021, 2027])
def test_an_unknown_year_is_an_error_never_a_guess(year: int) -> None:
    with pytest.raises(UnknownCalendarYearError, match=str(year)):
        CALENDAR.is_workday(date(year, 6, 1))


def test_a_period_that_runs_into_an_unknown_year_is_an_error() -> None:
    with pytest.raises(UnknownCalendarYearError):
        CALENDAR.publicity_end(date(2026, 12, 30), 5)


def test_the_last_day_of_all_is_an_unknown_year_too() -> None:
    with pytest.raises(UnknownCalendarYearError):
        CALENDAR.publicity_end(date.max, 5)
    with pytest.raises(UnknownCalendarYearError):
        CALENDAR.plus_days_rolled(date.max, 3)


def test_a_period_has_at_least_one_day() -> None:
    with pytest.raises(ValueError, match="at least one"):
        CALENDAR.publicity_end(date(2026, 1, 5), 0)


@given(start=st.dates(date(2022, 1, 1), date(2026, 11, 30)), days=st.integers(1, 5))
def test_a_period_holds_exactly_its_working_days_and_ends_on_one(start: date, days: int) -> None:
    end = CALENDAR.publicity_end(start, days)
    within = [start + timedelta(n) for n in range(1, (end - start).days + 1)]
    assert sum(map(CALENDAR.is_workday, within)) == days
    assert CALENDAR.is_workday(end)
