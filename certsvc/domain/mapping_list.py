"""Reading a correspondence list 对应目录 (docs/mapping.md): strict JSON, every title one that may be awarded today."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from certsvc.domain.json_reading import Fields, Place, parse_json
from certsvc.domain.levels import level_named
from certsvc.domain.mapping import Correspondence, CorrespondenceList
from certsvc.domain.series import series_named
from certsvc.domain.titles import title_of
from certsvc.errors import UnreadableInput

FORMAT: Final = "certsvc-mapping-list/1"
LARGEST_LIST: Final = 2 * 1024 * 1024  # bytes


def decode_mapping_list(raw: bytes) -> CorrespondenceList:
    """The list in untrusted bytes. Raises UnreadableInput naming the place of the first fault."""
    root = Place(parse_json(raw, limit=LARGEST_LIST, what="对应目录"), "对应目录")
    fields = root.fields("format document example entries")
    if fields["format"].text() != FORMAT:
        raise fields["format"].wrong(FORMAT)
    entries = tuple(_entry(place) for place in fields["entries"].items())
    ordered = sorted(entries, key=lambda one: (one.qualification, one.grade or "", one.from_on))
    for one, other in pairwise(ordered):
        if (one.qualification, one.grade) == (other.qualification, other.grade) and _meet(one, other):
            raise UnreadableInput(
                f"对应目录：“{one.qualification}”（{one.grade or '不分级'}）有两行的适用日期重叠，无法判断以哪一行为准。"
            )
    return CorrespondenceList(fields["document"].text(), fields["example"].flag(), entries)


def _entry(place: Place) -> Correspondence:
    fields = place.fields("qualification series level title from", "grade until")
    series = series_named(fields["series"].text())
    if series is None:
        raise fields["series"].wrong("27个职称系列之一的全称")
    level = level_named(fields["level"].text())
    if level is None:
        raise fields["level"].wrong("正高级、副高级、中级、助理级、员级之一")
    title = title_of(series, level, fields["title"].text())
    if title is None:
        raise fields["title"].wrong("该系列、级别现行的职称名称")
    from_on, until_on = fields["from"].day(), fields.maybe("until", Place.day)
    if until_on is not None and until_on < from_on:
        raise fields["until"].wrong("不早于 from 的日期")
    return Correspondence(
        fields["qualification"].text(), _grade(fields), series, level, title, from_on, until_on
    )


def _grade(fields: Fields) -> str | None:
    return fields.maybe("grade", Place.text)


def _meet(one: Correspondence, other: Correspondence) -> bool:
    return one.in_force(other.from_on) or other.in_force(one.from_on)
