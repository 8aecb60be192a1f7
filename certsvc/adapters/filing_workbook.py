"""Files of the intake format written: XLSX with true text cells, CSV with inert ones, so that nothing in them is reckoned."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any, Final

from certsvc.domain.intake_words import FINDINGS_COLUMN, HEADER_SHEET, ROWS_SHEET
from certsvc.domain.submission import Cell, RawWorkbook
from certsvc.formats.spreadsheet_text import begins_formula, inert_text, plain_text

_WIDTH: Final = 18
_WIDE: Final = 60
_FROM: Final = date(1900, 3, 1)


def write_filing_xlsx(file: RawWorkbook) -> bytes:
    """A workbook with the sheets 批次信息 and 汇总表."""
    import xlsxwriter

    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True})
    formats = {
        "name": book.add_format({"bold": True, "num_format": "@"}),
        "text": book.add_format({"num_format": "@"}),
        "marked": book.add_format({"num_format": "@", "quote_prefix": True}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    head = book.add_worksheet(HEADER_SHEET)
    head.set_column(0, 1, _WIDTH * 2, formats["text"])
    for place, pair in enumerate(file.header):
        for column, cell in enumerate(pair):
            _write(head, place, column, cell, formats)
    table = book.add_worksheet(ROWS_SHEET)
    table.freeze_panes(1, 2)
    table.set_column(0, max(0, len(file.columns) - 1), _WIDTH, formats["text"])
    if FINDINGS_COLUMN in file.columns:
        table.set_column(file.columns.index(FINDINGS_COLUMN), len(file.columns) - 1, _WIDE, formats["text"])
    for column, name in enumerate(file.columns):
        table.write_string(0, column, plain_text(name), formats["name"])
    for place, row in enumerate(file.rows, start=1):
        for column, cell in enumerate(row):
            _write(table, place, column, cell, formats)
    book.close()
    return written.getvalue()


def write_filing_csv(file: RawWorkbook) -> bytes:
    """The CSV form of the intake, UTF-8 with BOM; dates in ISO form."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    for key, cell in file.header:
        writer.writerow([inert_text(key), _plain(cell)])
    writer.writerow([])
    writer.writerow([inert_text(name) for name in file.columns])
    for row in file.rows:
        writer.writerow([_plain(cell) for cell in row])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def _write(sheet: Any, place: int, column: int, cell: Cell, formats: dict[str, Any]) -> None:
    match cell:
        case None | "":
            return
        case str():
            text = plain_text(cell)
            sheet.write_string(place, column, text, formats["marked" if begins_formula(text) else "text"])
        case bool():
            sheet.write_string(place, column, "是" if cell else "否", formats["text"])
        case date():
            if cell < _FROM:
                sheet.write_string(place, column, cell.isoformat(), formats["text"])
            else:
                sheet.write_datetime(place, column, cell, formats["day"])
        case _:
            sheet.write_number(place, column, cell)


def _plain(cell: Cell) -> str | int | float:
    match cell:
        case None:
            return ""
        case str():
            return inert_text(cell)
        case bool():
            return "是" if cell else "否"
        case date():
            return cell.isoformat()
        case float() if cell.is_integer():
            return int(cell)
        case _:
            return cell
