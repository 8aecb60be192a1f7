"""Promotion: from which title, in which order, after how many years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.levels import Level
from certsvc.domain.policy.values import CutOff, ReliefGroup, TenureGroup, TenureRelief, Theme, Years
from certsvc.domain.regions import PROVINCE, RegionKind, region_at
from certsvc.domain.rules.clauses import DUAL, REFORM
from certsvc.domain.rules.docket import Candidate, Docket
from certsvc.domain.rules.policies import first_of_year, way_policy
from certsvc.domain.rules.registry import declare
from certsvc.domain.ways import Way

LEVEL_SKIP = declare(
    code="level-skip",
    severity=Severity.HOLD,
    case=72,
    clause=f"{REFORM} 六（一）",
    summary="原则上不得越级破格；越级申报须有例外依据",
    message="由{base}直接申报{level}属于越级。请补充例外依据文号，由受理部门审定；无依据的请改报。",
    good="现职称级别 副高级 → 申报级别 正高级",
    bad="现职称级别 中级 → 申报级别 正高级",
)
LEVEL_SKIP_WITH_BASIS = declare(
    code="level-skip-with-basis",
    severity=Severity.WARNING,
    clause=f"{REFORM} 二（一）；一（四）1",
    summary="按专门政策越级申报的，须核对依据文号",
    message="按“{way}”越级申报，已填依据文号。请核对该依据确实适用。",
    good="出站博士后按人才激励政策申报正高级，依据文号齐全",
    bad="依据文号与本人无关",
)
NO_STEP_UP = declare(
    code="no-step-up",
    severity=Severity.HOLD,
    clause=f"{REFORM} 一（二）3",
    summary="现职称级别不低于申报级别的，须说明是否同级改职",
    message="现职称级别（{base}）不低于申报级别（{level}）。属同级改职的请将取得方式改为“同级改职”，否则请核对。",
    good="现职称 中级 → 申报 副高级",
    bad="现职称 副高级 → 申报 副高级，取得方式 常规评审",
)
CONVERSION_LEVEL = declare(
    code="conversion-level",
    severity=Severity.ERROR,
    clause=f"{REFORM} 一（二）3",
    summary="同级改职的现职称级别须与申报级别相同",
    message="同级改职须在同一级别内进行：现职称级别为{base}，申报级别为{level}。请核对级别，或更正取得方式。",
    good="同级改职，现职称级别 副高级 → 申报级别 副高级",
    bad="同级改职，现职称级别 中级 → 申报级别 副高级",
)
BASE_TITLE_MISSING = declare(
    code="base-title-missing",
    severity=Severity.HOLD,
    clause=f"{REFORM} 四（四）",
    summary="申报高级职称、同级改职须填写现职称级别",
    message="申报{level}未填写现职称级别，无法核对晋升顺序。请补充现职称、级别和取得时间。",
    good="申报级别 副高级，现职称级别 中级",
    bad="申报级别 副高级，现职称级别为空",
)
BASE_NOT_EARLIER = declare(
    code="base-not-earlier",
    severity=Severity.ERROR,
    case=83,
    clause=f"{REFORM} 四（四）",
    summary="现职称取得时间须早于本次评审日期",
    message="现职称取得时间不早于本次评审日期。请核对两个日期。",
    good="现职称取得时间2016-11-20，评审日期2023-09-19",
    bad="现职称取得时间2024-01-01，评审日期2023-09-19",
)
SENIOR_AFTER_DUAL_DIRECTED = declare(
    code="senior-after-dual-directed",
    severity=Severity.ERROR,
    case=62,
    clause=f"{DUAL} 一（三）",
    summary="双定向副高级—常规副高级—常规正高级，须依次晋升",
    message="现职称为双定向副高级，不能直接晋升正高级。请先取得常规副高级职称；任职年限可连续计算。",
    good="双定向副高级 → 常规副高级 → 常规正高级",
    bad="双定向副高级 → 常规正高级",
)
TENURE_SHORT = declare(
    code="tenure-short",
    severity=Severity.WARNING,
    case=84,
    clause=f"{REFORM} 一（七）1",
    summary="受聘现专业技术岗位年限：省级满5年、市（州）级满4年、县区级满3年，评聘结合满5年",
    message="按{field}计算，截至{cutoff}受聘不满{required}年。请核对时间，或说明所依据的政策。",
    good="县级单位，聘任起始2017-01-01，2023年度申报",
    bad="县级单位，聘任起始2021-01-01，2023年度申报",
)

_HIGH: Final = frozenset({Level.SENIOR, Level.DEPUTY_SENIOR})
_GROUP_AT: Final = {
    RegionKind.PROVINCE: TenureGroup.PROVINCE,
    RegionKind.CITY: TenureGroup.CITY,
    RegionKind.COUNTY: TenureGroup.COUNTY,
    RegionKind.ZONE: TenureGroup.COUNTY,
}
_EARLIEST_RETIREMENT: Final = 50  # the earliest usual age; who is younger by the years of the relief has none


def check_promotion(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    """Cases 62, 72, 83 and 84 for one row."""
    row = candidate.row
    if row.base_on is not None and row.reviewed_on is not None and row.base_on >= row.reviewed_on:
        yield BASE_NOT_EARLIER.finding(row=row.number, column="现职称取得时间")
    if row.level is not None:
        yield from _steps(candidate, row.level, docket)
    if candidate.way in (Way.REGULAR, Way.APPOINTMENT_LINKED):
        yield from _tenure(candidate, docket)


def _steps(candidate: Candidate, level: Level, docket: Docket) -> Iterator[Finding]:
    row, base = candidate.row, candidate.row.base_level
    if level is Level.SENIOR and _only_dual_directed(candidate):
        yield SENIOR_AFTER_DUAL_DIRECTED.finding(row=row.number, column="现职称")
    if base is None:
        exempt = _may_skip(candidate, docket) or "现职称级别" in row.unreadable
        if (level in _HIGH or candidate.way is Way.CONVERSION) and not exempt:
            yield BASE_TITLE_MISSING.finding(row=row.number, column="现职称级别", level=level.label)
    elif candidate.way is Way.CONVERSION:
        if base is not level:
            yield CONVERSION_LEVEL.finding(
                row=row.number, column="现职称级别", base=base.label, level=level.label
            )
    elif base > level + 1:
        yield _skip(candidate, base, level, docket)
    elif base <= level and not _equal_step_allowed(candidate, base, level):
        yield NO_STEP_UP.finding(row=row.number, column="现职称级别", base=base.label, level=level.label)


def _only_dual_directed(candidate: Candidate) -> bool:
    """The person's deputy senior title of this series is dual-directed, and there is no regular one."""
    deputies = [t for t in candidate.held if t.level is Level.DEPUTY_SENIOR and t.series == candidate.series]
    if any(not t.dual_directed for t in deputies):
        return False
    return bool(deputies) or candidate.row.base_dual_directed


