"""Incentives and grassroots ways: who may take them, to which title, and how often."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final
from unicodedata import normalize

from certsvc.domain.facts import HeldTitle
from certsvc.domain.findings import Finding, Severity
from certsvc.domain.levels import Level
from certsvc.domain.policy.values import Examination, Theme, WayPolicy
from certsvc.domain.rules.clauses import EPIDEMIC, REFORM
from certsvc.domain.rules.docket import Candidate, Docket
from certsvc.domain.rules.policies import review_day, way_policy
from certsvc.domain.rules.registry import Rule, declare
from certsvc.domain.series import SERIES
from certsvc.domain.submission import SubmittedRow
from certsvc.domain.ways import Way

GRASSROOTS_3010 = declare(
    code="grassroots-3010",
    severity=Severity.ERROR,
    case=73,
    clause=f"{REFORM} 一（四）1",
    summary="基层“3010”只认定副高级职称，考试系列除外",
    message="基层“3010”只能认定考试系列以外的副高级职称。请核对申报级别和系列。",
    good="农业技术人员 副高级",
    bad="农业技术人员 正高级，或会计人员 副高级",
)
GRASSROOTS_DEGREE = declare(
    code="grassroots-degree",
    severity=Severity.ERROR,
    case=74,
    clause=f"{REFORM} 一（四）1",
    summary="基层博士认定副高级、硕士认定中级，考试系列除外",
    message="基层博士可认定副高级、硕士可认定中级，且不含考试系列。请核对学位、申报级别和系列。",
    good="硕士，中级",
    bad="硕士，副高级",
)
TALENT_POST_ONLY = declare(
    code="talent-post-only",
    severity=Severity.ERROR,
    case=75,
    clause=f"{REFORM} 二（一）",
    summary="A、B类人才兑现的是岗位，不是职称",
    message="A、B类人才按政策直聘专业技术岗位，不发职称证书。请走岗位管理程序，本行不予办理。",
    good="C类人才，副高级",
    bad="A类人才，正高级",
)
TALENT_CLASS_MISSING = declare(
    code="talent-class-missing",
    severity=Severity.HOLD,
    case=75,
    clause=f"{REFORM} 二（一）",
    summary="人才激励须注明人才类别：A、B类兑现岗位，C、D、E类和博士、博士后评定职称",
    message="未注明人才类别，无法判断兑现的是职称还是岗位。请在“依据文号”或“备注”注明C类、D类、E类、博士或出站博士后。",
    good="备注 C类人才",
    bad="人才激励待遇兑现，备注为空",
)
TALENT_LEVEL = declare(
    code="talent-level",
    severity=Severity.ERROR,
    clause=f"{REFORM} 二（一）",
    summary="人才激励直接评定的是高级职称",
    message="人才激励政策直接评定高级职称，不含{level}。请核对申报级别或取得方式。",
    good="人才激励，副高级",
    bad="人才激励，中级",
)
SECOND_AID_INCENTIVE = declare(
    code="second-aid-incentive",
    severity=Severity.HOLD,
    case=76,
    clause=f"{REFORM} 二（二）",
    summary="援外人员职称激励政策只享受一次",
    message="该人员此前已享受过援疆援藏援外支教职称激励政策。请核实；该政策每人只享受一次。",
    good="首次享受激励政策",
    bad="激励取得的职称被核销后再次以激励方式申报",
)
AID_BASIS_MISSING = declare(
    code="aid-basis-missing",
    severity=Severity.ERROR,
    clause=f"{REFORM} 二（二）",
    summary="援外人员激励须有派出文件",
    message="按援疆援藏援外支教激励政策申报，未填派出文件文号。请在“依据文号”补充。",
    good="依据文号 吉组派〔2019〕3号",
    bad="依据文号为空",
)
EPIDEMIC_AND_REGULAR = declare(
    code="epidemic-and-regular",
    severity=Severity.ERROR,
    case=77,
    clause=f"{EPIDEMIC} 一；{REFORM} 二（三）",
    summary="参加年度正常评审通过的人员，不再单独给予抗疫激励",
    message="该人员同一年度已通过正常评审或抗疫激励评审取得职称，两者只能取其一。请核对后撤出本行。",
    good="当年只通过抗疫激励评审",
    bad="2022年度常规评审与抗疫激励评审均通过",
)
EPIDEMIC_TENURE = declare(
    code="epidemic-tenure",
    severity=Severity.HOLD,
    clause=f"{EPIDEMIC} 一；{REFORM} 二（三）",
    summary="抗疫激励须聘任相应级别岗位满三年（企业人员取得现资格满三年）",
    message="按“{field}”计算，至评审时不满{years}年。请核对时间；确不满的不符合抗疫激励条件。",
    good="聘任起始2019-10-01，评审2023-03-01",
    bad="聘任起始2021-10-01，评审2023-03-01",
)
WAY_BASE_YEARS = declare(
    code="way-base-years",
    severity=Severity.HOLD,
    clause=f"{REFORM} 一（四）1；二（三）",
    summary="政策规定了任职年限的取得方式，须满规定年限",
    message="按“{field}”计算，至评审时不满{years}年。请核对时间；确不满的不符合该取得方式的条件。",
    good="政策要求满3年，聘任起始2019-10-01，评审2023-03-01",
    bad="政策要求满3年，聘任起始2021-10-01，评审2023-03-01",
    since="2026-11-21.2",
)
RURAL_TOO_EARLY = declare(
    code="rural-too-early",
    severity=Severity.ERROR,
    case=80,
    clause=f"{REFORM} 二（四）",
    summary="乡村振兴人才职称评审自2021年起组织",
    message="乡村振兴人才职称评审自2021年起开展，评审日期早于2021年。请核对评审日期或取得方式。",
    good="评审日期2021-08-20",
    bad="评审日期2020-08-20",
)
SKILLED_WORKER_FIELD = declare(
    code="skilled-worker-field",
    severity=Severity.ERROR,
    clause=f"{REFORM} 一（一）2",
    summary="高技能人才贯通限于八个技术领域",
    message="高技能人才贯通限于工程、农业、工艺美术、文物博物、实验技术、艺术、体育、技工院校教师。请核对系列。",
    good="高技能人才贯通，工程技术人员",
    bad="高技能人才贯通，会计人员",
)

_ORDINARY: Final = frozenset(
    {Way.REGULAR, Way.APPOINTMENT_LINKED, Way.SELF_REVIEW, Way.SCHOOL_UP_TO_DEPUTY_SENIOR, Way.SCHOOL_SENIOR}
)
_TALENT_CLASS: Final = re.compile(r"(?<![A-Z])([A-E])\s*类")
_POST_ONLY_CLASSES: Final = frozenset("AB")
_TOP_POST: Final = re.compile(r"(?<!十)[一二]级")


def check_incentive(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    """Cases 73-77 and 80 for one row."""
    policy = way_policy(candidate, docket) or _NOTHING_SAID
    match candidate.way:
        case Way.GRASSROOTS_3010:
            yield from _grassroots_3010(candidate, policy, docket)
        case Way.GRASSROOTS_DEGREE:
            yield from _grassroots_degree(candidate, policy, docket)
        case Way.TALENT_INCENTIVE:
            yield from _talent(candidate, policy)
        case Way.AID_MISSION:
            yield from _aid(candidate, docket)
        case Way.ANTI_EPIDEMIC:
            yield from _base_years(candidate, policy, EPIDEMIC_TENURE)
        case Way.RURAL_TALENT:
            yield from _rural(candidate, docket)
        case Way.SKILLED_WORKER:
            yield from _skilled(candidate, policy)
        case _:
            yield from _base_years(candidate, policy, WAY_BASE_YEARS)
    if candidate.held:
        yield from _same_year(candidate, docket)


_NOTHING_SAID: Final = WayPolicy(levels=frozenset(Level))
"""Before a way's first policy: the title rules hold or refuse the row, and nothing is told twice."""


