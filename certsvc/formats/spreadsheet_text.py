"""Rows for people's spreadsheets, as CSV: no cell begins a formula, whatever stood in the filed text.

A spreadsheet runs a cell that begins with = + - or @ (full-width forms included), also behind blanks, tabs and
line ends. Such a text gets one apostrophe in front; so does a text that begins with an apostrophe itself, so that
`text_before` gives every text back. XLSX needs no mark: `adapters.spreadsheet_workbook` writes true text cells.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

ReportCell = str | int | Decimal | date | None

_MARK = "'"
_STARTS = frozenset("=+-@\u2212")  # U+2212: the minus sign of mathematics
_FILLING = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})  # characters that a reader may pass over
_LINE_END = re.compile("\r\n?|[\u0085\u2028\u2029]")
# Not to be had in XML 1.0, or no character at all.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_LINES_AT_ONCE = 500


def plain_text(text: str) -> str:
    """The text as every report shows it: line ends as LF, characters that no file may hold as U+FFFD."""
    return _UNWRITABLE.sub("\ufffd", _LINE_END.sub("\n", text))


def begins_formula(text: str) -> bool:
    """True where a spreadsheet could take the text for a formula: by its first character, or behind blanks."""
    if text.startswith(("\t", "\r", "\n")):
        return True
    for character in text:
        if unicodedata.category(character) in _FILLING:
            continue
        return unicodedata.normalize("NFKC", character)[0] in _STARTS
    return False


def inert_text(text: str) -> str:
    """The text as a CSV cell may hold it; `text_before` takes the mark away again."""
    text = plain_text(text)
    return _MARK + text if text.startswith(_MARK) or begins_formula(text) else text


def text_before(cell: str) -> str:
    """The plain text that a CSV cell of ours stands for."""
    return cell.removeprefix(_MARK)


def write_csv(rows: Iterable[Sequence[ReportCell]]) -> Iterator[bytes]:
    """The rows as CSV, in pieces as they come: UTF-8 with BOM, CRLF, every text in quotes.

    Dates are written 2023-09-19; an instant has to be given as text in the hour of Shanghai. Raises TypeError
    for a value that is none of `ReportCell`.
    """
    waiting = io.StringIO(newline="")
    writer = csv.writer(waiting, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    mark = "\ufeff"
    for place, row in enumerate(rows, start=1):
        writer.writerow([_written(cell) for cell in row])
        if place % _LINES_AT_ONCE == 0:
            yield (mark + waiting.getvalue()).encode()
            mark = ""
            waiting.seek(0)
            waiting.truncate()
    if mark or waiting.tell():
        yield (mark + waiting.getvalue()).encode()


def _written(cell: ReportCell) -> str | int | Decimal:
    match cell:
        case None:
            return ""
        case str():
            return inert_text(cell)
        case bool() | datetime():
            raise TypeError(f"a report says it in words, not as {type(cell).__name__}")
        case date():
            return cell.isoformat()
        case int() | Decimal():
            return cell
        case _:
            raise TypeError(f"no cell of a report: {type(cell).__name__}")
