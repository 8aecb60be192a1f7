"""The JSON form of a filing, see `workbook`."""

from __future__ import annotations

import json
from typing import NoReturn

from certsvc.adapters.workbook import Sheets
from certsvc.domain.intake_words import HEADER_SHEET, MOST_ROWS, ROWS_SHEET
from certsvc.domain.submission import Cell
from certsvc.errors import UnreadableInput

_HOW = f"JSON 文件应为 {{“{HEADER_SHEET}”: {{项目: 值}}, “{ROWS_SHEET}”: [{{列名: 值}}, …]}}，UTF-8 编码。请改正后重新报送。"
_BRACKETS_BESIDE = 1000  # beyond one for each row: the file's own, and those in texts
_LARGEST = 20 * 1024 * 1024  # bytes; as text, one rare character makes them four times as many
_RUN = 50_000  # bytes without a quotation mark: no text of a filing is that long
_MOST_COMMAS = 40 * MOST_ROWS


def read_json(raw: bytes) -> Sheets:
    """The cells of a JSON filing; dates stay text. Raises UnreadableInput."""
    content = _decoded(raw)
    if not isinstance(content, dict) or set(content) != {HEADER_SHEET, ROWS_SHEET}:
        _refuse("最外层应当恰有“批次信息”和“汇总表”两项", case=86)
    header, table = content[HEADER_SHEET], content[ROWS_SHEET]
    if not isinstance(header, dict) or not isinstance(table, list):
        _refuse("“批次信息”应为对象，“汇总表”应为数组", case=86)
    columns = _columns(table)
    rows = [tuple([_cell(row.get(column)) for column in columns]) for row in table]
    return Sheets([(key, _cell(value)) for key, value in header.items()], columns, rows)


def _columns(table: list[object]) -> list[str]:
    """Every key that any row uses, in the order of first use."""
    columns: dict[str, None] = {}
    for row in table:
        if not isinstance(row, dict):
            _refuse("“汇总表”的每一项应为对象", case=86)
        if not row.keys() <= columns.keys():
            columns.update(dict.fromkeys(row))
        if len(columns) > 200:
            _refuse("“汇总表”的列名过多")
    return list(columns)


def _cell(value: object) -> Cell:
    if value is not None and not isinstance(value, str | int | float | bool):
        _refuse("每个值只能是文字、数字或空值")
    return None if value == "" else value


def _refuse_crowded(raw: bytes) -> None:
    """Refuse what would unfold into more values than a filing can have: counted before anything is parsed."""
    if len(raw) > _LARGEST:
        _refuse(f"JSON 文件超过{_LARGEST // 1024 // 1024}MB", case=86)
    if any(raw.find(b'"', start, start + _RUN) < 0 for start in range(0, len(raw) - _RUN, _RUN)):
        _refuse("有一项文字过长", case=86)
    if raw.count(b"{") > MOST_ROWS + _BRACKETS_BESIDE:
        _refuse(f"“汇总表”超过{MOST_ROWS}行，或嵌套过多", case=86)
    if raw.count(b"[") > _BRACKETS_BESIDE or raw.count(b",") > _MOST_COMMAS:
        _refuse("数据项过多或嵌套过多", case=86)


def _decoded(raw: bytes) -> object:
    _refuse_crowded(raw)
    try:
        return json.loads(
            raw.decode("utf-8-sig"),
            object_pairs_hook=_without_repetition,
            parse_constant=lambda _word: _refuse("含非数值"),
        )
    except RecursionError:
        _refuse("嵌套过深")
    except UnicodeDecodeError:
        _refuse("不是 UTF-8 编码", case=85)
    except ValueError:
        _refuse("不是有效的 JSON")


def _without_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
    content = dict(pairs)
    if len(content) != len(pairs):
        _refuse("同一对象中有重复的项目或列名", case=86)
    if any(len(value) > _RUN for value in content.values() if isinstance(value, str)):
        _refuse("有一项文字过长", case=86)
    return content


def _refuse(what: str, case: int | None = None) -> NoReturn:
    raise UnreadableInput(f"{what}。{_HOW}", case)
