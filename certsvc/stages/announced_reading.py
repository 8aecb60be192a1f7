"""An announced list's cells become typed rows, and everything wrong with it is told at once 一次性告知."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from certsvc.domain.announced_list import AnnouncedHead, Listed
from certsvc.domain.findings import Finding
from certsvc.domain.id_numbers import read_id
from certsvc.domain.identity import IdKind
from certsvc.domain.names import read_name
from certsvc.domain.regions import REGIONS, is_county
from certsvc.domain.rules import announced as own_rules
from certsvc.domain.rules import intake as rules
from certsvc.domain.rules.filing_chain import IN_FUTURE
from certsvc.domain.rules.intake_person import NAME_RULES
from certsvc.domain.series import series_named
from certsvc.domain.submission import Cell, RawWorkbook
from certsvc.domain.titles import title_of
from certsvc.domain.written_values import UnreadableCellError, read_text, read_whole
from certsvc.stages.filing_cells import CellReader
from certsvc.stages.filing_header import shown

REQUIRED_COLUMNS: Final = ("序号", "姓名", "单位", "系列", "专业", "级别", "职称名称")
OPTIONAL_COLUMNS: Final = ("证件号码", "有效区域", "原序号", "备注")
NEW: Final = "新增"
_SYNONYMS: Final = {"工作单位": "单位", "申报系列": "系列", "申报专业": "专业", "申报级别": "级别"}
_KEYS: Final = {
    "公布文号": "公布文号",
    "公布文件发文单位": "公布文件发文单位",
    "发文单位": "公布文件发文单位",
    "公布日期": "公布日期",
    "公布文件标题": "公布文件标题",
    "标题": "公布文件标题",
    "公布文件摘要": "公布文件摘要",
    "文件摘要": "公布文件摘要",
}
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_WHOLE_KINDS: Final = (
    IdKind.CITIZEN,
    IdKind.HK_MACAO_TAIWAN_RESIDENCE,
    IdKind.FOREIGN_PERMANENT_RESIDENCE,
    IdKind.HK_MACAO_TRAVEL,
)
_TAIL: Final = re.compile(r"(?:[0-9A-Z]{0,8}(?:[*×.…]+|X{3,}))?([0-9]{3,7}[0-9X])")
_LONG: Final = 9  # characters from which on an unmasked number is a passport's and no end of a number
_AREAS: Final = {
    word: code
    for code, region in REGIONS.items()
    if is_county(code)
    for word in (region.name, region.full_name)
}


@dataclass(frozen=True, slots=True)
class ListReading:
    """What a file says. `head` is None when its document cannot be told; `rows` holds those that could be read."""

    head: AnnouncedHead | None
    rows: tuple[Listed, ...]
    findings: tuple[Finding, ...]


def read_announced_list(raw: RawWorkbook, today: date) -> ListReading:
    """Type an announced list. Total: whatever cannot be read is told in a finding."""
    reader = CellReader()
    reader.findings.extend(rules.SHEET_ODDITY.finding(oddity=oddity) for oddity in raw.oddities)
    head = _head(raw, reader, today)
    places = _places(raw, reader)
    filled = [row for row in raw.rows if any(read_text(cell) is not None for cell in row)]
    if not filled:
        reader.findings.append(rules.NO_ROWS.finding())
    typed = [
        _row(position, {name: _cell(row, place) for name, place in places.items()}, reader)
        for position, row in enumerate(filled, start=1)
    ]
    rows = tuple(one for one in typed if one is not None)
    _report_twice(rows, reader)
    return ListReading(head, rows, tuple(reader.findings))


def _cell(row: tuple[Cell, ...], place: int) -> Cell:
    cell = row[place] if place < len(row) else None
    return None if cell == "" else cell


def _header_cells(raw: RawWorkbook, reader: CellReader) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for written, cell in raw.header:
        key = _KEYS.get((read_text(written) or "").strip())
        if key is None:
            if read_text(cell) is not None:
                reader.report(rules.KEY_UNKNOWN, shown(written), name=shown(written))
        elif key in cells:
            reader.reject(rules.COLUMN_REPEATED, key, name=key, times=2)
        else:
            cells[key] = cell
    return cells


def _head(raw: RawWorkbook, reader: CellReader, today: date) -> AnnouncedHead | None:
    cells = _header_cells(raw, reader)
    for key in ("公布文号", "公布文件发文单位", "公布日期"):
        if read_text(cells.get(key)) is None:
            reader.reject(rules.COLUMN_MISSING, key, name=key)
    ref, body = (reader.text(cells.get(key), key) for key in ("公布文号", "公布文件发文单位"))
    if ref is not None and len(ref) > 128:
        reader.reject(rules.TEXT_LONG, "公布文号", name="公布文号", most=128)
        ref = None
    day = reader.day(cells.get("公布日期"), "公布日期")
    title = reader.text(cells.get("公布文件标题"), "公布文件标题")
    digest = reader.text(cells.get("公布文件摘要"), "公布文件摘要")
    if digest is not None and not _SHA256.fullmatch(digest.lower()):
        reader.reject(rules.DIGEST_SHAPE, "公布文件摘要", name="公布文件摘要")
    if day is not None and day > today:
        reader.findings.append(IN_FUTURE.finding(column="公布日期", field="公布日期"))
    if ref is None or body is None or day is None:
        return None
    return AnnouncedHead(ref, body, day, title, digest and digest.lower())


def _places(raw: RawWorkbook, reader: CellReader) -> dict[str, int]:
    written = [read_text(name) or "" for name in raw.columns]
    names = [_SYNONYMS.get(name, name) for name in written]
    for name, times in Counter(name for name in names if name).items():
        if times > 1:
            reader.report(rules.COLUMN_REPEATED, shown(name), name=shown(name), times=times)
    for place, name in enumerate(names):
        known = name in REQUIRED_COLUMNS or name in OPTIONAL_COLUMNS
        if not known and (name or any(_cell(row, place) is not None for row in raw.rows)):
            reader.report(rules.COLUMN_UNKNOWN, shown(name), place=place + 1, name=shown(name))
    for name in REQUIRED_COLUMNS:
        if name not in names:
            reader.report(rules.COLUMN_MISSING, name, name=name)
    return {name: names.index(name) for name in (*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS) if name in names}


def _row(position: int, cells: Mapping[str, Cell], reader: CellReader) -> Listed | None:
    number = _serial(cells.get("序号"))
    reader.start(number or position)
    if number is None and "序号" in cells:
        reader.reject(rules.NUMBER_BAD, "序号", position=position)
    series_word = reader.text(cells.get("系列"), "系列")
    series = None if series_word is None else series_named(series_word)
    if series_word is not None and series is None:
        reader.reject(rules.UNKNOWN_WORD, "系列", name="系列", words="27个职称系列的名称或代码")
    level = reader.level(cells.get("级别"), "级别")
    title_word = reader.text(cells.get("职称名称"), "职称名称")
    title = None
    if series is not None and level is not None and title_word is not None:
        title = title_of(series, level, title_word)
        if title is None:
            reader.reject(own_rules.LIST_TITLE, "职称名称")
    whole, tail = _number(cells.get("证件号码"), reader)
    row = Listed(
        number=number or position,
        name=_name(cells.get("姓名"), reader),
        id_number=whole,
        id_tail=tail,
        unit=reader.text(cells.get("单位"), "单位"),
        series=series,
        specialty=reader.text(cells.get("专业"), "专业"),
        level=level,
        title=title,
        validity_area=_area(cells.get("有效区域"), reader),
        formerly=_formerly(cells.get("原序号"), reader),
    )
    for column, written in (
        ("系列", series_word),
        ("专业", row.specialty),
        ("级别", level),
        ("职称名称", title_word),
    ):
        if written is None and column in cells and column not in reader.unreadable:
            reader.reject(rules.VALUE_MISSING, column, name=column)
    return None if reader.unreadable or None in (row.name, series, row.specialty, level, title) else row


def _serial(cell: Cell) -> int | None:
    try:
        number = read_whole(cell)
    except UnreadableCellError:
        return None
    return number if number else None


def _name(cell: Cell, reader: CellReader) -> str | None:
    written = read_text(cell)
    if written is None:
        reader.reject(rules.VALUE_MISSING, "姓名", name="姓名")
        return None
    if reader.refused_characters(written, "姓名"):
        return None
    reading = read_name(written)
    for flaw in reading.flaws:
        reader.report(NAME_RULES[flaw], "姓名")
    if reading.name is None:
        reader.unreadable.add("姓名")
    return reading.name


def _number(cell: Cell, reader: CellReader) -> tuple[str | None, str | None]:
    """The whole number or its end; both None where the document shows nothing."""
    if read_text(cell) is None:
        return None, None
    text = unicodedata.normalize("NFKC", cell).strip().lstrip("'").upper() if isinstance(cell, str) else ""
    found = _TAIL.fullmatch(text.replace(" ", ""))
    if found is not None:
        return None, found[1]
    for kind in _WHOLE_KINDS:
        document = read_id(kind, text).document
        if document is not None:
            return document.number, None
    if _LONG <= len(text) < 15 and not text.isdigit() and read_id(IdKind.PASSPORT, text).document is not None:
        return text, None
    reader.reject(own_rules.LIST_NUMBER, "证件号码")
    return None, None


def _area(cell: Cell, reader: CellReader) -> str | None:
    text = reader.text(cell, "有效区域")
    return None if text is None else _AREAS.get(text) or reader.area(text, "有效区域")


def _formerly(cell: Cell, reader: CellReader) -> int | None:
    if read_text(cell) == NEW:
        return 0
    return reader.whole(cell, "原序号")


def _report_twice(rows: tuple[Listed, ...], reader: CellReader) -> None:
    for other, row in _twice(rows):
        reader.findings.append(
            own_rules.LIST_TWICE.finding(row=row.number, column="证件号码", other=other.number)
        )
    for number, times in Counter(row.number for row in rows).items():
        if times > 1:
            reader.findings.append(rules.NUMBER_BAD.finding(row=number, column="序号", position=number))


def _twice(rows: tuple[Listed, ...]) -> Iterator[tuple[Listed, Listed]]:
    seen: dict[object, Listed] = {}
    for row in rows:
        if row.id_number is None:
            continue
        key = (row.id_number, row.office, row.specialty)
        if key in seen:
            yield seen[key], row
        else:
            seen[key] = row