def _may_skip(candidate: Candidate, docket: Docket) -> bool:
    policy = way_policy(candidate, docket)
    return policy is not None and policy.level_skip


def _skip(candidate: Candidate, base: Level, level: Level, docket: Docket) -> Finding:
    row = candidate.row
    if candidate.way is not None and row.basis_ref is not None and _may_skip(candidate, docket):
        return LEVEL_SKIP_WITH_BASIS.finding(row=row.number, column="依据文号", way=candidate.way.label)
    return LEVEL_SKIP.finding(row=row.number, column="现职称级别", base=base.label, level=level.label)


def _equal_step_allowed(candidate: Candidate, base: Level, level: Level) -> bool:
    if base is not level:
        return False
    return level is Level.DEPUTY_SENIOR and not candidate.dual_directed and _only_dual_directed(candidate)


def _tenure(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    """Nobody holds a post of a title before the appointment, nor before the title itself."""
    row, year = candidate.row, docket.header.review_year
    if year is None or row.base_level is None or row.level is None or row.base_level <= row.level:
        return
    required = _required_years(candidate, year, docket)
    cut_off = docket.facts.policies.value(Theme.CUT_OFF, first_of_year(year), CutOff)
    column, started = "聘任起始时间", row.appointed_on
    base_on = _base_on(candidate)
    if started is None or (base_on is not None and base_on > started):
        column, started = "现职称取得时间", base_on
    if required is None or cut_off is None or started is None:
        return
    cutoff = cut_off.in_review_year(year)
    if _full_years(started, cutoff) < required:
        yield TENURE_SHORT.finding(
            row=row.number, column=column, field=column, cutoff=cutoff.isoformat(), required=required
        )


def _base_on(candidate: Candidate) -> date | None:
    """When the base title was acquired; None after a dual-directed one, whose years may run on (211号 一（三）)."""
    row = candidate.row
    if row.base_dual_directed or (candidate.held and any(title.dual_directed for title in candidate.held)):
        return None
    return row.base_on


def _required_years(candidate: Candidate, year: int, docket: Docket) -> int | None:
    """The fewest years that the person may need: less where retirement may be near, in the years of that relief."""
    row, policies, day = candidate.row, docket.facts.policies, first_of_year(year)
    group = _group(candidate, day)
    years = None if group is None else policies.value(Theme.TENURE, day, Years, group)
    if years is None:
        return None
    whose = ReliefGroup.LINKED if group is TenureGroup.LINKED else ReliefGroup.SEPARATE
    relief = policies.value(Theme.TENURE_RELIEF, day, TenureRelief, whose)
    if relief is None:
        return years.years
    youngest = _EARLIEST_RETIREMENT - relief.before_retirement
    near = row.born_on is None or year - row.born_on.year >= youngest
    return years.years - (relief.years if near else 0)


def _group(candidate: Candidate, day: date | None) -> TenureGroup | None:
    row = candidate.row
    if candidate.way is Way.APPOINTMENT_LINKED or row.unit_kind == "评聘结合":
        return TenureGroup.LINKED
    if row.unit_kind != "事业" or day is None:
        return None
    region = region_at(row.unit_region or PROVINCE, day)
    return None if region is None else _GROUP_AT[region.kind]


def _full_years(start: date, end: date) -> int:
    """Years from the first day to the end of the last one: 2018-01-01 to 2022-12-31 are five."""
    after = date.fromordinal(end.toordinal() + 1)
    return after.year - start.year - ((after.month, after.day) < (start.month, start.day))
