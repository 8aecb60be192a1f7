"""The registry 登记簿 the gate judges by: departments, review committees with their authorizations, approvals.

Read from `registry.json` by registry_decoding.py; every value here is typed and every reference resolves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from certsvc.domain.levels import Level


class OfficeLevel(StrEnum):
    """Levels of human-resources departments."""

    PROVINCE = "省"
    CITY = "市州"
    COUNTY = "县区"


class FilingLevel(StrEnum):
    """Levels of the filing chain 备案: who receives."""

    PROVINCE = "省"
    CITY = "市州"
    LOCAL = "当地"


class CommitteeKind(StrEnum):
    """Kinds of review committee 评审委员会; the kind decides path, approval and ways."""

    SOCIAL = "社会化"
    DUAL_DIRECTED = "双定向"
    APPOINTMENT_LINKED = "评聘结合"
    SELF_REVIEWING = "自主评审"


class Delegated(StrEnum):
    """Authority given down 下放 to appointment-linked and self-reviewing units (吉人社函〔2022〕38号 一（二）3)."""

    AGENCY = "人事代理"
    UNIT_EMPLOYED = "自聘"
    AUXILIARY = "辅系列"
    CONVERSION = "同级改职"


@dataclass(frozen=True, slots=True)
class Department:
    """A department of human resources and social security 人社厅/局."""

    code: str
    name: str
    region: str
    level: OfficeLevel


@dataclass(frozen=True, slots=True)
class Authorization:
    """What a committee may review 授权, from the first to the last day given.

    `persons`: kinds of person (人员类别) it is limited to; None where it is not limited. `delegated`: what was given down;
    None where the authorization says nothing of it.
    """

    series: str
    specialties: frozenset[str]
    levels: frozenset[Level]
    region: str
    from_on: date
    to_on: date
    persons: frozenset[str] | None = None
    delegated: frozenset[Delegated] | None = None

    def in_force(self, on: date) -> bool:
        """True when the authorization holds on that day."""
        return self.from_on <= on <= self.to_on


@dataclass(frozen=True, slots=True)
class VacancyPlan:
    """A filed three-year plan for vacant posts 空岗使用计划."""

    ref: str
    years: frozenset[int]


@dataclass(frozen=True, slots=True)
class Committee:
    """A review committee. `county`: dual-directed only; `local_hrss`, `unit_uscc`, plans: where a unit has its own.

    `channels`: the special channels it is limited to, empty for none. `college`: the pass ratios of
    吉人社函〔2022〕38号 一（二）4 bind it, raised by `ratio_bonus` percentage points for senior levels. `main_series`: the unit's
    main series 主系列, beside which every other one is auxiliary 辅系列; empty where that is not registered.
    """

    code: str
    name: str
    kind: CommitteeKind
    authorizations: tuple[Authorization, ...]
    filing_path: tuple[FilingLevel, ...]
    county: str | None = None
    local_hrss: str | None = None
    unit_uscc: str | None = None
    vacancy_plans: tuple[VacancyPlan, ...] = ()
    channels: frozenset[str] = frozenset()
    college: bool = False
    ratio_bonus: int = 0
    main_series: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Criteria:
    """A county's own criteria for dual-directed review and their two confirmations."""

    ref: str
    confirmed_by_city_on: date | None
    filed_province_on: date | None


@dataclass(frozen=True, slots=True)
class CountyProfile:
    """What a county has done to open dual-directed review (吉人社函〔2023〕211号), None where not done.

    `series`: series name -> the day the city evaluated it. `regular_deputy_senior_posts`, `quota`, `usable`
    (year -> number) count posts.
    """

    region: str
    city: str
    consented_on: date | None
    filed_city_on: date | None
    filed_province_on: date | None
    starts_on: date | None
    criteria: Criteria | None
    series: Mapping[str, date | None]
    regular_deputy_senior_posts: int
    quota: int
    usable: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class MeetingApproval:
    """A filed or approved meeting 例会; `meeting` holds its first and last day."""

    ref: str
    committee: str
    approved_on: date
    by: str
    meeting: tuple[date, date]


@dataclass(frozen=True, slots=True)
class ApprovedShare:
    """What is approved for one level: the ratio in percent, the number of persons, of how many applicants."""

    ratio: int | None
    quota: int | None
    applicants: int | None


@dataclass(frozen=True, slots=True)
class QuotaApproval:
    """Ratios and quotas that the local department approved 核准 for a committee and year (吉人社函〔2022〕38号 一（六）1).

    `unit`: credit code of the unit it is for, None for all of them. `sub_unit`: the part of a unit with a quota of
    its own. `way`: a way's word, None for every way. `bonus`: the key of the policy that raises the college ratio.
    """

    ref: str
    department: str
    approved_on: date
    committee: str
    year: int
    shares: Mapping[Level, ApprovedShare]
    unit: str | None = None
    sub_unit: str | None = None
    way: str | None = None
    bonus: str | None = None


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything registered, with lookups that give None for what is not."""

    departments: tuple[Department, ...]
    committees: tuple[Committee, ...]
    counties: tuple[CountyProfile, ...]
    approvals: tuple[MeetingApproval, ...]
    quota_approvals: tuple[QuotaApproval, ...] = ()
    _departments: Mapping[str, Department] = field(init=False, repr=False, compare=False)
    _committees: Mapping[str, Committee] = field(init=False, repr=False, compare=False)
    _counties: Mapping[str, CountyProfile] = field(init=False, repr=False, compare=False)
    _approvals: Mapping[str, MeetingApproval] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_departments", {d.code: d for d in self.departments})
        object.__setattr__(self, "_committees", {c.code: c for c in self.committees})
        object.__setattr__(self, "_counties", {p.region: p for p in self.counties})
        object.__setattr__(self, "_approvals", {a.ref: a for a in self.approvals})

    def department(self, code: str) -> Department | None:
        """The department with this code."""
        return self._departments.get(code)

    def department_of(self, region: str) -> Department | None:
        """The department of a division."""
        return next((d for d in self.departments if d.region == region), None)

    def committee(self, code: str) -> Committee | None:
        """The review committee with this code."""
        return self._committees.get(code)

    def county(self, region: str) -> CountyProfile | None:
        """The dual-directed profile of a county."""
        return self._counties.get(region)

    def quotas_of(self, committee: str, year: int) -> tuple[QuotaApproval, ...]:
        """What is approved for a committee's review year."""
        return tuple(q for q in self.quota_approvals if (q.committee, q.year) == (committee, year))

    def approval(self, ref: str) -> MeetingApproval | None:
        """The meeting approval with this document number."""
        return self._approvals.get(ref)
