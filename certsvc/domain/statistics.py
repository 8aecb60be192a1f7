"""The title information base 专业技术人才信息库: what is kept of a title without its holder, and how it is counted.

An entry has no personal value: which fields of the record are filled is one bit each (吉人社函〔2022〕38号 五（三）:
“条目分明、信息完整的专业技术人才信息库，全面掌握专业技术人才信息、分布和结构比例”). Titles are counted, not persons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from certsvc.domain.certificate import Award
from certsvc.domain.intake_words import UNIT_FREE_KINDS
from certsvc.domain.regions import PROVINCE, REGIONS, city_of
from certsvc.domain.series import SERIES
from certsvc.domain.ways import WAYS

CLAUSE: Final = "吉人社函〔2022〕38号 五（三）"
UNKNOWN: Final = "未填写"
SMALL_CELL: Final = 5
"""Counts below this single persons out where the table becomes public."""


class EntrySource(StrEnum):
    """Where an entry comes from: a filing that was issued here, or a record of the past."""

    FILING = "filing"
    HISTORICAL = "historical"


FIELDS: Final = (
    "name",
    "document",
    "sex",
    "born_on",
    "unit_region",
    "unit_name",
    "unit_code",
    "unit_kind",
    "series",
    "specialty",
    "level",
    "title",
    "way",
    "review_year",
    "acquired_on",
    "committee_name",
    "announcement_ref",
)
"""The fields whose completeness is measured. A field's place is its bit in stored entries: append, never reorder."""

FIELD_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    dict(
        zip(
            FIELDS,
            (
                "姓名",
                "证件号码",
                "性别",
                "出生日期",
                "单位所属行政区划",
                "工作单位",
                "统一社会信用代码",
                "单位类别",
                "系列",
                "专业",
                "级别",
                "职称名称",
                "取得方式",
                "评审年度",
                "取得时间",
                "评委会",
                "公布文号",
            ),
            strict=True,
        )
    )
)
UNIT_FIELDS: Final = frozenset({"unit_name", "unit_code"})
"""Fields that do not apply to people without an employer (乡村, 自由职业): they are left out of the measure there."""
WITHOUT_UNIT: Final = tuple(sorted(UNIT_FREE_KINDS))


@dataclass(frozen=True, slots=True)
class TitleEntry:
    """One title of the information base. `filled`: the names in FIELDS that the record has a value for.

    `number`: of the certificate, or of the historical record. Codes are those of our own tables, None where the
    record does not say. `entered_on`: the day the certificate was issued, or the historical record confirmed.
    """

    number: str
    source: EntrySource
    filled: frozenset[str]
    entered_on: date
    acquired_on: date | None
    acquired_year: int | None
    series: int | None
    level: int | None
    way: int | None
    specialty: str | None
    review_year: int | None = None
    unit_region: str | None = None
    unit_kind: str | None = None
    validity_area: str | None = None
    filing: str | None = None
    committee_code: str | None = None

    def __post_init__(self) -> None:
        if not self.filled <= frozenset(FIELDS):
            raise ValueError(f"no fields of the information base: {sorted(self.filled - frozenset(FIELDS))}")

    @property
    def city(self) -> str | None:
        """The city or prefecture of the unit's division, the province for its own units; None where it is unknown."""
        if self.unit_region is None or self.unit_region == PROVINCE:
            return self.unit_region
        return city_of(self.unit_region)


def bits_of(filled: frozenset[str]) -> int:
    """The stored form of filled fields."""
    return sum(1 << place for place, field in enumerate(FIELDS) if field in filled)


def filled_fields(award: Award) -> frozenset[str]:
    """The fields that an award has a value for."""
    return frozenset(field for field in FIELDS if getattr(award, field) not in (None, ""))


def entry_of_award(number: str, filing: str, award: Award, entered_on: date) -> TitleEntry:
    """The entry of a certificate that a filing led to."""
    return TitleEntry(
        number=number,
        source=EntrySource.FILING,
        filled=filled_fields(award),
        entered_on=entered_on,
        acquired_on=award.acquired_on,
        acquired_year=award.acquired_on.year,
        series=award.series,
        level=int(award.level),
        way=award.way,
        specialty=award.specialty,
        review_year=award.review_year,
        unit_region=award.unit_region,
        unit_kind=award.unit_kind,
        validity_area=award.validity_area,
        filing=filing,
        committee_code=award.committee_code,
    )


class Dimension(StrEnum):
    """What titles can be counted by; the words of `certsvc report statistics --by`."""

    REGION = "region"
    CITY = "city"
    SERIES = "series"
    SPECIALTY = "specialty"
    LEVEL = "level"
    YEAR = "year"
    WAY = "way"
    UNIT_KIND = "unit-kind"

    @property
    def label(self) -> str:
        """The Chinese heading."""
        return _DIMENSION_WORDS[self]


