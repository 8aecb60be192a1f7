"""What a page prints, what the signed record says, what the register holds: field by field (docs/formats/document.md).

A value that cannot be read is no difference: only what is clearly printed and clearly something else is one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from certverify.names import mask_name
from certverify.record import Record
from certverify.trust import Tables
from certverify.verdict import Compared

WITHOUT_LIMIT = "未限定"
NOT_MARKED = "未标明"
MAX_SHOWN = 60
_LABELS = (
    ("姓名", "name"),
    ("性别", ""),
    ("出生年月", ""),
    ("身份证件", "last4"),
    ("系列", "series"),
    ("专业", ""),
    ("资格名称", "title"),
    ("级别", "level"),
    ("取得方式", "way"),
    ("取得时间", "acquired_on"),
    ("评审委员会", ""),
)
_WORDS = {
    "number": "证书编号",
    "version": "版本",
    "name": "姓名",
    "last4": "证件号码后四位",
    "series": "系列",
    "title": "资格名称",
    "level": "级别",
    "way": "取得方式",
    "validity_area": "有效范围",
    "acquired_on": "取得时间",
}
_NUMBER = re.compile("证书编号([0-9A-Z]{10,24})")
_VERSION = re.compile("版本第([0-9]{1,4})版")
_AREA = re.compile("仅在([^仅在]{2,30}?)范围内有效")
_DAY = re.compile("([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
_LAST4 = re.compile("[0-9*X]{5,20}")
_DOTS = str.maketrans(dict.fromkeys("•・．∙●⸱⋅･‧", "·"))
_LONGEST_VALUE = 80
_MOST_ENDS = 5


@dataclass(frozen=True, slots=True)
class Printed:
    """What a page prints. Every field has the readings that its text allows; none where it could not be read."""

    readings: dict[str, tuple[str, ...]]

    @property
    def is_certificate(self) -> bool:
        """Whether the page reads as a certificate does: every label that is compared stands in its order."""
        return all(self.readings.get(field) for _, field in _LABELS if field)


def read_pages(texts: Sequence[str]) -> Printed:
    """The fields of the first page that reads as a certificate, otherwise of the page on which most are found."""
    pages = [_read_page(text) for text in texts]
    return max(pages, key=lambda page: sum(map(bool, page.readings.values())), default=Printed({}))


def compare(printed: Printed, record: Record, tables: Tables) -> tuple[Compared, ...]:
    """A row for each field of the record. Names and ID characters are masked, but for what is printed and differs."""
    return tuple(
        _row(field, printed.readings.get(field, ()), signed)
        for field, signed in _said(record, tables).items()
    )


def with_register(
    rows: Sequence[Compared], registered: Record | None, newest: int, tables: Tables
) -> tuple[Compared, ...]:
    """The rows beside what the register holds of this very version (None: nothing), and the number of the newest one."""
    if registered is None:
        return tuple(rows)
    held = _said(registered, tables) | {"version": f"第{newest}版"}
    return tuple(_beside(row, _shown(row.field, held[row.field])) for row in rows)


def differs(rows: Sequence[Compared]) -> bool:
    """Whether something printed is not what the record says; before the register is put beside them."""
    return any(row.agrees is False for row in rows)


def agrees_throughout(rows: Sequence[Compared]) -> bool:
    """Whether every field of the record is printed, and printed as signed."""
    return bool(rows) and all(row.agrees is True for row in rows)


def _said(record: Record, tables: Tables) -> dict[str, str]:
    area, day = record.validity_area, record.acquired_on
    return {
        "number": record.number,
        "version": f"第{record.version}版",
        "name": record.name,
        "last4": record.last4,
        "series": tables.series.get(str(record.series), str(record.series)),
        "title": tables.titles.get(str(record.title), str(record.title)),
        "level": tables.levels.get(str(record.level), str(record.level)),
        "way": tables.ways.get(str(record.way), str(record.way)),
        "validity_area": WITHOUT_LIMIT if area is None else f"仅在{tables.regions.get(area, area)}范围内有效",
        "acquired_on": _day_in_words(day),
    }


def _row(field: str, readings: Sequence[str], signed: str) -> Compared:
    shown = _shown(field, signed)
    row = Compared(field, _WORDS[field], None, shown, None, None)
    if not readings:
        return row
    if any(plain(one) == plain(signed) for one in readings):
        return replace(row, printed=shown, agrees=True)
    # What differs is shown as it is printed: it is the presenter's own text, and masked it could look the same.
    return replace(row, printed=readings[0][:MAX_SHOWN], agrees=False)


def _beside(row: Compared, held: str) -> Compared:
    agrees = row.agrees if held == row.signed else False
    return replace(row, register=held, agrees=agrees)


def _shown(field: str, value: str) -> str:
    if field == "name":
        return mask_name(value)
    return f"**{value[-2:]}" if field == "last4" else value


def plain(text: str) -> str:
    """A text for comparing: compatibility characters as their plain ones (programs print them), no white space."""
    kept = unicodedata.normalize("NFKC", text).translate(_DOTS)
    return "".join(kept.split())


def _read_page(text: str) -> Printed:
    whole = plain(text)
    readings: dict[str, tuple[str, ...]] = {}
    places = _places(whole)
    for at, place in enumerate(places[:-1]):
        if place.field:
            beyond = places[at + 2].label_at if at + 2 < len(places) else len(whole)
            readings[place.field] = _readable(place.field, _values(whole, place, places[at + 1], beyond))
    for field, pattern in (("number", _NUMBER), ("version", _VERSION)):
        found = pattern.search(whole)
        readings[field] = () if found is None else (_as_signed(field, found[1]),)
    page = Printed(readings)
    area = _AREA.search(whole)
    if area is not None:
        readings["validity_area"] = (f"仅在{area[1]}范围内有效",)
    elif page.is_certificate:
        readings["validity_area"] = (NOT_MARKED if "双定向" in readings["way"] else WITHOUT_LIMIT,)
    return page


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a label stands, and where the value behind it begins."""

    label: str
    field: str
    label_at: int

    @property
    def start(self) -> int:
        return self.label_at + len(self.label)


