"""The working-day calendar of the State Council 国务院办公厅节假日安排.

Weekends that are made up for count, holidays on weekdays do not. A year without an official document is unknown:
asking for it is an error, never a guess. All days are local dates (Asia/Shanghai).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from certsvc.errors import RequestError

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


class UnknownCalendarYearError(RequestError):
    """The holidays of this year are not loaded, so its working days cannot be counted."""

    code = "unknown-calendar-year"

    def __init__(self, year: int) -> None:
        super().__init__(f"尚未载入{year}年的法定节假日安排，无法计算工作日。")
        self.year = year


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One year: the document that ordered it, weekdays and weekends off, weekend days worked instead."""

    year: int
    document: str
    holidays: frozenset[date]
    makeup_days: frozenset[date]


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The years that are known."""

    years: tuple[CalendarYear, ...]

    def year(self, number: int) -> CalendarYear:
        """The calendar of a year. Raises UnknownCalendarYearError."""
        for known in self.years:
            if known.year == number:
                return known
        raise UnknownCalendarYearError(number)

    def joined_with(self, loaded: Iterable[CalendarYear]) -> WorkCalendar:
        """This calendar with years added, or replaced by a corrected one; in the order of the years."""
        years = {known.year: known for known in (*self.years, *loaded)}
        return WorkCalendar(tuple(years[number] for number in sorted(years)))

    def is_workday(self, day: date) -> bool:
        """True for a day on which offices work. Raises UnknownCalendarYearError."""
        known = self.year(day.year)
        if day in known.makeup_days:
            return True
        return day.weekday() < _SATURDAY and day not in known.holidays

    def publicity_end(self, start: date, workdays: int, *, count_first_day: bool = False) -> date:
        """The last day of a publicity period of that many working days (吉人社函〔2022〕181号 三.5).

        The day on which publicity starts does not count unless `count_first_day`. Raises UnknownCalendarYearError.
        """
        if workdays < 1:
            raise ValueError("a publicity period has at least one working day")
        self.year(start.year)
        day = start if count_first_day else start + _ONE_DAY
        left = workdays
        while True:
            left -= self.is_workday(day)
            if left == 0:
                return day
            day += _ONE_DAY

    def plus_days_rolled(self, start: date, days: int) -> date:
        """The day so many natural days later, moved on to the next working day (“3日内”, 三.6).

        Raises UnknownCalendarYearError.
        """
        self.year(start.year)
        day = start + timedelta(days=days)
        while not self.is_workday(day):
            day += _ONE_DAY
        return day
