"""What a row of a list asks for: a QR text, a file beside the list, or something that is known on line alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePosixPath

from certverify.codes import Code
from certverify.errors import ManualCodeError
from certverify.manual_code import decode_manual_code
from certverify.presented import read_file
from certverify.recognised import holds_record

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


class Column(Enum):
    """What a column of a list with a head row holds; the words of its head, in lower case and without blanks."""

    QR = (
        "二维码",
        "二维码内容",
        "二维码文本",
        "qr",
        "qrtext",
        "qrcode",
        "text",
        "链接",
        "查验链接",
        "link",
        "record",
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
    CODE = ("校验码", "manualcode", "code")
    NUMBER = ("证书编号", "编号", "证书号", "number", "certificatenumber")
    NAME = ("姓名", "name")
    LAST4 = ("证件号码后四位", "后四位", "身份证后四位", "证件后四位", "last4", "lastfour")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What a row asks: `text` of a QR symbol, `file` as named, or `code` where nothing can be checked; else nothing."""

    given: str
    text: str | None = None
    file: str | None = None
    code: Code | None = None


def columns_of(cells: Sequence[str]) -> dict[int, Column] | None:
    """What the columns hold when `cells` is a head row; None when it is none."""
    by_word = {word: column for column in Column for word in column.value}
    found = {at: by_word[word] for at, cell in enumerate(cells) if (word := _plain(cell)) in by_word}
    return found or None


def asked_of(cells: Sequence[str], columns: dict[int, Column] | None) -> Asked:
    """What a row asks; without a head row by the look of its cells."""
    if columns is None:
        return _by_look([cell.strip() for cell in cells])
    by_column: dict[Column, str] = {}
    for at, column in columns.items():
        if at < len(cells) and cells[at].strip():
            by_column.setdefault(column, cells[at].strip())
    if Column.QR in by_column:
        return Asked(by_column[Column.QR], text=by_column[Column.QR])
    if Column.FILE in by_column:
        return Asked(by_column[Column.FILE], file=by_column[Column.FILE])
    if Column.CODE in by_column or Column.NUMBER in by_column:
        given = by_column.get(Column.CODE) or by_column[Column.NUMBER]
        return Asked(given, code=Code.ON_LINE_ONLY)
    return _by_look([cell.strip() for cell in cells])


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


def _by_look(cells: Sequence[str]) -> Asked:
    filled = [cell for cell in cells if cell]
    for cell in filled:
        if holds_record(cell):
            return Asked(cell, text=cell)
    for cell in filled:
        if PurePosixPath(cell.replace("\\", "/")).suffix.lower() in _ENDINGS and "#" not in cell:
            return Asked(cell, file=cell)
    if any(map(_is_manual_code, filled)) or _is_number_name_last4(filled):
        return Asked(filled[0], code=Code.ON_LINE_ONLY)
    first = filled[0] if filled else ""
    return Asked(first, text=first)


def _is_number_name_last4(cells: Sequence[str]) -> bool:
    number = any(_NUMBER.fullmatch(cell) for cell in cells)
    return number and len(cells) >= 3 and any(_LAST4.fullmatch(cell) for cell in cells)


def _is_manual_code(typed: str) -> bool:
    try:
        decode_manual_code(typed)
    except ManualCodeError:
        return False
    return True


def _plain(cell: str) -> str:
    return re.sub(r"[\s_\-()（）]", "", cell).lower()
