"""The review meeting 例会: filed or approved before it was held, by the right authority, with these dates."""

from __future__ import annotations

from collections.abc import Iterator

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.registry import Committee, CommitteeKind, MeetingApproval, OfficeLevel
from certsvc.domain.rules.clauses import DUAL, ONLINE, REFORM
from certsvc.domain.rules.docket import Docket
from certsvc.domain.rules.registry import declare
from certsvc.domain.rules.terms import report_due
from certsvc.domain.submission import BatchHeader

_CLAUSE = f"{REFORM} 一（八）4；{DUAL} 四（三）"

APPROVAL_UNKNOWN = declare(
    code="approval-unknown",
    severity=Severity.ERROR,
    case=48,
    clause=_CLAUSE,
    summary="评审例会须事先备案或批复",
    message="例会批复文号未登记。请核对文号；例会未备案（批复）的评审结果不予办理。",
    good="吉人社职例〔2023〕17号（已登记）",
    bad="吉人社职例〔2023〕999号（未登记）",
)
APPROVAL_MISSING = declare(
    code="approval-missing",
    severity=Severity.ERROR,
    case=48,
    clause=_CLAUSE,
    summary="批次须填写例会批复文号",
    message="未填写例会批复文号。请补充；例会未备案（批复）的评审结果不予办理。",
    good="例会批复文号 吉人社职例〔2023〕17号",
    bad="例会批复文号为空",
)
APPROVAL_OF_OTHER_COMMITTEE = declare(
    code="approval-of-other-committee",
    severity=Severity.ERROR,
    case=48,
    clause=_CLAUSE,
    summary="例会备案（批复）须属于本评委会",
    message="该例会批复文号属于其他评委会。请核对文号或评委会代码。",
    good="本评委会的例会批复",
    bad="他评委会的例会批复",
)
APPROVAL_WRONG_AUTHORITY = declare(
    code="approval-wrong-authority",
    severity=Severity.ERROR,
    case=48,
    clause=_CLAUSE,
    summary="例会由省厅备案；双定向例会由所属市（州）批复",
    message="例会应由{expected}备案（批复），登记的批复单位不符。请重新履行例会手续。",
    good="双定向例会由延边州人社局批复",
    bad="双定向例会由县人社局批复",
)
APPROVAL_DATES_DIFFER = declare(
    code="approval-dates-differ",
    severity=Severity.ERROR,
    case=48,
    clause=_CLAUSE,
    summary="批次的例会日期须与备案（批复）一致",
    message="{what}与登记的例会备案（批复）不一致。请核对；会期有变更的请先变更备案。",
    good="批复会期2023-09-18至21，批次会期相同",
    bad="批复会期2023-09-18至21，批次会期2023-09-25至26",
)
APPROVAL_TOO_LATE = declare(
    code="approval-too-late",
    severity=Severity.ERROR,
    case=48,
    clause=_CLAUSE,
    summary="例会须先备案（批复）后召开",
    message="例会批复日期晚于评审开始日期。未经备案（批复）召开的例会，其评审结果不予办理。",
    good="批复2023-09-08，评审2023-09-18",
    bad="批复2023-09-20，评审2023-09-18",
)
APPROVAL_SAME_DAY = declare(
    code="approval-same-day",
    severity=Severity.HOLD,
    case=48,
    clause=_CLAUSE,
    summary="例会批复与评审同日的，须核实先后",
    message="例会批复日期与评审开始日期为同一天，无法判断先后。请补充说明，由受理部门审定。",
    good="批复2023-09-08，评审2023-09-18",
    bad="批复与评审均为2023-09-18",
)
MEETING_BACKWARDS = declare(
    code="meeting-backwards",
    severity=Severity.ERROR,
    clause=f"{REFORM} 一（八）4",
    summary="评审结束日期不得早于开始日期",
    message="评审结束日期早于评审开始日期。请核对两个日期。",
    good="2023-09-18至2023-09-21",
    bad="2023-09-21至2023-09-18",
)
REPORTED_BEFORE_END = declare(
    code="reported-before-end",
    severity=Severity.ERROR,
    clause=f"{ONLINE} 三.5",
    summary="评审结束后才能报送结果",
    message="结果报送日期早于评审结束日期。请核对两个日期。",
    good="评审结束2023-09-21，报送2023-09-22",
    bad="评审结束2023-09-21，报送2023-09-20",
)
REPORTED_LATE = declare(
    code="reported-late",
    severity=Severity.INFO,
    clause=f"{ONLINE} 三.5",
    summary="评审结束后次日报送结果",
    message="结果报送晚于评审结束次日，已记入监督事项，不影响办理。",
    good="评审结束2023-09-21，报送2023-09-22",
    bad="评审结束2023-09-21，报送2023-09-25",
)
VACANCY_PLAN_MISSING = declare(
    code="vacancy-plan-missing",
    severity=Severity.ERROR,
    case=51,
    clause=f"{REFORM} 四（四）",
    summary="评聘结合单位须有已备案的三年空岗使用计划",
    message="空岗使用计划备案号未登记于本评委会，或不含本评审年度。请先办理三年空岗使用计划备案。",
    good="长人社岗备〔2023〕8号，含2023年度",
    bad="未填空岗使用计划备案号",
)


