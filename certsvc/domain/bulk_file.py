"""Files of questions for a bulk check 批量核验: which headings are understood, and what each row of a table asks.

A column is found by its heading alone, wherever it stands; columns that nobody asked for are passed over. Everything that is
wrong is named at once, by row and column.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from certsvc.domain.bulk_check import FIELDS, LABEL, PLACE, BulkRow, RowProblem, read_row
from certsvc.domain.regions import REGIONS
from certsvc.domain.submission import Cell

MOST_ROWS_OF_A_FILE: Final = 20_000
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        LABEL: ("行标识", "标识", "序号", "row"),
        "number": (
            "证书编号",
            "编号",
            "证书号",
            "证书号码",
            "number",
            "certificate_number",
            "certificatenumber",
        ),
        "name": ("姓名", "持证人", "持证人姓名", "name"),
        "id_last4": (
            "身份证后四位",
            "证件号码后四位",
            "身份证号后四位",
            "后四位",
            "证件后四位",
            "id_last4",
            "last4",
            "lastfour",
        ),
        "code": ("校验码", "code", "manual_code", "manualcode"),
        "qr": (
            "二维码内容",
            "二维码",
            "二维码文本",
            "qr",
            "qr_text",
            "qrtext",
            "qrcode",
            "查验链接",
        ),
        PLACE: ("使用地", "使用地代码", "使用地区", "place"),
    }
)
"""The accepted headings of every field; the first is that of the template. Spaces and capitals do not count."""

_FIELD_OF: Final = {word: field for field, words in HEADINGS.items() for word in words}
_WAYS: Final = ({"qr"}, {"code"}, {"number", "name", "id_last4"})
_SEARCHED: Final = 10  # rows at the top among which the headings are looked for
_DIGITS_OF: Final = {"id_last4": 4, PLACE: 6}
"""Fields that a spreadsheet may hold as numbers, and so without the zeros in front."""


@dataclass(frozen=True, slots=True)
class FileFinding:
    """Something that is wrong with a file: its row (from 1) and column heading where it has them."""

    row: int | None
    column: str | None
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class BulkSheet:
    """A file of cells: every row with its number in the file (from 1)."""

    rows: tuple[tuple[int, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class BulkLines:
    """A file of JSON lines: every object with the number of its line (from 1)."""

    objects: tuple[tuple[int, object], ...]


@dataclass(frozen=True, slots=True)
class NumberedRow:
    """A row that was understood or not, under its number in the file."""

    number: int
    row: BulkRow

    @property
    def label(self) -> str:
        """The asker's own label; without one the number."""
        return self.row.label or str(self.number)


@dataclass(frozen=True, slots=True)
class BulkFile:
    """What was understood of a file: field -> heading, the rows, and every finding. With no row nothing can be checked."""

    columns: Mapping[str, str]
    rows: tuple[NumberedRow, ...]
    findings: tuple[FileFinding, ...]


def understand(file: BulkSheet | BulkLines) -> BulkFile:
    """What a file asks."""
    if isinstance(file, BulkLines):
        return _with_row_findings({}, [NumberedRow(number, read_row(one)) for number, one in file.objects])
    place = _heading_place(file.rows)
    if place is None:
        words = "、".join(words[0] for words in HEADINGS.values())
        detail = f"没有找到列名。请在第一行写明列名：{words}；或使用模板。"
        return BulkFile({}, (), (FileFinding(None, None, "headings-missing", detail),))
    columns, findings = _columns(file.rows[place])
    if findings:
        return BulkFile({field: told for field, (_, told) in columns.items()}, (), tuple(findings))
    read = [
        NumberedRow(number, _read_cells(cells, columns))
        for number, cells in file.rows[place + 1 :]
        if any(_text("", cell) for cell in cells)
    ]
    return _with_row_findings({field: told for field, (_, told) in columns.items()}, read)


