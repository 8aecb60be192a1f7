"""Written values of cells: dates, whole numbers, percentages, plain text, and characters that no field may hold."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from certsvc.domain.submission import Cell

_DATE = re.compile(r"([12][0-9]{3})(?:-([0-9]{2})-([0-9]{2})|/([0-9]{1,2})/([0-9]{1,2}))", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,9}(?:\.0)?", re.ASCII)
_PERCENT = re.compile(r"([0-9]{1,3})\s*[%％]?", re.ASCII)
# C0, C1, zero-width and bidirectional controls, lone surrogates, noncharacters; then the beginnings of markup.
_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
    r"|<[A-Za-z/!?]|&#|javascript:|vbscript:",
    re.IGNORECASE,
)
_EARLIEST = date(1900, 1, 1)
_LATEST = date(2199, 12, 31)


class UnreadableCellError(ValueError):
    """A cell that is not a value of the kind its column holds."""


def read_date(cell: Cell) -> date | None:
    """The day of a true date cell, of `YYYY-MM-DD` or of Excel's own `YYYY/M/D`; None when empty.

    A number is never taken for a date: nobody can tell a serial from a typing error. Raises UnreadableCellError.
    """
    if cell is None:
        return None
    if isinstance(cell, datetime):
        day = cell.date()
    elif isinstance(cell, date):
        day = cell
    elif isinstance(cell, str):
        day = _day_of(cell.strip())
    else:
        raise UnreadableCellError
    if not _EARLIEST <= day <= _LATEST:
        raise UnreadableCellError
    return day


def _day_of(text: str) -> date:
    found = _DATE.fullmatch(text)
    if found is None:
        raise UnreadableCellError
    try:
        return date(int(found[1]), int(found[2] or found[4]), int(found[3] or found[5]))
    except ValueError:
        raise UnreadableCellError from None


def read_whole(cell: Cell) -> int | None:
    """A whole number of at most nine digits, as number or text; None when empty. Raises UnreadableCellError."""
    if cell is None:
        return None
    if isinstance(cell, bool):
        raise UnreadableCellError
    if isinstance(cell, int | float):
        if not 0 <= cell < 1e9 or cell != int(cell):
            raise UnreadableCellError
        return int(cell)
    if isinstance(cell, str) and _WHOLE.fullmatch(cell.strip()):
        return int(float(cell.strip()))
    raise UnreadableCellError


def read_percent(cell: Cell) -> int | None:
    """Percent points 0..100 of `45%`, `45`, or a percent cell (0.45); None when empty. Raises UnreadableCellError."""
    if cell is None:
        return None
    if isinstance(cell, bool):
        raise UnreadableCellError
    if isinstance(cell, int | float):
        points = cell * 100 if 0 < cell <= 1 else cell
        if not 0 <= points <= 100 or abs(points - round(points)) > 1e-9:
            raise UnreadableCellError
        return round(points)
    found = _PERCENT.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if found is None or int(found[1]) > 100:
        raise UnreadableCellError
    return int(found[1])


def read_text(cell: Cell) -> str | None:
    """The cell as text in NFC without outer blanks, None when nothing is left. Total."""
    if isinstance(cell, str):
        return unicodedata.normalize("NFC", cell).strip() or None
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def forbidden_in(text: str) -> bool:
    """True when the text holds a control or invisible character, or a piece of markup or script."""
    return _FORBIDDEN.search(text) is not None
