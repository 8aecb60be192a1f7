"""Historical records 历史数据: titles of before 2022, as older papers record them (吉人社函〔2022〕38号 五（三）).

A record is no new award: what was written is kept word for word, and the codes of today stand beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from certsvc.domain.identity import IdDocument
from certsvc.domain.levels import Level

ELECTRONIC_SINCE: Final = date(2022, 1, 1)
"""Titles acquired from this day on have electronic certificates, by filings alone (吉人社函〔2022〕38号 五（一） “从今年起”)."""

UNWRITTEN: Final = "未载"
LABEL: Final = "历史数据"


class Quality(StrEnum):
    """How well a record is proven. A: document and list image; B: list only; C: the person's own paper only."""

    A = "A"
    B = "B"
    C = "C"

    @property
    def label(self) -> str:
        """What the grade rests on, in Chinese."""
        return {"A": "文件和名单影像齐全", "B": "仅有名单", "C": "仅有个人证件"}[self.value]

    @property
    def publishable(self) -> bool:
        """Whether a confirmed record of this grade is published; one of grade C stays a claim, inside."""
        return self is not Quality.C


class HistoryState(StrEnum):
    """Where a version of a record stands; reading, matching and grading are one step, so that the first is GRADED."""

    GRADED = "graded"
    CONFIRMED = "confirmed"
    PUBLISHED = "published"
    DISPUTED = "disputed"
    CORRECTED = "corrected"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return _STATES[self]


_STATES: Final = {
    HistoryState.GRADED: "已定级，待确认",
    HistoryState.CONFIRMED: "已确认",
    HistoryState.PUBLISHED: "已公布",
    HistoryState.DISPUTED: "有异议，核实中",
    HistoryState.CORRECTED: "已更正（旧版本）",
    HistoryState.REVOKED: "已撤销",
}


class Precision(StrEnum):
    """How exactly the paper tells the day of acquisition."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class AcquiredOn:
    """When a title was acquired: `first` and `last` day that the paper leaves open, the same for a whole date."""

    first: date
    last: date
    precision: Precision

    @property
    def text(self) -> str:
        """`1998-06` or `1998-06-15`: not more than the paper says."""
        return self.first.isoformat()[: 7 if self.precision is Precision.MONTH else 10]


@dataclass(frozen=True, slots=True)
class HistoricalTitle:
    """One title as an older paper records it.

    `written`: column -> the words of the file, untouched but for NFC and outer blanks. The other fields are today's
    reading of them: `document` always has a number of today (15 digits upgraded to 18); `series`, `level` and `title`
    are None where the old words have no code. `source` says where the file's data come from.
    """

    row: int
    written: Mapping[str, str]
    name: str
    document: IdDocument
    sex: str
    born_on: date
    series: int | None
    level: Level | None
    title: int | None
    acquired: AcquiredOn
    quality: Quality
    unit_region: str | None
    source: str

    def as_written(self, column: str) -> str | None:
        """The words of a column, None where the paper has none."""
        return self.written.get(column)

    @property
    def old_number(self) -> str | None:
        """The number of the old certificate, word for word."""
        return self.written.get("原证书编号")

    @property
    def label(self) -> str:
        """What every answer about the record begins with."""
        return f"{LABEL}（原证书号 {self.old_number or UNWRITTEN}）"

    @property
    def numbers(self) -> tuple[str, ...]:
        """The ID numbers that the holder may give: today's, and the one on the paper where it is another."""
        recorded = self.written.get("证件号码", "").upper()
        plain = recorded if len(recorded) == 15 else self.document.number
        return (self.document.number,) if plain == self.document.number else (self.document.number, plain)


@dataclass(frozen=True, slots=True)
class HistoricalRecord:
    """A version of a record as it is kept. `status` is the committed value of its slot, None before it has one."""

    reference: str
    version: int
    import_id: str
    title: HistoricalTitle
    state: HistoryState
    status: int | None
    slot: int | None
    maker: str
    recorded_at: datetime
    checker: str | None = None
    confirmed_at: datetime | None = None
    basis: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryImport:
    """An accepted file: `place` is the authority it was imported by, `records` how many are in each state."""

    id: str
    place: str
    file_name: str
    source: str
    maker: str
    imported_at: datetime
    checker: str | None = None
    confirmed_at: datetime | None = None
    records: Mapping[str, int] = field(default_factory=dict)
    qualities: Mapping[str, int] = field(default_factory=dict)

    @property
    def publishable(self) -> int:
        """How many of its records confirming makes public."""
        return sum(self.qualities.get(one.value, 0) for one in Quality if one.publishable)


@dataclass(frozen=True, slots=True)
class HistoryDispute:
    """A person's objection to a record, recorded by an official; `outcome` is None while it is open."""

    id: str
    reference: str
    version: int
    ground: str
    recorded_by: str
    recorded_at: datetime
    outcome: str | None = None
    settled_by: str | None = None
    settled_at: datetime | None = None


def import_id(digest: str) -> str:
    """The identity of a file's import: the same bytes are the same import."""
    return "L" + digest[:15].upper()


def plain_old_number(number: str) -> str:
    """The number of an old certificate for comparing: without blanks, narrow, capital letters."""
    narrow = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in number)
    return "".join(narrow.split()).upper()
