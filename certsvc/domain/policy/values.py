"""What an entry of a policy document says, typed by its theme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from certsvc.domain.levels import Level


class Theme(StrEnum):
    """The themes of entries; the words of the document format. docs/formats/policy.md says what each holds."""

    DUAL_DIRECTED_COUNTY = "dual-directed-county"
    DUAL_DIRECTED_POSTS = "dual-directed-posts"
    DUAL_DIRECTED_USABLE = "dual-directed-usable"
    WAY = "way"
    CHANNEL = "channel"
    APPLICATION_WINDOW = "application-window"
    DEADLINE = "deadline"
    CUT_OFF = "cut-off"
    RATIO_CAP = "ratio-cap"
    RATIO_BONUS = "ratio-bonus"
    TENURE = "tenure"
    TENURE_RELIEF = "tenure-relief"
    PUBLICITY = "publicity"
    FILING_TERM = "filing-term"
    REPORT_TERM = "report-term"
    CONTINUING_EDUCATION = "continuing-education"
    EXAMINATION = "examination"
    LEVEL = "level"
    TITLE_NAMES = "title-names"
    HISTORICAL_TITLE_NAMES = "historical-title-names"

    @property
    def label(self) -> str:
        """The Chinese word for the reader of a finding or a table."""
        return _LABELS[self]


_LABELS = {
    Theme.DUAL_DIRECTED_COUNTY: "双定向县（市、区）",
    Theme.DUAL_DIRECTED_POSTS: "双定向岗位比例",
    Theme.DUAL_DIRECTED_USABLE: "双定向年度可用岗位",
    Theme.WAY: "取得方式",
    Theme.CHANNEL: "申报类别",
    Theme.APPLICATION_WINDOW: "申报时间",
    Theme.DEADLINE: "年度完成期限",
    Theme.CUT_OFF: "年限截止时间",
    Theme.RATIO_CAP: "通过比例",
    Theme.RATIO_BONUS: "通过比例可增加的百分点",
    Theme.TENURE: "聘任年限",
    Theme.TENURE_RELIEF: "临近退休减少聘期",
    Theme.PUBLICITY: "公示期",
    Theme.FILING_TERM: "备案期限",
    Theme.REPORT_TERM: "结果报送期限",
    Theme.CONTINUING_EDUCATION: "继续教育",
    Theme.EXAMINATION: "考评结合与以考代评",
    Theme.LEVEL: "级别",
    Theme.TITLE_NAMES: "现行职称名称",
    Theme.HISTORICAL_TITLE_NAMES: "旧职称名称",
}

WHOLE = "全部"
"""The key of themes that have one entry for everything."""


class RatioGroup(StrEnum):
    """Whom a pass ratio of the notices binds."""

    COLLEGE = "评聘结合院校"
    THIRTY_YEARS = "30年教龄认定"
    THIRTY_YEARS_EXCEPTION = "30年教龄破格"


class TenureGroup(StrEnum):
    """Whose years in post are counted: public institutions by their level, or appointment-linked units."""

    PROVINCE = "省级"
    CITY = "市（州）级"
    COUNTY = "县（市、区）级"
    LINKED = "评聘结合"


class ReliefGroup(StrEnum):
    """Who may need one year less near retirement."""

    SEPARATE = "评聘分开"
    LINKED = "评聘结合"


@dataclass(frozen=True, slots=True)
class DualDirectedCounty:
    """A county that may hold dual-directed reviews; `city` is the code of the city or prefecture over it."""

    name: str
    city: str


@dataclass(frozen=True, slots=True)
class DualDirectedPosts:
    """Dual-directed posts as a share of a county's regular deputy senior posts, and the only grade they carry."""

    percent: int
    post: str


@dataclass(frozen=True, slots=True)
class Persons:
    """A number of persons or posts."""

    persons: int


@dataclass(frozen=True, slots=True)
class Target:
    """An advisory number of persons 左右: counted and shown, never a bar. `yearly`: every year anew."""

    persons: int
    yearly: bool


@dataclass(frozen=True, slots=True)
class WayPolicy:
    """What a way of acquiring allows.

    `levels`: that may be acquired. `series`: codes, None for every series. `examined`: series with a national
    examination included. `level_skip`: a basis document may justify a skipped level. `by_filing`: a review committee
    files it.
    `base_years`: full years since the base title or appointment. `basis`: a basis document is required.
    """

    levels: frozenset[Level]
    series: frozenset[int] | None = None
    examined: bool = True
    level_skip: bool = False
    by_filing: bool = True
    base_years: int | None = None
    basis: bool = False
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class ChannelPolicy:
    """A channel 申报类别: codes of the ways it takes beside its own, and its category of application window."""

    ways: frozenset[int]
    category: str | None


@dataclass(frozen=True, slots=True)
class ApplicationWindow:
    """When a category could be applied for, first and last day included, for one review year."""

    review_year: int
    category: str
    opens_on: date
    closes_on: date


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day by which the work of a review year was to be done. `way`: a way's code, None for every review."""

    review_year: int
    on: date
    way: int | None = None


@dataclass(frozen=True, slots=True)
class CutOff:
    """The day up to which years and achievements count, in the year so many years before the review year."""

    years_before: int
    month: int
    day: int

    def in_review_year(self, year: int) -> date:
        """The cut-off day of a review year. Raises ValueError for a year that no calendar has."""
        return date(year - self.years_before, self.month, self.day)


@dataclass(frozen=True, slots=True)
class RatioCap:
    """The greatest share of applicants that may pass, in percent, by level."""

    percent: Mapping[Level, int]


@dataclass(frozen=True, slots=True)
class RatioBonus:
    """Percentage points by which the ratio of some levels may be raised, from least to most."""

    levels: frozenset[Level]
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Years:
    """Full years in post."""

    years: int


@dataclass(frozen=True, slots=True)
class TenureRelief:
    """So many years less in post for who retires within `before_retirement` years."""

    years: int
    before_retirement: int


@dataclass(frozen=True, slots=True)
class PublicityTerm:
    """Working days of publicity, and whether the day on which it starts is the first of them."""

    workdays: int
    count_first_day: bool


@dataclass(frozen=True, slots=True)
class Term:
    """Natural days; `rolled`: a last day without work moves on to the next working day."""

    days: int
    rolled: bool


@dataclass(frozen=True, slots=True)
class Required:
    """Whether something is required."""

    required: bool


@dataclass(frozen=True, slots=True)
class Examination:
    """The national examination of a series.

    `with_review`: levels that need examination and review 考评结合. `only`: levels acquired by examination alone
    以考代评. `certain`: false where the notices do not name the series, so that a person must judge.
    """

    with_review: frozenset[Level]
    only: frozenset[Level]
    certain: bool


@dataclass(frozen=True, slots=True)
class LevelCode:
    """The frozen code of a level."""

    code: int


@dataclass(frozen=True, slots=True)
class TitleNames:
    """The names of titles of one series, by level, in the order of their codes."""

    names: Mapping[Level, tuple[str, ...]]


Value = (
    DualDirectedCounty
    | DualDirectedPosts
    | Persons
    | WayPolicy
    | ChannelPolicy
    | ApplicationWindow
    | Deadline
    | CutOff
    | RatioCap
    | RatioBonus
    | Years
    | TenureRelief
    | PublicityTerm
    | Term
    | Required
    | Examination
    | LevelCode
    | TitleNames
)
"""Any of the above."""
