"""What a reader of cells alone cannot see in the XML of a sheet.

Told: merged cells, formulas, hidden rows and columns. Refused: sheets that are cut off or reach too far.
"""

from __future__ import annotations

import re

from certsvc.domain.intake_words import MOST_ROWS
from certsvc.errors import UnreadableInput

_SHOWN = 3  # places named in an oddity
_WIDEST = "AZ"
_PREFIXED = re.compile(rb":[cfv][\s/>]")
# A tag <c…> without a plain reference; <cols>, <col> and <conditionalFormatting> are no cells.
_NOT_PLAIN = re.compile(rb'<c(?!o| r="A?[A-Z](?:[0-9]{1,4}|[12][0-9]{4})")')
_ANY_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])([^>]*)>")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']A?[A-Z]0*(?:[0-9]{1,4}|[12][0-9]{4})["']""")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\b[^>]*?\bref\s*=\s*["']([A-Za-z0-9:$]{1,30})""")
_FORMULA = re.compile(
    rb"""<(?:\w+:)?c\b[^>]*?\sr\s*=\s*["']([A-Z]{1,3}[0-9]{1,7})["'][^>]*>\s*<(?:\w+:)?f[\s/>]"""
)
_HIDDEN_ROW = re.compile(
    rb"""<(?:\w+:)?row\b(?=[^>]*\bhidden\s*=\s*["'](?:1|true))[^>]*?\sr\s*=\s*["']([0-9]{1,7})"""
)
_HIDDEN_COLUMN = re.compile(
    rb"""<(?:\w+:)?col\b(?=[^>]*\bhidden\s*=\s*["'](?:1|true))[^>]*?\smin\s*=\s*["']([0-9]{1,5})"""
)


def may_have_prefixes(xml: bytes) -> bool:
    """False when no tag of a cell, formula or value has a namespace prefix: what nearly all programs write."""
    return _PREFIXED.search(xml) is not None


def refuse_wide_sheet(xml: bytes, sheet: str, *, prefixes: bool) -> None:
    """Refuse a sheet whose cells lie far out: a grid is stored dense, two cells could ask for all memory.

    Raises UnreadableInput. Cells beyond column AZ or row 29,999, and cells that do not say where they stand.
    """
    if not prefixes and _NOT_PLAIN.search(xml) is None:
        return  # the short way for what Excel, WPS and the common libraries write
    if all(_REFERENCE.search(cell[1]) for cell in _ANY_CELL.finditer(xml)):
        return
    raise UnreadableInput(
        f"工作表“{sheet}”的单元格超出允许范围（至多{MOST_ROWS}行、至{_WIDEST}列）。"
        "请删除数据区以外的行和列，用 Excel 或 WPS 另存为 .xlsx 重新报送。"
    )


def refuse_cut_sheet(xml: bytes, sheet: str) -> None:
    """Refuse a sheet that ends early: the reader of cells would silently leave out the rest. Raises UnreadableInput."""
    if not xml[-200:].rstrip().endswith(b"worksheet>"):
        raise UnreadableInput(f"工作表“{sheet}”不完整。请用 Excel 或 WPS 打开核对后另存为 .xlsx 重新报送。")


def oddities_of(xml: bytes, sheet: str, *, prefixes: bool) -> list[str]:
    """Oddities of a sheet, in Chinese, each with its first places."""
    found: list[str] = []
    after_cells = max(xml.rfind(b"sheetData"), 0)
    if xml.find(b"mergeCell ", after_cells) >= 0:
        found += _told(f"工作表“{sheet}”有合并单元格", _MERGED.findall(xml, after_cells), "")
    if prefixes or b"<f" in xml:
        found += _told(f"工作表“{sheet}”有公式", _FORMULA.findall(xml), "")
    if b"hidden" in xml:
        found += _told(f"工作表“{sheet}”有隐藏的行", _HIDDEN_ROW.findall(xml), "第{}行")
        found += _told(f"工作表“{sheet}”有隐藏的列", _HIDDEN_COLUMN.findall(xml), "第{}列")
    return found


def _told(what: str, places: list[bytes], form: str) -> list[str]:
    if not places:
        return []
    shown = "、".join((form or "{}").format(place.decode("ascii", "replace")) for place in places[:_SHOWN])
    more = f"等{len(places)}处" if len(places) > _SHOWN else ""
    return [f"{what}（{shown}{more}）"]