def _examined_series(candidate: Candidate, policy: WayPolicy, docket: Docket) -> bool:
    """True for a series with a national examination where the way leaves those out 考试系列除外."""
    if policy.examined or candidate.series is None:
        return False
    day, name = review_day(candidate, docket), SERIES[candidate.series]
    examination = docket.facts.policies.value(Theme.EXAMINATION, day, Examination, name)
    return examination is not None and examination.certain


def _words(candidate: Candidate) -> str:
    return f"{candidate.row.basis_ref or ''} {candidate.row.remark or ''}"


def _grassroots_3010(candidate: Candidate, policy: WayPolicy, docket: Docket) -> Iterator[Finding]:
    row = candidate.row
    wrong_level = row.level is not None and row.level not in policy.levels
    if wrong_level or _examined_series(candidate, policy, docket):
        yield GRASSROOTS_3010.finding(row=row.number, column="申报级别")
    yield from _years_since(row, "聘任起始时间", row.appointed_on, policy, WAY_BASE_YEARS)


def _grassroots_degree(candidate: Candidate, policy: WayPolicy, docket: Docket) -> Iterator[Finding]:
    row, words = candidate.row, _words(candidate)
    only_master = "硕士" in words and "博士" not in words
    wrong_level = row.level is not None and row.level not in policy.levels
    too_high = only_master and row.level is Level.DEPUTY_SENIOR
    if wrong_level or too_high or _examined_series(candidate, policy, docket):
        yield GRASSROOTS_DEGREE.finding(row=row.number, column="申报级别")


