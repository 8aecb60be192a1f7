"""Bulk checks 批量核验: many questions at once, each understood or named with what is wrong in it. A bad row stops no other.

What a row may hold is what a single question may hold (docs/api.md, Verify); beside it a label of the asker's own, by which
the answer is found again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from certverify.errors import ManualCodeError
from certverify.manual_code import LONGEST_TYPED, decode_manual_code

from certsvc.errors import MistypedCode

MOST_ROWS_AT_ONCE: Final = 1_000
LONGEST_LABEL: Final = 64  # code points
LABEL: Final = "row"
PLACE: Final = "place"
_PLACE_FORM: Final = re.compile(r"[0-9]{6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RowField:
    """A field of a question: its Chinese word, and how many characters it may have."""

    word: str
    fewest: int
    most: int


FIELDS: Final[Mapping[str, RowField]] = {
    "qr": RowField("二维码内容", 1, 4096),
    "code": RowField("校验码", 1, LONGEST_TYPED),
    "number": RowField("证书编号", 1, 32),
    "name": RowField("姓名", 1, 200),
    "id_last4": RowField("身份证后四位", 4, 4),
    PLACE: RowField("使用地", 6, 6),
}
_WAYS: Final = (("qr",), ("code",), ("number", "name", "id_last4"))


@dataclass(frozen=True, slots=True)
class QrAsked:
    """The text of a QR symbol."""

    text: str


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """The 15 symbols of a manual code."""

    symbols: str


@dataclass(frozen=True, slots=True)
class HolderAsked:
    """Certificate number, holder's name, last four characters of the ID number."""

    number: str
    name: str
    id_last4: str


@dataclass(frozen=True, slots=True)
class RowQuestion:
    """What a row asks, and where the title is to be used (six digits)."""

    asked: QrAsked | CodeAsked | HolderAsked
    place: str | None = None


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row has no verdict: a stable code, a Chinese sentence, and the field that it is about, where it is about one."""

    code: str
    detail: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class BulkRow:
    """A row with its label: `asks` is its question, or everything that is wrong with it, never both."""

    label: str | None
    asks: RowQuestion | tuple[RowProblem, ...]


NOT_A_ROW: Final = RowProblem("row-unfit", "这一行不是一个对象，没有核验。")
TOO_OFTEN: Final = RowProblem(
    "too-many-requests",
    "这个证书编号近来按姓名和后四位查询过于频繁，这一行没有核验，请一小时后再试。",
    "number",
)
FAILURE: Final = RowProblem("failure", "服务内部出现故障，这一行没有核验，请稍后单独核验。")
DAMAGED: Final = RowProblem("failure", "这一行在等待核验时损坏，无法读取，没有核验，请重新提交这一行。")
NOT_REACHED: Final = RowProblem("unavailable", "服务繁忙，没有来得及核验这一行，请稍后重新提交。")


def read_row(raw_row: object) -> BulkRow:
    """The row behind an object of the interface; every problem of it at once."""
    if not isinstance(raw_row, Mapping):
        return BulkRow(None, (NOT_A_ROW,))
    given = {key: value for key, value in raw_row.items() if value is not None or key not in (LABEL, PLACE)}
    label = given.pop(LABEL, None)
    problems = [*_label_problems(label), *_unknown_fields(given)]
    way = _way_of(given)
    problems += _way_problems(given, way)
    for key, value in given.items():
        if key in FIELDS:
            problems += _value_problems(key, value)
    told = label if isinstance(label, str) and not _label_problems(label) else None
    if problems:
        return BulkRow(told, tuple(problems))
    return _question(told, way, given)


def _question(label: str | None, way: tuple[str, ...], given: Mapping[str, str]) -> BulkRow:
    place = given.get(PLACE)
    if way == ("qr",):
        return BulkRow(label, RowQuestion(QrAsked(given["qr"]), place))
    if way == ("code",):
        try:
            symbols = decode_manual_code(given["code"])
        except ManualCodeError as error:
            mistyped = MistypedCode(error.group)
            return BulkRow(label, (RowProblem(mistyped.code, str(mistyped), "code"),))
        return BulkRow(label, RowQuestion(CodeAsked(symbols), place))
    return BulkRow(label, RowQuestion(HolderAsked(given["number"], given["name"], given["id_last4"]), place))


def _label_problems(label: object) -> tuple[RowProblem, ...]:
    if label is None or (isinstance(label, str) and len(label) <= LONGEST_LABEL and _is_text(label)):
        return ()
    return (RowProblem("field-unfit", f"行标识须为文字，至多 {LONGEST_LABEL} 个字符。", LABEL),)


def _unknown_fields(given: Mapping[str, object]) -> tuple[RowProblem, ...]:
    """How many there are; their names are the asker's own text and are not repeated."""
    unknown = sum(key not in FIELDS for key in given)
    if not unknown:
        return ()
    words = "、".join((LABEL, *FIELDS))
    return (RowProblem("field-unknown", f"有 {unknown} 个不认识的字段。可用的字段：{words}。"),)


def _way_of(given: Mapping[str, object]) -> tuple[str, ...]:
    """The way that the row asks by: the first of which it has a field."""
    return next((way for way in _WAYS if any(key in given for key in way)), ())


def _way_problems(given: Mapping[str, object], way: tuple[str, ...]) -> tuple[RowProblem, ...]:
    if not way:
        return (
            RowProblem(
                "question-missing", "没有可以核验的内容：请给出二维码内容、校验码，或编号、姓名和后四位。"
            ),
        )
    others = [FIELDS[key].word for other in _WAYS if other != way for key in other if key in given]
    if others:
        words = "、".join(others)
        return (
            RowProblem(
                "question-ambiguous",
                f"同一行既有{FIELDS[way[0]].word}，又有{words}：请只留一种，以免误以为两样都核对过。",
            ),
        )
    missing = (key for key in way if key not in given)
    return tuple(RowProblem("field-missing", f"缺少{FIELDS[key].word}。", key) for key in missing)


def _value_problems(key: str, value: object) -> tuple[RowProblem, ...]:
    field = FIELDS[key]
    if not isinstance(value, str) or not _is_text(value):
        return (RowProblem("field-unfit", f"{field.word}须为文字。", key),)
    if key == PLACE:
        fits = _PLACE_FORM.fullmatch(value) is not None
        return () if fits else (RowProblem("field-unfit", "使用地须为六位行政区划代码。", key),)
    if field.fewest <= len(value) <= field.most:
        return ()
    size = f"{field.most} 位" if field.fewest == field.most else f"{field.fewest} 至 {field.most} 个字符"
    return (RowProblem("field-unfit", f"{field.word}须为{size}。", key),)


def _is_text(value: str) -> bool:
    """Half a character of UTF-16 (a lone surrogate), which JSON can spell, is no text."""
    return not any("\ud800" <= character <= "\udfff" for character in value)
