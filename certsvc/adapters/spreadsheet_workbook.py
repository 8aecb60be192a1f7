"""Reports as XLSX: every text a true text cell, so that nothing in it is ever reckoned; written row by row."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from certsvc.formats.spreadsheet_text import ReportCell, begins_formula, plain_text

MOST_ROWS_OF_A_SHEET = 1_048_576
LONGEST_CELL = 32_767  # characters, in units of UTF-16
_CUT = "…（以下略）"
_FROM = date(1900, 3, 1)  # before it, the days of spreadsheets are not those of the calendar
_WIDTH = 16  # characters


def write_xlsx(
    rows: Iterable[Sequence[ReportCell]], sheet: str = "报表", scratch: Path | None = None
) -> bytes:
    """The rows as a workbook, the first of them as column names; further sheets where one is full.

    Memory does not grow with the rows: they wait in a folder of their own (mode 0700, removed at the end) below
    `scratch`, by default the system's folder of temporary files. A text
    longer than a cell ends in `…（以下略）`. Raises TypeError for a value that is none of `ReportCell`.
    """
    import xlsxwriter

    written = io.BytesIO()
    with TemporaryDirectory(dir=scratch) as folder:
        book = xlsxwriter.Workbook(written, {"constant_memory": True, "tmpdir": folder})
        writer = _SheetWriter(book)
        try:
            for name, part in _parts(rows, sheet):
                writer.write_sheet(name, part)
        finally:
            book.close()
    return written.getvalue()


def _parts(
    rows: Iterable[Sequence[ReportCell]], sheet: str
) -> Iterator[tuple[str, Iterator[Sequence[ReportCell]]]]:
    """The sheets: each with the column names on top."""
    waiting = iter(rows)
    names = next(waiting, ())
    for number in itertools.count(1):
        ahead = next(waiting, None)
        if ahead is None and number > 1:
            return
        head = (names,) if ahead is None else (names, ahead)
        rest = itertools.islice(waiting, MOST_ROWS_OF_A_SHEET - len(head))
        yield (sheet if number == 1 else f"{sheet}（{number}）"), itertools.chain(head, rest)


class _SheetWriter:
    """Writes sheets of one book; its formats are made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._names = book.add_format(
            {"bold": True, "num_format": "@", "text_wrap": True, "quote_prefix": True}
        )
        self._text = book.add_format({"num_format": "@"})
        self._marked = book.add_format({"num_format": "@", "quote_prefix": True})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})

    def write_sheet(self, name: str, rows: Iterator[Sequence[ReportCell]]) -> None:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for place, row in enumerate(rows):
            if place == 0 and row:
                sheet.set_column(0, len(row) - 1, _WIDTH)
            for column, cell in enumerate(row):
                self._write(sheet, place, column, cell)

    def _write(self, sheet: Any, place: int, column: int, cell: ReportCell) -> None:
        match cell:
            case None | "":
                return
            case str():
                text = _fitting(plain_text(cell))
                style = self._marked if begins_formula(text) else self._text
                sheet.write_string(place, column, text, style if place else self._names)
            case bool() | datetime():
                raise TypeError(f"a report says it in words, not as {type(cell).__name__}")
            case date():
                self._write_day(sheet, place, column, cell)
            case int() | Decimal():
                sheet.write_number(place, column, cell)
            case _:
                raise TypeError(f"no cell of a report: {type(cell).__name__}")

    def _write_day(self, sheet: Any, place: int, column: int, day: date) -> None:
        if day < _FROM:
            sheet.write_string(place, column, day.isoformat(), self._text)
        else:
            sheet.write_datetime(place, column, day, self._day)


def _fitting(text: str) -> str:
    """The text, cut where a cell ends."""
    if len(text.encode("utf-16-le")) // 2 <= LONGEST_CELL:
        return text
    room = (LONGEST_CELL - len(_CUT)) * 2
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + _CUT
