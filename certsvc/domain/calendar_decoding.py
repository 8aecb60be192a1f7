"""Decoding a calendar document (docs/formats/policy.md): one year's holidays and make-up days, strict and total."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from certsvc.domain.calendar import CalendarYear, WorkCalendar
from certsvc.domain.json_reading import Place, parse_json
from certsvc.domain.policy.decoding import policy_digest
from certsvc.errors import UnreadableInput

FORMAT: Final = "certsvc-calendar/1"
MAX_BYTES: Final = 64 * 1024
_SATURDAY: Final = 5
_ALWAYS_OFF: Final = ((1, 1), (5, 1), (10, 1))
_FIRST_YEAR, _LAST_YEAR = 2000, 2999
_MOST_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class CalendarDocument:
    """The notice on one year's holidays 节假日安排; `digest` is the SHA-256 of its bytes, hex."""

    year: CalendarYear
    source_url: str | None
    digest: str


def decode_calendar(raw: bytes) -> CalendarDocument:
    """The calendar document of these bytes.

    Raises UnreadableInput naming the place: not JSON, unknown or missing keys, a day of another year, given twice or
    both free and worked, a make-up day that is no weekend day, or a year in which New Year, 1 May or 1 October would
    be worked.
    """
    top = Place(parse_json(raw, limit=MAX_BYTES, what="节假日安排"), "calendar").fields(
        "format year document holidays makeup_days", "source_url"
    )
    if top["format"].text() != FORMAT:
        raise top["format"].wrong(FORMAT)
    number = top["year"].count()
    if not _FIRST_YEAR <= number <= _LAST_YEAR:
        raise top["year"].wrong("四位年份")
    holidays, makeup_days = _days(top["holidays"], number), _days(top["makeup_days"], number)
    for day, place in makeup_days.items():
        if day in holidays:
            raise UnreadableInput(f"{place.path}：{day.isoformat()} 既是放假日又是上班日。")
        if day.weekday() < _SATURDAY:
            raise place.wrong("调休上班的周六或周日")
    found = CalendarYear(number, top["document"].text(), frozenset(holidays), frozenset(makeup_days))
    for month, day_of_month in _ALWAYS_OFF:
        if WorkCalendar((found,)).is_workday(date(number, month, day_of_month)):
            raise UnreadableInput(f"calendar.holidays：{month}月{day_of_month}日应为放假日，请核对。")
    return CalendarDocument(found, top.maybe("source_url", _url), policy_digest(raw))


def _days(place: Place, year: int) -> dict[date, Place]:
    found: dict[date, Place] = {}
    for item in place.items():
        day = item.day()
        if day.year != year:
            raise item.wrong(f"{year}年的日期")
        if day in found:
            raise UnreadableInput(f"{item.path}：{day.isoformat()} 重复。")
        found[day] = item
    if len(found) > _MOST_DAYS:
        raise place.wrong(f"至多{_MOST_DAYS}天")
    return found


def _url(place: Place) -> str:
    text = place.text()
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise place.wrong("https 网址") from error
    if parts.scheme != "https" or not parts.hostname:
        raise place.wrong("https 网址")
    return text
