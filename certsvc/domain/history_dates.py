"""The time of acquisition as older papers write it: a day, or a month alone."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Final

from certsvc.domain.history import AcquiredOn, Precision
from certsvc.domain.submission import Cell
from certsvc.domain.written_values import UnreadableCellError, read_date

_YEAR, _MONTH, _DAY = r"(19[0-9]{2}|20[0-9]{2})", r"(0?[1-9]|1[0-2])", r"(0?[1-9]|[12][0-9]|3[01])"
_MONTHS: Final = re.compile(rf"{_YEAR}\s*[.．年/-]\s*{_MONTH}\s*月?", re.ASCII)
_DAYS: Final = re.compile(
    rf"{_YEAR}(?:\s*年\s*{_MONTH}\s*月\s*{_DAY}\s*日|[.．]{_MONTH}[.．]{_DAY})", re.ASCII
)


def read_acquired(cell: Cell) -> AcquiredOn | None:
    """The time in a cell: a date, `2003-06-15`, `2003年6月15日`, `2003.6.15`, or a month: `2003.6`, `2003年6月`, `2003-06`.

    None when empty. A spreadsheet may have taken 2003.6 for a number; 2003.1 as a number is refused, since it may have
    been 2003.10. Raises UnreadableCellError.
    """
    if isinstance(cell, float):
        if str(cell).endswith(".1"):
            raise UnreadableCellError
        cell = str(cell)
    if not isinstance(cell, str):
        day = read_date(cell)
        return None if day is None else _on(day)
    text = cell.strip()
    if not text:
        return None
    if (month := _MONTHS.fullmatch(text)) is not None:
        return month_of(int(month[1]), int(month[2]))
    if (written := _DAYS.fullmatch(text)) is not None:
        try:
            return _on(date(int(written[1]), int(written[2] or written[4]), int(written[3] or written[5])))
        except ValueError:
            raise UnreadableCellError from None
    day = read_date(text)
    return None if day is None else _on(day)


def month_of(year: int, month: int) -> AcquiredOn:
    """The whole of a month."""
    last = date(year, month, monthrange(year, month)[1])
    return AcquiredOn(last.replace(day=1), last, Precision.MONTH)


def acquired_from_text(text: str) -> AcquiredOn:
    """The inverse of `AcquiredOn.text`. Raises ValueError."""
    if len(text) == 7:
        return month_of(int(text[:4]), int(text[5:]))
    return _on(date.fromisoformat(text))


def _on(day: date) -> AcquiredOn:
    return AcquiredOn(day, day, Precision.DAY)