def _places(whole: str) -> list[_Place]:
    """The labels that are found in their order."""
    places: list[_Place] = []
    for label, field in _LABELS:
        found = whole.find(label, places[-1].start if places else 0)
        if found >= 0:
            places.append(_Place(label, field, found))
    return places


def _values(whole: str, place: _Place, following: _Place, beyond: int) -> list[str]:
    """The texts up to each place of the next label: the word of a label can stand inside a value (经济专业人员)."""
    values: list[str] = []
    end, last = following.label_at, min(beyond, place.start + _LONGEST_VALUE)
    while 0 <= end <= last and len(values) < _MOST_ENDS:
        if end > place.start:
            values.append(whole[place.start : end])
        end = whole.find(following.label, end + 1)
    return values


def _readable(field: str, values: Sequence[str]) -> tuple[str, ...]:
    if field == "last4":
        found = [_LAST4.search(value) for value in values]
        return tuple(one[0][-4:] for one in found if one is not None and "*" not in one[0][-4:])
    if field == "acquired_on":
        days = [_DAY.search(value) for value in values]
        return tuple(f"{one[1]}年{int(one[2])}月{int(one[3])}日" for one in days if one is not None)
    return tuple(value for value in values if _is_words(value))


def _is_words(value: str) -> bool:
    """Whether a value is Chinese text: a font without its table of characters gives signs at random."""
    kinds = {unicodedata.category(char) for char in value}
    return "Lo" in kinds and not kinds & {"Co", "Cn", "Cc", "Cs"} and "�" not in value


def _as_signed(field: str, value: str) -> str:
    return f"第{int(value)}版" if field == "version" else value


def _day_in_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
