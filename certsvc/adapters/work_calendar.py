"""The published calendars of 2022 to 2026, read from the chinesecalendar distribution."""

from __future__ import annotations

from datetime import date

from chinese_calendar.constants import holidays, workdays

from certsvc.domain.calendar import CalendarYear, WorkCalendar

_DOCUMENTS = {
    2022: "国办发明电〔2021〕11号",
    2023: "国办发明电〔2022〕16号",
    2024: "国办发明电〔2023〕7号",
    2025: "国办发明电〔2024〕12号",
    2026: "国办发明电〔2025〕7号",
}
"""Year -> the notice of the General Office of the State Council that ordered it. A year not here is unknown."""


def _in_year(days: dict[date, str], year: int) -> frozenset[date]:
    return frozenset(day for day in days if day.year == year)


def published_calendar() -> WorkCalendar:
    """The calendar of every year whose official document is known."""
    return WorkCalendar(
        tuple(
            CalendarYear(year, document, _in_year(holidays, year), _in_year(workdays, year))
            for year, document in _DOCUMENTS.items()
        )
    )