def check_meeting(docket: Docket) -> Iterator[Finding]:
    """Cases 48 and 51 for the batch, and the report of results."""
    header, committee = docket.header, docket.committee
    yield from _days(header, docket)
    if docket.header_left_empty("例会批复文号", header.approval_ref):
        yield APPROVAL_MISSING.finding(column="例会批复文号")
    elif header.approval_ref is not None and docket.approval is None:
        yield APPROVAL_UNKNOWN.finding(column="例会批复文号")
    if docket.approval is not None and committee is not None:
        yield from _approval(docket.approval, committee, docket)
    if committee is not None and committee.kind is CommitteeKind.APPOINTMENT_LINKED:
        yield from _vacancy_plan(committee, docket)


def _days(header: BatchHeader, docket: Docket) -> Iterator[Finding]:
    first, last, reported = header.meeting_starts_on, header.meeting_ends_on, header.reported_on
    if first is not None and last is not None and last < first:
        yield MEETING_BACKWARDS.finding(column="评审结束日期")
    if last is not None and reported is not None:
        if reported < last:
            yield REPORTED_BEFORE_END.finding(column="结果报送日期")
        elif reported > (report_due(docket, last) or reported):
            yield REPORTED_LATE.finding(column="结果报送日期")


def _approval(approval: MeetingApproval, committee: Committee, docket: Docket) -> Iterator[Finding]:
    header = docket.header
    if approval.committee != committee.code:
        yield APPROVAL_OF_OTHER_COMMITTEE.finding(column="例会批复文号")
        return
    expected = _wrong_authority(approval, docket)
    if expected is not None:
        yield APPROVAL_WRONG_AUTHORITY.finding(column="例会批复文号", expected=expected)
    if header.approval_on is not None and header.approval_on != approval.approved_on:
        yield APPROVAL_DATES_DIFFER.finding(column="例会批复日期", what="例会批复日期")
    for column, claimed, filed in (
        ("评审开始日期", header.meeting_starts_on, approval.meeting[0]),
        ("评审结束日期", header.meeting_ends_on, approval.meeting[1]),
    ):
        if claimed is not None and claimed != filed:
            yield APPROVAL_DATES_DIFFER.finding(column=column, what=column)
    if docket.meeting_on is not None:
        if approval.approved_on > docket.meeting_on:
            yield APPROVAL_TOO_LATE.finding(column="例会批复日期")
        elif approval.approved_on == docket.meeting_on:
            yield APPROVAL_SAME_DAY.finding(column="例会批复日期")


def _wrong_authority(approval: MeetingApproval, docket: Docket) -> str | None:
    """Who should have approved, when somebody else did."""
    registry = docket.facts.registry
    if docket.dual_directed:
        expected = docket.filing_city
        if expected is None or approval.by == expected:
            return None
        city = registry.department(expected)
        return "所属市（州）人社局" if city is None else city.name
    by = registry.department(approval.by)
    return None if by is not None and by.level is OfficeLevel.PROVINCE else "省人力资源和社会保障厅"


def _vacancy_plan(committee: Committee, docket: Docket) -> Iterator[Finding]:
    ref, year = docket.header.vacancy_plan_ref, docket.header.review_year
    if ref is None and not docket.header_left_empty("空岗使用计划备案号", ref):
        return
    plan = next((p for p in committee.vacancy_plans if p.ref == ref), None)
    if plan is None or (year is not None and year not in plan.years):
        yield VACANCY_PLAN_MISSING.finding(column="空岗使用计划备案号")
