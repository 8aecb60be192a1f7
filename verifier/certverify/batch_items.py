"""What a row of a list asks for: a QR text, a file beside the list, or something that is known on line alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path, PurePosixPath

from certverify.batch_list import ListRow
from certverify.codes import Code
from certverify.errors import BatchError, ManualCodeError
from certverify.manual_code import code_of_record, decode_manual_code, plain_symbols
from certverify.pdf_comparison import plain
from certverify.presented import read_file
from certverify.recognised import holds_record
from certverify.record import record_bytes
from certverify.typed_codes import TypedKind, shown_number, typed_kind
from certverify.verdict import Outcome, Verdict

_ENDINGS = (
    ".png",
    ".jpg",
    ".jpeg",
    ".webp",
    ".bmp",
    ".gif",
    ".pdf",
    ".json",
    ".txt",
    ".heic",
    ".tif",
    ".tiff",
)
_LAST4 = re.compile(r"[0-9]{3}[0-9Xx]")
_NUMBER = re.compile(r"[A-Za-z]{0,4}[0-9]{8,20}[0-9A-Za-z]{0,2}")
_LONGEST_NAME = 1_000
_STARS = "*＊"
ROWS_SEARCHED = 10
_SHORTEST_RECORD = 80


class Column(Enum):
    """What a column of a list with a head row holds; the words of its head, in small letters and without blanks.

    All but FILE are columns of the service's own lists too: tests/vectors/list-headings.json.
    """

    QR = (
        "二维码内容",
        "二维码",
        "二维码文本",
        "qr",
        "qr_text",
        "qrtext",
        "qrcode",
        "查验链接",
    )
    FILE = (
        "文件",
        "文件名",
        "路径",
        "图片",
        "照片",
        "证书文件",
        "file",
        "filename",
        "path",
        "image",
        "picture",
        "pdf",
    )
    CODE = ("校验码", "code", "manual_code", "manualcode")
    NUMBER = ("证书编号", "编号", "证书号", "证书号码", "number", "certificate_number", "certificatenumber")
    NAME = ("姓名", "持证人", "持证人姓名", "name")
    LAST4 = (
        "身份证后四位",
        "证件号码后四位",
        "身份证号后四位",
        "后四位",
        "证件后四位",
        "id_last4",
        "last4",
        "lastfour",
    )
    PLACE = ("使用地", "使用地代码", "使用地区", "place")
    LABEL = ("行标识", "标识", "序号", "row")


_ASKING = frozenset({Column.QR, Column.FILE, Column.CODE, Column.NUMBER})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a row holds: `text` of a QR symbol, `file` as named, and what is compared with what they show."""

    text: str | None = None
    file: str | None = None
    number: str | None = None
    name: str | None = None
    manual_code: str | None = None
    place: str | None = None

    @property
    def given(self) -> str:
        """The row in results: its number, or a masked form of it, or the file that it names. Nothing that was not understood."""
        if self.number is not None:
            return shown_number(self.number)
        if self.file is not None:
            return self.file
        return "" if self.manual_code is None else f"{plain_symbols(self.manual_code)[:5]}-*****-*****"

    @property
    def is_on_line_only(self) -> bool:
        """Whether nothing can be checked here, and something on line."""
        return self.text is None and self.file is None and (self.number or self.manual_code) is not None


def head_row(rows: Sequence[ListRow]) -> tuple[int, dict[int, Column]] | None:
    """Where the head row stands among the first rows, and what the columns hold; None without one.

    It stands above everything that asks something. Raises BatchError for two columns of one kind.
    """
    for place, row in enumerate(rows[:ROWS_SEARCHED]):
        columns = None if row.cells is None else columns_of(row.cells)
        if columns is not None:
            return place, columns
        if row.cells is None or not _is_title(row.cells):
            return None
    return None


def columns_of(cells: Sequence[str]) -> dict[int, Column] | None:
    """What the columns hold when `cells` is a head row; None when it is none. Raises BatchError for two of one kind."""
    by_word = {word: column for column in Column for word in column.value}
    found = {at: by_word[word] for at, cell in enumerate(cells) if (word := _plain(cell)) in by_word}
    if not _ASKING & set(found.values()) or _asks(_by_look(cells)):
        return None
    if len(set(found.values())) != len(found):
        twice = [at for at, column in found.items() if list(found.values()).count(column) > 1]
        words = "、".join(cells[at].strip() for at in twice)
        raise BatchError(f"这几列是同一项，请只留一列 these columns are one and the same, keep one: {words}")
    return found