def _talent(candidate: Candidate, policy: WayPolicy) -> Iterator[Finding]:
    row = candidate.row
    places = {"依据文号": row.basis_ref, "岗位说明": row.post, "备注": row.remark}
    classes = {column: _classes(text) for column, text in places.items()}
    post_only = [column for column, found in classes.items() if found & _POST_ONLY_CLASSES]
    if not post_only and _TOP_POST.search(row.post or ""):
        post_only = ["岗位说明"]
    if post_only:
        yield TALENT_POST_ONLY.finding(row=row.number, column=post_only[0])
    elif not any(classes.values()) and "博士" not in _words(candidate):
        yield TALENT_CLASS_MISSING.finding(row=row.number, column="备注")
    if row.level is not None and row.level not in policy.levels:
        yield TALENT_LEVEL.finding(row=row.number, column="申报级别", level=row.level.label)


def _classes(text: str | None) -> frozenset[str]:
    """The classes A to E of talent that a text names, in whatever width or case."""
    return frozenset(_TALENT_CLASS.findall(normalize("NFKC", text or "").upper()))


def _aid(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    row = candidate.row
    if candidate.left_empty("依据文号", row.basis_ref):
        yield AID_BASIS_MISSING.finding(row=row.number, column="依据文号")
    used = candidate.person in docket.facts.aided_before
    if used or any(title.way == Way.AID_MISSION for title in candidate.held):
        yield SECOND_AID_INCENTIVE.finding(row=row.number, column="取得方式")


def _rural(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    row, day = candidate.row, review_day(candidate, docket)
    since = docket.facts.policies.first_day(Theme.WAY, Way.RURAL_TALENT.label)
    if day is not None and since is not None and day < since:
        yield RURAL_TOO_EARLY.finding(row=row.number, column="评审日期")


def _skilled(candidate: Candidate, policy: WayPolicy) -> Iterator[Finding]:
    fields = policy.series
    if fields is not None and candidate.series is not None and candidate.series not in fields:
        yield SKILLED_WORKER_FIELD.finding(row=candidate.row.number, column="申报系列")


def _base_years(candidate: Candidate, policy: WayPolicy, rule: Rule) -> Iterator[Finding]:
    row = candidate.row
    enterprise = row.unit_kind == "企业"
    column, since = ("现职称取得时间", row.base_on) if enterprise else ("聘任起始时间", row.appointed_on)
    yield from _years_since(row, column, since, policy, rule)


def _years_since(
    row: SubmittedRow, column: str, since: date | None, policy: WayPolicy, rule: Rule
) -> Iterator[Finding]:
    if since is None or row.reviewed_on is None or policy.base_years is None:
        return
    years = policy.base_years
    if (since.year + years, since.month, since.day) > (
        row.reviewed_on.year,
        row.reviewed_on.month,
        row.reviewed_on.day,
    ):
        yield rule.finding(row=row.number, column=column, field=column, years=years)


def _same_year(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    year = docket.header.review_year
    if candidate.way is Way.ANTI_EPIDEMIC:
        excluded = _ORDINARY
    elif candidate.way in _ORDINARY:
        excluded = frozenset({Way.ANTI_EPIDEMIC})
    else:
        return
    if year is not None and any(t.way in excluded and _year_of(t) == year for t in candidate.held):
        yield EPIDEMIC_AND_REGULAR.finding(row=candidate.row.number, column="取得方式")


def _year_of(title: HeldTitle) -> int:
    return title.acquired_on.year if title.review_year is None else title.review_year
