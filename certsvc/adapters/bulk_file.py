"""Reading a file of questions: XLSX, CSV (UTF-8 or GB18030; commas or tabs) or JSON lines, recognised by its bytes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Final, cast

from certsvc.adapters.bounded_lines import LONGEST_LINE, BoundedLines
from certsvc.adapters.workbook_native import native_reading
from certsvc.adapters.workbook_package import open_package
from certsvc.adapters.workbook_sheet_xml import may_have_prefixes, refuse_cut_sheet, refuse_wide_sheet
from certsvc.adapters.workbook_texts import SharedTexts
from certsvc.domain.bulk_file import MOST_ROWS_OF_A_FILE, BulkLines, BulkSheet
from certsvc.domain.submission import Cell
from certsvc.errors import UnreadableInput

LARGEST_BULK_FILE: Final = 8 * 1024 * 1024  # bytes
_OLE: Final = bytes.fromhex("D0CF11E0A1B11AE1")
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_SHARED: Final = "xl/sharedStrings.xml"
_HOW: Final = "请使用模板，或另存为 .xlsx 或“CSV UTF-8（逗号分隔）”后重新上传。"
_MOST_LINES: Final = 2 * MOST_ROWS_OF_A_FILE  # blank ones included
_MOST_LINES_OF_A_RECORD: Final = 50
_MOST_CELLS: Final = 100


def read_bulk_file(raw: bytes) -> BulkSheet | BulkLines:
    """What stands in a file, without judgement. Raises UnreadableInput, saying what to do."""
    if len(raw) > LARGEST_BULK_FILE:
        raise UnreadableInput(
            f"文件超过 {LARGEST_BULK_FILE // 1024 // 1024} MB。请去除图片等无关内容，或分成几个文件。"
        )
    if not raw.strip():
        raise UnreadableInput(f"文件是空的。{_HOW}")
    if raw.startswith(_OLE):
        raise UnreadableInput(f"文件是旧版 .xls 格式，或设有打开密码，无法读取。{_HOW}")
    if raw.startswith(b"PK"):
        return _read_xlsx(raw)
    text = _decoded(raw)
    return _read_lines(text) if text.lstrip().startswith(("{", "[")) else _read_csv(text)


def _read_xlsx(raw: bytes) -> BulkSheet:
    """The first sheet that holds anything."""
    from python_calamine import load_workbook

    try:
        package = open_package(raw)
        shared = SharedTexts(b"".join(content for _name, content in package.unpacked(_SHARED)))
        for name, content in package.unpacked():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                prefixes = may_have_prefixes(content)
                refuse_wide_sheet(content, name, prefixes=prefixes)
                shared.refuse_more_than_fits(content, name, prefixes=prefixes)
                refuse_cut_sheet(content, name)
        with native_reading(_HOW), load_workbook(io.BytesIO(raw)) as book:
            for sheet in book.sheet_names:
                rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
                if rows:
                    return BulkSheet(tuple(enumerate(map(_cells, rows), start=1)))
    except UnreadableInput as error:
        # The guards are those of the filing of results and speak of it.
        raise UnreadableInput(str(error).replace("报送", "上传"), error.case) from error
    raise UnreadableInput(f"工作簿里没有内容。{_HOW}")


def _cells(row: Sequence[object]) -> tuple[Cell, ...]:
    return tuple(None if cell == "" else cast("Cell", cell) for cell in row)


def _decoded(raw: bytes) -> str:
    if raw.startswith(_UTF16_MARKS):
        raise UnreadableInput(f"文件是 UTF-16 编码。{_HOW}")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableInput(f"文件既不是 UTF-8 也不是 GB18030 编码的文本。{_HOW}")


def _read_csv(text: str) -> BulkSheet:
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = "\t" if "\t" in first else ","  # rows that are pasted from a spreadsheet come with tabs
    rows: list[tuple[int, tuple[Cell, ...]]] = []
    lines = BoundedLines(io.StringIO(text, newline=""), _MOST_LINES_OF_A_RECORD, _without_end)
    try:
        for cells in csv.reader(lines, delimiter=delimiter, strict=True):
            lines.begin_record()
            if len(cells) > _MOST_CELLS:
                raise UnreadableInput(f"第 {lines.number} 行多于 {_MOST_CELLS} 格。{_HOW}")
            if len(rows) >= _MOST_LINES:
                raise UnreadableInput(f"文件超过 {MOST_ROWS_OF_A_FILE} 行。请分成几个文件。")
            rows.append((lines.number, tuple([cell or None for cell in cells])))
    except csv.Error:
        raise UnreadableInput(f"第 {lines.number} 行的引号或字符不合规，无法读取。{_HOW}") from None
    return BulkSheet(tuple(rows))


def _without_end(number: int) -> UnreadableInput:
    return UnreadableInput(f"第 {number} 行过长，或引号没有成对，无法读取。{_HOW}")


def _read_lines(text: str) -> BulkLines:
    objects: list[tuple[int, object]] = []
    for number, line in enumerate(io.StringIO(text), start=1):
        if len(objects) > MOST_ROWS_OF_A_FILE:
            raise UnreadableInput(f"文件超过 {MOST_ROWS_OF_A_FILE} 行。请分成几个文件。")
        if line.strip():
            objects.append((number, _json_line(line)))
    return BulkLines(tuple(objects))


def _json_line(line: str) -> object:
    """The object of a line; None, which is no row, for what is no JSON."""
    try:
        return cast("object", json.loads(line)) if len(line) <= LONGEST_LINE else None
    except (ValueError, RecursionError):
        return None
