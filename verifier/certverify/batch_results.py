"""Results as a table: CSV or XLSX, in which no cell ever becomes a formula."""

from __future__ import annotations

import csv
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from certverify.errors import BatchError

HEADS = (
    ("row", "行号 row"),
    ("given", "查验内容 given"),
    ("verdict", "结论 verdict"),
    ("status", "证书状态 status"),
    ("number", "证书编号 number"),
    ("holder", "持证人 holder"),
    ("series", "系列 series"),
    ("title", "职称 title"),
    ("level", "级别 level"),
    ("acquired_on", "取得时间 acquired on"),
    ("area", "有效范围 validity area"),
    ("valid_here", "在使用地 valid here"),
    ("as_of", "数据截至 as of"),
    ("codes", "代码 codes"),
    ("zh", "说明"),
    ("en", "explanation"),
)
_STARTS = frozenset("=+-@\u2212")
_FILLING = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_ROWS_OF_A_SHEET = 1_000_000
_LONGEST_CELL = 32_000

Row = dict[str, Any]
Write = Callable[[Row], None]


def inert(text: str) -> str:
    """The text as a CSV cell may hold it: one that a spreadsheet could take for a formula gets an apostrophe in front."""
    return f"'{text}" if _begins_formula(text) else text


def write_results(path: Path, rows: Iterable[Row]) -> None:
    """Write a new file, whole or not at all; never over one that is there. Raises BatchError, OSError."""
    arriving = path.with_name(f".{path.name}.arriving")
    with _opened(arriving, path.suffix.lower()) as write:
        for row in rows:
            write(row)
    try:
        os.link(arriving, path)
    except FileExistsError as error:
        raise BatchError(f"{path} 已存在，不覆盖 exists and is not overwritten") from error
    except OSError:  # a disk without hard links
        if path.exists():
            raise BatchError(f"{path} 已存在，不覆盖 exists and is not overwritten") from None
        arriving.rename(path)
    arriving.unlink(missing_ok=True)


def _opened(path: Path, suffix: str) -> Any:
    return _xlsx(path) if suffix == ".xlsx" else _csv(path)


@contextmanager
def _csv(path: Path) -> Iterator[Write]:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow([head for _, head in HEADS])
        yield lambda row: writer.writerow([_csv_cell(row.get(key)) for key, _ in HEADS])


@contextmanager
def _xlsx(path: Path) -> Iterator[Write]:
    import xlsxwriter

    book = xlsxwriter.Workbook(
        str(path),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    written, sheet = 0, None

    def write(row: Row) -> None:
        nonlocal written, sheet
        if sheet is None or written % _ROWS_OF_A_SHEET == 0:
            sheet = book.add_worksheet(f"结果 {written // _ROWS_OF_A_SHEET + 1}")
            _write_cells(sheet, 0, [head for _, head in HEADS])
        _write_cells(sheet, written % _ROWS_OF_A_SHEET + 1, [row.get(key) for key, _ in HEADS])
        written += 1

    yield write
    if sheet is None:
        _write_cells(book.add_worksheet("结果 1"), 0, [head for _, head in HEADS])
    book.close()


def _write_cells(sheet: Any, line: int, cells: list[Any]) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, int):
            sheet.write_number(line, column, cell)
        elif cell is not None:
            sheet.write_string(line, column, _writable(str(cell)))


def _csv_cell(cell: Any) -> Any:
    if cell is None or isinstance(cell, int):
        return cell
    return inert(_writable(str(cell)))


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text)[:_LONGEST_CELL]


def _begins_formula(text: str) -> bool:
    if text.startswith(("\t", "\r", "\n", "'")):
        return True
    for character in text:
        if unicodedata.category(character) in _FILLING:
            continue
        return unicodedata.normalize("NFKC", character)[0] in _STARTS
    return False
