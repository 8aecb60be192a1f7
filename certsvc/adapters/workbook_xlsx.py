"""The XLSX form of a filing, see `workbook`: the package is checked first, then python-calamine reads the cells."""

from __future__ import annotations

import hashlib
import html
import io
import posixpath
import re
from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import cast

from python_calamine import load_workbook

from certsvc.adapters.workbook import Sheets
from certsvc.adapters.workbook_native import native_reading
from certsvc.adapters.workbook_package import Package, open_package
from certsvc.adapters.workbook_sheet_xml import (
    may_have_prefixes,
    oddities_of,
    refuse_cut_sheet,
    refuse_wide_sheet,
)
from certsvc.adapters.workbook_texts import SharedTexts
from certsvc.domain.intake_words import HEADER_SHEET, ROWS_SHEET
from certsvc.domain.submission import Cell
from certsvc.errors import UnreadableInput

_AGAIN = "请使用模板，用 Excel 或 WPS 另存为 .xlsx 重新报送。"
_SHEET_TAG = re.compile(r"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION_TAG = re.compile(r"<(?:\w+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_CELL_TYPES = frozenset({str, int, float, bool, date})
_SHARED = "xl/sharedStrings.xml"
_PICTURES = "xl/media/"
_SHOWN = 3  # hidden sheets named
_LONGEST_SHEET_NAME = 31
_OWN_SHEETS = (HEADER_SHEET, ROWS_SHEET)


def read_xlsx(raw: bytes, *, macros_named: bool = False) -> Sheets:
    """The cells of an XLSX filing. Raises UnreadableInput."""
    package = open_package(raw)
    within, pictures = _looked_through(package)
    oddities = _package_oddities(package, macros_named) + within
    header_rows, table_rows = _grids(raw)
    header = _header_pairs(header_rows)
    columns = ["" if name is None else str(name) for name in table_rows[0]] if table_rows else []
    while columns and not columns[-1].strip() and not any(row[len(columns) - 1] for row in table_rows[1:]):
        columns.pop()
    return Sheets(header, columns, table_rows[1:], oddities, pictures)


def _package_oddities(package: Package, macros_named: bool) -> list[str]:
    names = package.names()
    oddities = []
    if macros_named or any(name.lower().endswith("vbaproject.bin") for name in names):
        oddities.append("工作簿含宏")
    if any(name.startswith("xl/externalLinks/") for name in names):
        oddities.append("工作簿含指向其他文件的外部链接")
    return oddities


def _looked_through(package: Package) -> tuple[list[str], dict[str, str]]:
    """Unpacks every member once: sizes and declarations of all, oddities of the sheets, digests of the pictures."""
    parts, hidden = _sheet_parts(package)
    oddities = [f"工作表“{name}”被隐藏" for name in hidden[:_SHOWN]]
    pictures: dict[str, str] = {}
    shared = SharedTexts(b"".join(content for _name, content in package.unpacked(_SHARED)))
    for name, content in package.unpacked():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            sheet = parts.get(name)
            prefixes = may_have_prefixes(content)
            refuse_wide_sheet(content, sheet or name, prefixes=prefixes)
            shared.refuse_more_than_fits(content, sheet or name, prefixes=prefixes)
            if sheet in _OWN_SHEETS:
                refuse_cut_sheet(content, sheet)
                oddities += oddities_of(content, sheet, prefixes=prefixes)
        elif name.startswith(_PICTURES):
            pictures[name.removeprefix(_PICTURES)] = hashlib.sha256(content).hexdigest()
    return oddities, pictures


def _sheet_parts(package: Package) -> tuple[dict[str, str], list[str]]:
    """Member name -> sheet name, and the names of hidden sheets."""
    texts = {
        name: content.decode("utf-8", "replace")
        for name, content in package.unpacked("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
    }
    targets = {
        found.get("Id", ""): posixpath.normpath(posixpath.join("/xl", found.get("Target", "")))[1:]
        for found in map(_attributes, _RELATION_TAG.findall(texts.get("xl/_rels/workbook.xml.rels", "")))
    }
    parts, hidden = {}, []
    for found in map(_attributes, _SHEET_TAG.findall(texts.get("xl/workbook.xml", ""))):
        relation = next((value for key, value in found.items() if key.endswith(":id")), "")
        parts[targets.get(relation, "")] = found.get("name", "")
        if found.get("state", "visible") != "visible":
            hidden.append(found.get("name", "")[:_LONGEST_SHEET_NAME])
    return parts, hidden


def _attributes(tag: str) -> dict[str, str]:
    return {key: html.unescape(double or single) for key, double, single in _ATTRIBUTE.findall(tag)}


def _grids(raw: bytes) -> tuple[list[tuple[Cell, ...]], list[tuple[Cell, ...]]]:
    with native_reading(_AGAIN), load_workbook(io.BytesIO(raw)) as book:
        names = book.sheet_names
        missing = [name for name in _OWN_SHEETS if name not in names]
        if missing:
            raise UnreadableInput(f"工作簿缺少工作表“{'”“'.join(missing)}”。{_AGAIN}", case=86)
        header, table = (book.get_sheet_by_name(name).to_python() for name in _OWN_SHEETS)
    return [_cells(row) for row in header], [_cells(row) for row in table]


def _cells(row: Sequence[Cell | time | timedelta]) -> tuple[Cell, ...]:
    """Empty cells as None; durations and times, which no column holds, as text."""
    if not _CELL_TYPES.issuperset(map(type, row)):
        row = [cell if isinstance(cell, str | int | float | bool | date) else str(cell) for cell in row]
    return tuple([None if cell == "" else cell for cell in cast("Sequence[Cell]", row)])


def _header_pairs(rows: list[tuple[Cell, ...]]) -> list[tuple[str, Cell]]:
    pairs: list[tuple[str, Cell]] = []
    for row in rows:
        if any(cell is not None for cell in row[2:]):
            raise UnreadableInput(f"工作表“{HEADER_SHEET}”只能有两列：项目和值。{_AGAIN}", case=86)
        filled = (*row[:2], None, None)
        if filled[0] is not None or filled[1] is not None:
            pairs.append(("" if filled[0] is None else str(filled[0]).strip(), filled[1]))
    return pairs
