"""Dual-directed review 双定向: only ten counties, only deputy senior, only there, only level-seven posts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.levels import Level
from certsvc.domain.policy.values import DualDirectedPosts, Persons, Theme
from certsvc.domain.registry import CountyProfile
from certsvc.domain.rules.clauses import DUAL
from certsvc.domain.rules.docket import PASSED, Candidate, Docket
from certsvc.domain.rules.registry import declare
from certsvc.domain.series import series_named
from certsvc.domain.validity_area import may_evaluate

SENIOR_LEVEL = declare(
    code="dual-directed-senior",
    severity=Severity.ERROR,
    case=52,
    clause=f"{DUAL} 一（三）",
    summary="双定向评审层级为副高级，不含正高级",
    message="双定向只评审副高级，不得报正高级。请核对申报级别；正高级须在取得常规副高级后走常规评审。",
    good="双定向 副高级",
    bad="双定向 正高级",
)
LOWER_LEVEL = declare(
    code="dual-directed-lower-level",
    severity=Severity.ERROR,
    case=53,
    clause=f"{DUAL} 一（三）",
    summary="双定向评审层级为副高级，不含中级、初级",
    message="双定向只评审副高级，不得报{level}。请核对申报级别或取得方式。",
    good="双定向 副高级",
    bad="双定向 中级",
)
COUNTY_NOT_LISTED = declare(
    code="dual-directed-county",
    severity=Severity.ERROR,
    case=54,
    clause=f"{DUAL} 一（一）",
    summary="双定向只在十个县（市、区）开展",
    message="该县（市、区）不在开展双定向的十个县（市、区）之列。请核对区划代码，或改走常规评审。",
    good="222404（珲春市）",
    bad="220605（白山市江源区）",
)
AREA_DIFFERS = declare(
    code="dual-directed-area",
    severity=Severity.ERROR,
    case=55,
    clause=f"{DUAL} 一（三）",
    summary="有效区域、评委会所属县、单位所属县三者一致",
    message="有效区域与{other}不一致或未填写。双定向职称只在本县（市、区）范围内有效，请核对。",
    good="评委会、单位、有效区域均为222404",
    bad="单位220106，有效区域222404",
)
AREA_NOT_WANTED = declare(
    code="validity-area-not-wanted",
    severity=Severity.ERROR,
    case=56,
    clause=f"{DUAL} 一（三）",
    summary="只有双定向职称限定有效区域",
    message="非双定向职称不得填写有效区域。请清空该列，或核对取得方式。",
    good="常规评审，有效区域为空",
    bad="常规评审，有效区域222404",
)
NOT_STARTED = declare(
    code="dual-directed-not-started",
    severity=Severity.ERROR,
    case=58,
    clause=f"{DUAL} 一（三）；五（一）",
    summary="县（市、区）启动双定向后才能评审",
    message="评审会议早于双定向启动条件的完成：{what}。请补充启动依据或核对会议日期。",
    good="2023-11-14启动，2023-11-19评审",
    bad="2023-11-14启动，2023-11-10评审",
)
CRITERIA_NOT_FILED = declare(
    code="dual-directed-criteria",
    severity=Severity.ERROR,
    clause=f"{DUAL} 二（二）",
    summary="评审标准条件须先经市（州）确认并向省厅备案",
    message="评审会议时，本县（市、区）双定向评审标准条件{what}。请先完成标准条件的确认和备案。",
    good="标准条件2023-11-14备案，2023-11-19评审",
    bad="标准条件未向省厅备案",
)
SERIES_NOT_EVALUATED = declare(
    code="dual-directed-series",
    severity=Severity.ERROR,
    case=59,
    clause=f"{DUAL} 一（二）",
    summary="双定向系列须经市（州）人社部门综合评估",
    message="申报系列不在本县（市、区）经市（州）综合评估确定的双定向系列之内。请核对系列。",
    good="珲春市 农业技术人员",
    bad="珲春市 卫生技术人员（未评估）",
)
POST_NOT_SEVEN = declare(
    code="dual-directed-post",
    severity=Severity.ERROR,
    case=61,
    clause=f"{DUAL} 三",
    summary="双定向副高级只兑现专业技术七级岗位",
    message="岗位说明应为“{post}”。双定向副高级只兑现该级岗位，不进行小层级晋升，请更正。",
    good="专业技术七级岗位",
    bad="专业技术六级岗位",
)
ABOVE_TEN_PERCENT = declare(
    code="dual-directed-ten-percent",
    severity=Severity.WARNING,
    case=60,
    clause=f"{DUAL} 三",
    summary="双定向岗位原则上不超过常规副高级岗位总量的10%",
    message="连同本批次，本县（市、区）双定向副高级达{total}人（岗位{quota}个），超过常规副高级岗位{posts}个的{percent}%。请确认。",
    good="常规副高级岗位420个，双定向42人",
    bad="常规副高级岗位420个，双定向43人",
)
QUOTA_EXCEEDED = declare(
    code="dual-directed-quota",
    severity=Severity.ERROR,
    clause=f"{DUAL} 三",
    summary="双定向岗位实行总量控制",
    message="连同本批次，本县（市、区）双定向副高级达{total}人，超过岗位总量{quota}个。请核减后报送。",
    good="总量42个，累计42人",
    bad="总量42个，累计43人",
)
YEARLY_EXCEEDED = declare(
    code="dual-directed-yearly",
    severity=Severity.HOLD,
    clause=f"{DUAL} 三",
    summary="每年只使用双定向岗位数的一定比例",
    message="本批次通过{passed}人，超过{year}年度可使用的双定向岗位{usable}个。请由所属市（州）人社局确认后继续。",
    good="当年可用14个，通过8人",
    bad="当年可用14个，通过15人",
)

_GRADE: Final = re.compile(r"[一二三四五六七八九十]+级")


def check_county(docket: Docket) -> Iterator[Finding]:
    """Cases 54, 58 and 60 for a batch of a dual-directed committee."""
    if not docket.dual_directed or docket.committee is None or docket.committee.county is None:
        return
    if not may_evaluate(docket.committee.county, docket.meeting_on, docket.facts.policies):
        yield COUNTY_NOT_LISTED.finding(column="评委会代码")
    elif docket.profile is None:
        yield NOT_STARTED.finding(column="评审开始日期", what="尚未登记启动情况")
    if docket.profile is not None:
        yield from _preconditions(docket.profile, docket)
        yield from _posts(docket.profile, docket)


def check_dual_directed(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    """Cases 52-56, 59 and 61 for one row."""
    row = candidate.row
    if not candidate.dual_directed:
        if row.validity_area is not None and candidate.way is not None:
            yield AREA_NOT_WANTED.finding(row=row.number, column="有效区域")
        return
    if row.level is Level.SENIOR:
        yield SENIOR_LEVEL.finding(row=row.number, column="申报级别")
    elif row.level is not None and row.level is not Level.DEPUTY_SENIOR:
        yield LOWER_LEVEL.finding(row=row.number, column="申报级别", level=row.level.label)
    yield from _area(candidate, docket)
    if docket.profile is not None and row.series is not None:
        yield from _series(candidate, docket.profile, docket.meeting_on)
    posts = docket.facts.policies.value(Theme.DUAL_DIRECTED_POSTS, docket.meeting_on, DualDirectedPosts)
    if posts is not None and "岗位说明" not in row.unreadable and not _same_grade(row.post or "", posts.post):
        yield POST_NOT_SEVEN.finding(row=row.number, column="岗位说明", post=posts.post)


def _area(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    row, area = candidate.row, candidate.row.validity_area
    if candidate.left_empty("有效区域", area):
        yield AREA_DIFFERS.finding(row=row.number, column="有效区域", other="本县（市、区）")
    claimed = [area] if area is not None else []
    if docket.dual_directed and row.unit_region is not None:
        claimed.append(row.unit_region)
    policies = docket.facts.policies
    if not all(may_evaluate(code, docket.meeting_on, policies) for code in claimed):
        yield COUNTY_NOT_LISTED.finding(row=row.number, column="有效区域")
    if area is None:
        return
    others = []
    if row.unit_region is not None and row.unit_region != area:
        others.append("单位所属行政区划")
    if docket.dual_directed and docket.committee is not None and docket.committee.county != area:
        others.append("评委会所属县（市、区）")
    if others:
        yield AREA_DIFFERS.finding(row=row.number, column="有效区域", other="、".join(others))


def _series(candidate: Candidate, profile: CountyProfile, meeting_on: date | None) -> Iterator[Finding]:
    for name, evaluated_on in profile.series.items():
        same = name == candidate.row.series or (
            candidate.series is not None and series_named(name) == candidate.series
        )
        if same and evaluated_on is not None and (meeting_on is None or evaluated_on <= meeting_on):
            return
    yield SERIES_NOT_EVALUATED.finding(row=candidate.row.number, column="申报系列")


def _same_grade(post: str, wanted: str) -> bool:
    """True when the post names exactly the grade of the policy."""
    return set(_GRADE.findall(post)) == set(_GRADE.findall(wanted))


def _preconditions(profile: CountyProfile, docket: Docket) -> Iterator[Finding]:
    meeting_on = docket.meeting_on
    if meeting_on is None:
        return
    since = docket.facts.policies.first_day(Theme.DUAL_DIRECTED_COUNTY, profile.region)
    steps = (
        (since, "双定向通知印发"),
        (profile.consented_on, "县（市、区）委、政府研究同意"),
        (profile.filed_city_on, "向所属市（州）备案"),
        (profile.filed_province_on, "向省厅备案"),
        (profile.starts_on, "启动时间"),
    )
    late = [name for done_on, name in steps if done_on is None or done_on > meeting_on]
    if late:
        yield NOT_STARTED.finding(column="评审开始日期", what="、".join(late))
    criteria = profile.criteria
    if criteria is None or not _by(criteria.confirmed_by_city_on, meeting_on):
        yield CRITERIA_NOT_FILED.finding(column="评审开始日期", what="尚未经市（州）确认")
    elif not _by(criteria.filed_province_on, meeting_on):
        yield CRITERIA_NOT_FILED.finding(column="评审开始日期", what="尚未向省厅备案")


def _by(done_on: date | None, meeting_on: date) -> bool:
    return done_on is not None and done_on <= meeting_on


def _posts(profile: CountyProfile, docket: Docket) -> Iterator[Finding]:
    passed = sum(c.row.result == PASSED and c.dual_directed for c in docket.candidates)
    total = docket.facts.dual_directed_holders.get(profile.region, 0) + passed
    posts = profile.regular_deputy_senior_posts
    if total > profile.quota:
        yield QUOTA_EXCEEDED.finding(column="通过人数", total=total, quota=profile.quota)
    policies, day = docket.facts.policies, docket.meeting_on
    share = policies.value(Theme.DUAL_DIRECTED_POSTS, day, DualDirectedPosts)
    if share is not None and max(total, profile.quota) * 100 > share.percent * posts:
        yield ABOVE_TEN_PERCENT.finding(
            column="通过人数", total=total, quota=profile.quota, posts=posts, percent=share.percent
        )
    year = docket.header.review_year
    set_by_policy = policies.value(Theme.DUAL_DIRECTED_USABLE, day, Persons, profile.region)
    usable = None if year is None else profile.usable.get(year)
    if set_by_policy is not None:
        usable = set_by_policy.persons
    if usable is not None and passed > usable:
        yield YEARLY_EXCEEDED.finding(column="通过人数", passed=passed, year=year, usable=usable)
