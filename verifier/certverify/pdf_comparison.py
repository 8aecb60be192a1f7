"""What a file shows, what the signed record says, what the register holds: field by field (docs/formats/document.md).

An original shows what was sealed: nothing is read. Of any other file the text layer is read, which need not be what is
seen: its rows may differ, and never agree. A value that cannot be read, or that can be read in several ways one of which
is the signed one, is no difference: only what is clearly there and clearly something else is one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from certverify.manual_code import grouped
from certverify.names import mask_name
from certverify.record import CopyTerms, Record
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
    "manual_code": "校验码",
    "recipient": "接收单位",
    "purpose": "用途",
    "ends_on": "到期日",
}
_TERMS = (("recipient", "接收单位", "用途"), ("purpose", "用途", "到期日"), ("ends_on", "到期日", "副本编号"))
_NUMBER = re.compile("证书编号([0-9A-Z]{10,24})")
_VERSION = re.compile("版本第([0-9]{1,4})版")
_CODE = re.compile("校验码([2-9A-Z]{5}-[2-9A-Z]{5}-[2-9A-Z]{5})")
_AREA = re.compile("仅在([^仅在]{2,30}?)范围内有效")
_DAY = re.compile("([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
_LAST4 = re.compile("[0-9*X]{5,20}")
_DOTS = str.maketrans(dict.fromkeys("•・．∙●⸱⋅･‧", "·"))
_LONGEST_VALUE = 80
_MOST_ENDS = 5
_MOST_READINGS = 20


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


def said_by(
    record: Record, tables: Tables, manual_code: str | None, copy: CopyTerms | None = None
) -> dict[str, str]:
    """What a record says, field by field; `manual_code`: the 15 symbols that belong to it, where they are known."""
    said = _said(record, tables)
    if manual_code is not None:
        said["manual_code"] = grouped(manual_code)
    if copy is not None:
        said |= {
            "recipient": copy.recipient,
            "purpose": copy.purpose,
            "ends_on": _day_in_words(copy.ends_on),
        }
    return said


def rows_of_original(said: Mapping[str, str]) -> tuple[Compared, ...]:
    """The rows of a file that is, byte for byte, what the authority sealed: it prints what was signed."""
    shown = {field: _shown(field, signed) for field, signed in said.items()}
    return tuple(Compared(field, _WORDS[field], one, one, None, True) for field, one in shown.items())


def compare(printed: Printed, said: Mapping[str, str]) -> tuple[Compared, ...]:
    """A row for each field of the record. Names and ID characters are masked, but for what is printed and differs."""
    return tuple(_row(field, printed.readings.get(field, ()), signed) for field, signed in said.items())


def of_text_layer(rows: Sequence[Compared]) -> tuple[Compared, ...]:
    """The rows of a file that is no original: that its texts agree says nothing about what is seen."""
    return tuple(replace(row, agrees=None) if row.agrees else row for row in rows)


def with_register(
    rows: Sequence[Compared], said: Mapping[str, str], held: Mapping[str, str]
) -> tuple[Compared, ...]:
    """The rows beside what the register holds of this very version (as `said_by`), `version` being its newest one."""
    return tuple(
        _beside(row, _shown(row.field, held[row.field]), said[row.field] == held[row.field])
        if row.field in held
        else row
        for row in rows
    )


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


def _beside(row: Compared, held: str, as_signed: bool) -> Compared:
    return replace(row, register=held, agrees=row.agrees if as_signed else False)


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
    if not any(_is_words(value) for value in readings.get("title", ())):
        readings["name"] = tuple(filter(_is_words, readings.get("name", ())))
    for field, pattern in (("number", _NUMBER), ("version", _VERSION), ("manual_code", _CODE)):
        readings[field] = tuple(_as_signed(field, found) for found in pattern.findall(whole)[:_MOST_READINGS])
    for field, label, following in _TERMS:
        readings[field] = _readable(field, list(_between(whole, label, following)))
    page = Printed(readings)
    areas = tuple(f"仅在{area}范围内有效" for area in _AREA.findall(whole)[:_MOST_READINGS])
    if page.is_certificate:  # an applicant's own words may look like a limit
        areas += (NOT_MARKED if "双定向" in readings["way"] else WITHOUT_LIMIT,)
    readings["validity_area"] = areas
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
    """The texts from each place of the label up to each place of the next one: the word of a label can stand inside a
    value (经济专业人员), before and behind.
    """
    part = whole[place.label_at : beyond + len(following.label)]
    return list(_between(part, place.label, following.label))


def _between(whole: str, label: str, following: str) -> Iterator[str]:
    """The texts between two labels, for every place of either, within bounds; the earliest label first."""
    for at in _places_of(whole, label):
        start = at + len(label)
        for end in _places_of(whole[start : start + _LONGEST_VALUE + len(following)], following):
            if end:
                yield whole[start : start + end]


def _places_of(whole: str, label: str) -> Iterator[int]:
    at = whole.find(label)
    for _ in range(_MOST_ENDS):
        if at < 0:
            return
        yield at
        at = whole.find(label, at + 1)


def _readable(field: str, values: Sequence[str]) -> tuple[str, ...]:
    if field == "last4":
        found = [_LAST4.search(value) for value in values]
        return tuple(one[0][-4:] for one in found if one is not None and "*" not in one[0][-4:])
    if field in ("acquired_on", "ends_on"):
        days = [_DAY.search(value) for value in values]
        return tuple(f"{one[1]}年{int(one[2])}月{int(one[3])}日" for one in days if one is not None)
    if field == "name":
        return tuple(value for value in values if (_is_words(value) or _is_latin(value)) and "*" not in value)
    return tuple(value for value in values if _is_words(value))


def _is_words(value: str) -> bool:
    """Whether a value is Chinese text: a font without its table of characters gives signs at random."""
    kinds = {unicodedata.category(char) for char in value}
    return "Lo" in kinds and not kinds & {"Co", "Cn", "Cc", "Cs"} and "�" not in value


def _is_latin(value: str) -> bool:
    """Whether a value may be a name in other letters; believed only beside words that can be read."""
    parts = [part for part in re.split("[·.'-]", value) if part]
    return bool(parts) and all(unicodedata.category(char) in ("Lu", "Ll") for part in parts for char in part)


def _as_signed(field: str, value: str) -> str:
    return f"第{int(value)}版" if field == "version" else value


def _day_in_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
