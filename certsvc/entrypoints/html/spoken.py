"""Days, instants and numbers as people say them, in both languages; the filters of the templates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from certsvc.domain.calendar import UnknownCalendarYearError, WorkCalendar

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_WEEKDAYS: Final = "一二三四五六日"
_WEEKEND: Final = 5


def day_words(day: date, calendar: WorkCalendar | None = None) -> str:
    """2023年10月7日（星期六，调休工作日）; whether a day is worked is told where a calendar knows its year."""
    kind = "" if calendar is None else _kind_of(day, calendar)
    return f"{day.year}年{day.month}月{day.day}日（星期{_WEEKDAYS[day.weekday()]}{kind}）"


def day_words_english(day: date) -> str:
    """Sat 7 October 2023."""
    return f"{day:%a} {day.day} {day:%B %Y}"


def instant_words(at: datetime) -> str:
    """2026年11月20日 14:05, Beijing time; in tables too, where a cell breaks at the space."""
    local = at.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def instant_words_english(at: datetime) -> str:
    """2026-11-20 14:05, Beijing time."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def instant_mark(at: datetime) -> str:
    """The same for machines, as an HTML `datetime`."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def count_words(number: int) -> str:
    """3,412."""
    return f"{number:,}"


def _kind_of(day: date, calendar: WorkCalendar) -> str:
    try:
        works = calendar.is_workday(day)
    except UnknownCalendarYearError:
        return ""
    if works == (day.weekday() < _WEEKEND):
        return ""
    return "，调休工作日" if works else "，法定节假日"
