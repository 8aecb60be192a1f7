"""The CSV form of a filing, see `workbook`."""

from __future__ import annotations

import csv
import io
from typing import Final, TextIO

from certsvc.adapters.bounded_lines import BoundedLines
from certsvc.adapters.workbook import Sheets
from certsvc.domain.intake_words import (
    COLUMNS,
    HEADER_SHEET,
    MOST_ROWS,
    ROWS_SHEET,
    decoded_wrongly,
    is_known_key,
)
from certsvc.domain.submission import Cell
from certsvc.errors import UnreadableInput

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_HOW = "CSV 文件应先逐行填写“项目,值”（批次信息），空一行，再接汇总表的列名和数据。请按模板重新报送。"
_WORDS_OF_A_TABLE = 3
_MOST_LINES_OF_A_RECORD = 100
_MOST_CELLS = 100
_MOST_HEADER_LINES = 500
_MOST_LINES = 200_000  # blank ones included
_BLANK: Final[list[str]] = []  # one object for every blank line: they come by the ten thousand


def read_csv(raw: bytes) -> Sheets:
    """The cells of a CSV filing, all of them text. Raises UnreadableInput."""
    lines = [line for line in _decoded_lines(raw) if line not in ([HEADER_SHEET], [ROWS_SHEET])]
    start = _table_start(lines)
    header = [_pair(line) for line in lines[:start] if line]
    columns = lines[start]
    if not _looks_like_a_filing(header, columns):
        raise UnreadableInput(f"文件不是职称评审结果报送文件。{_HOW}", case=86)
    width = len(columns)
    rows: list[tuple[Cell, ...]] = []
    for line in lines[start + 1 :]:
        if len(line) > width:
            raise UnreadableInput(
                f"汇总表有一行多于{width}列，无法对应列名（第{len(rows) + 1}行数据）。{_HOW}", case=86
            )
        rows.append(tuple([cell or None for cell in line]) + (None,) * (width - len(line)))
    return Sheets(header, columns, rows)


def _decoded_lines(raw: bytes) -> list[list[str]]:
    if raw.startswith(_UTF16_MARKS):
        raise UnreadableInput("CSV 文件是 UTF-16 编码。请另存为“CSV UTF-8（逗号分隔）”重新报送。", case=85)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return _lines(io.TextIOWrapper(io.BytesIO(raw), encoding, newline=""))
        except UnicodeDecodeError:
            continue
    raise UnreadableInput(
        "文件既不是 UTF-8 也不是 GB18030 编码的文本，无法读取。请另存为 .xlsx 或 CSV UTF-8 重新报送。",
        case=85,
    )


def _lines(stream: TextIO) -> list[list[str]]:
    """The lines as cells, each without the blank cells at its end; a blank line is an empty list."""
    lines: list[list[str]] = []
    bounded = BoundedLines(stream, _MOST_LINES_OF_A_RECORD, _without_end)
    filled = 0
    try:
        for cells in csv.reader(bounded, strict=True):
            bounded.begin_record()
            while cells and not cells[-1].strip():
                cells.pop()
            filled += bool(cells)
            if len(cells) > _MOST_CELLS:
                raise UnreadableInput(f"CSV 文件第{len(lines) + 1}行多于{_MOST_CELLS}格。{_HOW}", case=86)
            if filled > MOST_ROWS + _MOST_HEADER_LINES or len(lines) >= _MOST_LINES:
                raise UnreadableInput(f"汇总表超过{MOST_ROWS}行，无法受理。请拆分为多个批次报送。")
            lines.append(cells or _BLANK)
    except csv.Error:
        raise UnreadableInput(f"CSV 文件第{len(lines) + 1}行的引号或字符不合规，无法读取。{_HOW}") from None
    return lines


def _without_end(_number: int) -> UnreadableInput:
    return UnreadableInput(f"CSV 文件有一行过长，或引号没有成对，无法读取。{_HOW}", case=86)


def _table_start(lines: list[list[str]]) -> int:
    """The line of the column names: the first that holds several of them, else the first after a blank line."""
    for place, line in enumerate(lines):
        if sum(cell.strip() in COLUMNS for cell in line) >= _WORDS_OF_A_TABLE:
            return place
    seen_header = False
    for place, line in enumerate(lines[:-1]):
        seen_header = seen_header or bool(line)
        if seen_header and not line and lines[place + 1]:
            return place + 1
    raise UnreadableInput(f"文件中找不到汇总表的列名。{_HOW}", case=86)


def _pair(line: list[str]) -> tuple[str, Cell]:
    if len(line) > 2:
        raise UnreadableInput(f"批次信息应为每行一个“项目,值”，值中有逗号的请加引号。{_HOW}", case=86)
    return line[0].strip(), (line[1] if len(line) == 2 else None)


def _looks_like_a_filing(header: list[tuple[str, Cell]], columns: list[str]) -> bool:
    keys = [key for key, _cell in header]
    return any(is_known_key(key) for key in keys) or any(
        word.strip() in COLUMNS or decoded_wrongly(word) for word in (*keys, *columns)
    )