def _with_row_findings(columns: Mapping[str, str], rows: Sequence[NumberedRow]) -> BulkFile:
    if not rows:
        detail = "文件里没有可以核验的行。请在列名下面逐行填写，或使用模板。"
        return BulkFile(columns, (), (FileFinding(None, None, "rows-missing", detail),))
    if len(rows) > MOST_ROWS_OF_A_FILE:
        detail = f"文件有 {len(rows)} 行，一次至多 {MOST_ROWS_OF_A_FILE} 行。请分成几个文件。"
        return BulkFile(columns, (), (FileFinding(None, None, "rows-too-many", detail),))
    findings = (
        FileFinding(one.number, columns.get(problem.field or "", problem.field), problem.code, problem.detail)
        for one in rows
        if isinstance(one.row.asks, tuple)
        for problem in one.row.asks
    )
    return BulkFile(columns, tuple(rows), tuple(findings))


def _heading_place(rows: Sequence[tuple[int, tuple[Cell, ...]]]) -> int | None:
    """The row among the first ones that has the most headings."""
    known = [sum(_field_of(cell) is not None for cell in cells) for _, cells in rows[:_SEARCHED]]
    most = max(known, default=0)
    return known.index(most) if most else None


def _columns(row: tuple[int, tuple[Cell, ...]]) -> tuple[dict[str, tuple[int, str]], list[FileFinding]]:
    """Field -> place and heading; what is wrong with the headings, everything at once."""
    number, cells = row
    places: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for place, cell in enumerate(cells):
        field = _field_of(cell)
        if field is not None:
            places[field].append((place, str(cell).strip()))
    findings = [
        FileFinding(
            number, told[1][1], "heading-twice", f"列“{told[0][1]}”和“{told[1][1]}”是同一项，请只留一列。"
        )
        for told in places.values()
        if len(told) > 1
    ]
    if not any(way <= set(places) for way in _WAYS):
        begun = max(_WAYS, key=lambda way: len(way & set(places)))
        missing = [field for field in HEADINGS if field in begun and field not in places]
        if len(missing) == len(begun):
            missing = ["number", "name", "id_last4"]
        findings += [
            FileFinding(number, HEADINGS[field][0], "heading-missing", f"缺少列“{HEADINGS[field][0]}”。")
            for field in missing
        ]
    return {field: told[0] for field, told in places.items()}, findings


def _read_cells(cells: Sequence[Cell], columns: Mapping[str, tuple[int, str]]) -> BulkRow:
    given: dict[str, object] = {}
    for field, (place, _) in columns.items():
        text = _text(field, cells[place] if place < len(cells) else None)
        if text:
            given[field] = text
    told = given.get(PLACE)
    unknown = told is not None and (code := _place_code(str(told))) is None
    if told is not None and not unknown:
        given[PLACE] = code
    if unknown:
        del given[PLACE]
    row = read_row(given)
    return _also(row, _UNKNOWN_PLACE) if unknown else row


_UNKNOWN_PLACE: Final = RowProblem(
    "place-unknown", "使用地须为六位行政区划代码，或县（市、区）的全称，如 222404 或 珲春市。", PLACE
)


def _also(row: BulkRow, problem: RowProblem) -> BulkRow:
    earlier = row.asks if isinstance(row.asks, tuple) else ()
    return replace(row, asks=(*earlier, problem))


def _field_of(cell: Cell) -> str | None:
    return _FIELD_OF.get("".join(cell.split()).casefold()) if isinstance(cell, str) else None


def _text(field: str, cell: Cell) -> str:
    """A cell as text: numbers as they are written, with the zeros in front that a spreadsheet drops."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, int) and not isinstance(cell, bool) and cell >= 0:
        return str(cell).zfill(_DIGITS_OF.get(field, 1))
    return str(cell).strip()


def _names_of_places(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Name -> code, of the names that only one division has."""
    codes: dict[str, set[str]] = defaultdict(set)
    for name, code in names:
        codes[name].add(code)
    return {name: found.pop() for name, found in codes.items() if len(found) == 1}


_PLACES: Final = _names_of_places(
    (name, one.code) for one in REGIONS.values() if one.until is None for name in {one.name, one.full_name}
)


def _place_code(text: str) -> str | None:
    plain = "".join(text.split())
    is_code = len(plain) == FIELDS[PLACE].most and plain.isascii() and plain.isdigit()
    return plain if is_code else _PLACES.get(plain.removeprefix("吉林省") or plain)