def asked_of(cells: Sequence[str], columns: dict[int, Column] | None) -> Asked:
    """What a row asks; without a head row by the look of its cells."""
    if columns is None:
        return _by_look(cells)
    by_column = {
        column: cells[at].strip() for at, column in columns.items() if at < len(cells) and cells[at].strip()
    }
    if not _ASKING & by_column.keys():
        return replace(_by_look(cells), name=by_column.get(Column.NAME), place=by_column.get(Column.PLACE))
    return Asked(
        text=by_column.get(Column.QR),
        file=by_column.get(Column.FILE),
        number=by_column.get(Column.NUMBER),
        name=by_column.get(Column.NAME),
        manual_code=by_column.get(Column.CODE),
        place=by_column.get(Column.PLACE),
    )


def place_code(named: str, regions: Mapping[str, str]) -> str:
    """The six digits of a place that is named by its code, or by a name that only one place has; else what was named."""
    plain = "".join(named.split())
    if plain in regions:
        return plain
    short = plain.removeprefix("吉林省") or plain
    found = [code for code, name in regions.items() if short in (name, _full_name(code, regions))]
    return found[0] if len(found) == 1 else plain


def differing(asked: Asked, verdict: Verdict) -> Code | None:
    """The code of a row that names another number, name or manual code than what was shown, or that cannot be compared."""
    if (asked.number or asked.name or asked.manual_code) is None:
        return None
    believed = verdict.believed
    if believed is None:
        return Code.ROW_NOT_COMPARED if verdict.outcome is Outcome.PASSED else None
    agree = (
        _agrees(asked.name, believed.name),
        _agrees(asked.number, believed.number),
        _is_code_of(asked.manual_code, believed.record_text),
    )
    if (
        verdict.historical is not None and agree[1] is False
    ):  # the number of the old certificate is not in the record
        agree = (agree[0], None, agree[2])
    if False in agree:
        return Code.ROW_DIFFERS
    return Code.ROW_NOT_COMPARED if None in agree else None


def _agrees(listed: str | None, shown: str) -> bool | None:
    """None for what is starred."""
    if listed is None:
        return True
    if any(star in listed for star in _STARS):
        return None
    return plain(listed).casefold() == plain(shown).casefold()


def _is_code_of(listed: str | None, record_text: str | None) -> bool | None:
    if listed is None:
        return True
    if record_text is None:
        return None
    try:
        return decode_manual_code(listed) == code_of_record(record_bytes(record_text))
    except ManualCodeError:
        return False


def _full_name(code: str, regions: Mapping[str, str]) -> str:
    return regions.get(f"{code[:4]}00", "") + regions[code]


def file_beside(folder: Path, named: str, limit: int) -> bytes | Code:
    """The bytes of a file that a list names, which must be a plain file in the list's folder or below it.

    Whatever leads elsewhere (an absolute path, `..`, a link, another computer) is `file-unreadable` and not touched.
    """
    plain = PurePosixPath(named.replace("\\", "/"))
    if (
        len(named) > _LONGEST_NAME
        or plain.is_absolute()
        or ":" in named
        or "\0" in named
        or ".." in plain.parts
    ):
        return Code.FILE_UNREADABLE
    path = folder.joinpath(*plain.parts)
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            return Code.FILE_UNREADABLE
        if path.exists() and not path.is_file():
            return Code.FILE_UNREADABLE
    except (OSError, ValueError, RuntimeError):
        return Code.FILE_UNREADABLE
    return read_file(path, limit)


def _by_look(row: Sequence[str]) -> Asked:
    cells = [cell.strip() for cell in row if cell.strip()]
    typed = {kind: cell for cell in reversed(cells) if (kind := typed_kind(cell)) is not None}
    text = next(
        (cell for cell in cells if "#" in cell or len(cell) > _SHORTEST_RECORD if holds_record(cell)), None
    )
    file = next((cell for cell in cells if _is_file(cell)), None)
    number = typed.get(TypedKind.NUMBER)
    code = None if number else typed.get(TypedKind.MANUAL_CODE)
    if text is None and file is None and number is None and code is None and _is_number_name_last4(cells):
        number = next(cell for cell in cells if _NUMBER.fullmatch(cell))
    return Asked(text, file, number, manual_code=code)


def _asks(asked: Asked) -> bool:
    return (asked.text or asked.file or asked.number or asked.manual_code) is not None


def _is_title(cells: Sequence[str]) -> bool:
    """Whether a row above the head row is one of words alone: one filled cell that asks nothing."""
    return sum(bool(cell.strip()) for cell in cells) == 1 and not _asks(_by_look(cells))


def _is_file(cell: str) -> bool:
    return PurePosixPath(cell.replace("\\", "/")).suffix.lower() in _ENDINGS and "#" not in cell


def _is_number_name_last4(cells: Sequence[str]) -> bool:
    number = any(_NUMBER.fullmatch(cell) for cell in cells)
    return number and len(cells) >= 3 and any(_LAST4.fullmatch(cell) for cell in cells)


def _plain(cell: str) -> str:
    """As the service reads its lists."""
    return "".join(cell.split()).casefold()