_DIMENSION_WORDS: Final = {
    Dimension.REGION: "行政区划",
    Dimension.CITY: "市（州）",
    Dimension.SERIES: "系列",
    Dimension.SPECIALTY: "专业",
    Dimension.LEVEL: "级别",
    Dimension.YEAR: "取得年度",
    Dimension.WAY: "取得方式",
    Dimension.UNIT_KIND: "单位类别",
}
_LEVEL_WORDS: Final = {1: "正高级", 2: "副高级", 3: "中级", 4: "助理级", 5: "员级"}


def word_of(dimension: Dimension, code: str | int | None) -> str:
    """The Chinese word of a value, 未填写 for none; a value without a word stands for itself."""
    if code is None:
        return UNKNOWN
    match dimension:
        case Dimension.REGION | Dimension.CITY:
            region = REGIONS.get(str(code))
            if code == PROVINCE:
                return "省直"
            return str(code) if region is None else region.full_name
        case Dimension.SERIES:
            return SERIES.get(int(code), str(code))
        case Dimension.LEVEL:
            return _LEVEL_WORDS.get(int(code), str(code))
        case Dimension.WAY:
            return WAYS.get(int(code), str(code))
        case Dimension.YEAR:
            return f"{code}年"
        case Dimension.SPECIALTY | Dimension.UNIT_KIND:
            return str(code)


class Standing(StrEnum):
    """How a title stands on the day that is asked for. The endings are never merged."""

    VALID = "valid"
    LIMITED = "limited"
    HISTORICAL = "historical"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    WRITTEN_OFF = "written_off"
    VOIDED = "voided"

    @property
    def label(self) -> str:
        """The Chinese heading."""
        return _STANDING_WORDS[self]


_STANDING_WORDS: Final = {
    Standing.VALID: "有效",
    Standing.LIMITED: "有效（限一县）",
    Standing.HISTORICAL: "历史数据",
    Standing.SUSPENDED: "核查中",
    Standing.REVOKED: "已撤销",
    Standing.WRITTEN_OFF: "已核销",
    Standing.VOIDED: "无效",
}
IN_FORCE: Final = (Standing.VALID, Standing.LIMITED, Standing.HISTORICAL)
"""What the structure ratios 结构比例 are taken of."""


class Basis(StrEnum):
    """What a past day is told by: all that is known by now of that day, or what was recorded on it."""

    KNOWN = "known"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class StatisticsQuestion:
    """What is counted: by one or two dimensions, as of the end of a day, where and which. None: not limited.

    `year`: of acquisition. `region`: a county, or a city or prefecture with its counties.
    """

    by: Dimension
    then_by: Dimension | None
    as_of: date
    basis: Basis = Basis.KNOWN
    region: str | None = None
    series: int | None = None
    level: int | None = None
    way: int | None = None
    year: int | None = None
    unit_kind: str | None = None

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """One or two."""
        return (self.by,) if self.then_by is None else (self.by, self.then_by)


Key = str | int | None


@dataclass(frozen=True, slots=True)
class StatisticsRow:
    """One line: the values of the dimensions, and how many titles stand how."""

    keys: tuple[Key, ...]
    counts: Mapping[Standing, int]

    @property
    def in_force(self) -> int:
        """Titles that count on that day."""
        return sum(self.counts.get(one, 0) for one in IN_FORCE)

    @property
    def total(self) -> int:
        """Titles of every standing."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many entries have a value in a field, of those that the field applies to."""

    field: str
    filled: int
    applicable: int

    @property
    def percent(self) -> str:
        """One decimal; an empty text where nothing applies."""
        return percent(self.filled, self.applicable)


@dataclass(frozen=True, slots=True)
class Statistics:
    """The answer. `not_entered`: certificates whose entry is still to be made (after an upgrade)."""

    question: StatisticsQuestion
    rows: tuple[StatisticsRow, ...]
    completeness: tuple[Completeness, ...]
    not_entered: int

    @property
    def total(self) -> StatisticsRow:
        """The sum of all lines."""
        counts = {one: sum(row.counts.get(one, 0) for row in self.rows) for one in Standing}
        return StatisticsRow(tuple(None for _ in self.question.dimensions), counts)

    def share(self, row: StatisticsRow) -> str:
        """The line's part of all titles in force 结构比例, in percent with one decimal."""
        return percent(row.in_force, self.total.in_force)

    @property
    def has_small_cells(self) -> bool:
        """True when a line counts so few titles that it may single a person out."""
        return any(0 < row.total < SMALL_CELL for row in self.rows)


def percent(part: int, whole: int) -> str:
    """A share in percent, half up to one decimal, never over the whole; empty when there is no whole."""
    if whole == 0:
        return ""
    tenths = (part * 2000 + whole) // (whole * 2)
    return f"{tenths // 10}.{tenths % 10}"
