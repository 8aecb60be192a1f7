"""Results of the review and of publicity for each person, and continuing education."""

from __future__ import annotations

from collections.abc import Iterator

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.intake_words import EDUCATION_NOT_DONE
from certsvc.domain.policy.values import Required, Theme
from certsvc.domain.rules.clauses import EPIDEMIC, ONLINE, REFORM
from certsvc.domain.rules.docket import Candidate, Docket
from certsvc.domain.rules.policies import first_of_year
from certsvc.domain.rules.registry import declare

NOT_PASSED = declare(
    code="not-passed",
    severity=Severity.INFO,
    clause=f"{ONLINE} 三.7",
    summary="未通过评审的人员不发证书",
    message="评审结果为未通过，不生成电子证书，无需处理。",
    good="评审结果 通过",
    bad="评审结果 未通过",
)
OBJECTION_UPHELD = declare(
    code="objection-upheld",
    severity=Severity.ERROR,
    clause=f"{EPIDEMIC} 五（四）",
    summary="公示异议成立的，不予办理",
    message="公示异议成立，本行不予办理。请从公布名单中撤出。",
    good="公示结果 无异议",
    bad="公示结果 异议成立",
)
OBJECTION_OPEN = declare(
    code="objection-open",
    severity=Severity.HOLD,
    clause=f"{EPIDEMIC} 五（四）；{REFORM} 四（五）",
    summary="公示有异议的，核查完毕前暂缓",
    message="公示期间有异议，核查完毕前暂缓办理，不影响其他人员。核查后请补报“异议成立”或“异议不成立”。",
    good="公示结果 异议不成立",
    bad="公示结果 有异议",
)
EDUCATION_MISSING = declare(
    code="continuing-education-missing",
    severity=Severity.HOLD,
    case=81,
    clause=f"{REFORM} 三（三）",
    summary="2023年起申报须完成继续教育学时",
    message="2023年起继续教育学时为申报必备条件，本行未填继续教育情况。请补充“合格”或学时证明编号。",
    good="申报日期2023-02-05，继续教育情况 合格",
    bad="申报日期2023-02-05，继续教育情况为空",
)
EDUCATION_FAILED = declare(
    code="continuing-education-failed",
    severity=Severity.ERROR,
    case=81,
    clause=f"{REFORM} 三（三）",
    summary="未按要求参加继续教育的，不得参加申报评审",
    message="继续教育情况填写为“{state}”，不符合申报条件，本行不予办理。填写有误的请更正后重报。",
    good="继续教育情况 合格",
    bad="继续教育情况 不合格",
)
REVIEW_OUTSIDE_MEETING = declare(
    code="review-outside-meeting",
    severity=Severity.ERROR,
    clause=f"{REFORM} 一（八）4",
    summary="评审日期须在备案的评审会议期间",
    message="评审日期不在批次的评审会议起止日期之内。请核对评审日期。",
    good="会议2023-09-18至21，评审日期2023-09-19",
    bad="会议2023-09-18至21，评审日期2023-09-25",
)
APPLIED_AFTER_REVIEW = declare(
    code="applied-after-review",
    severity=Severity.ERROR,
    clause=f"{ONLINE} 三",
    summary="申报日期不得晚于评审日期",
    message="申报日期晚于评审日期。请核对两个日期。",
    good="申报日期2023-02-10，评审日期2023-09-19",
    bad="申报日期2023-10-10，评审日期2023-09-19",
)
BATCH_HELD = declare(
    code="batch-held",
    severity=Severity.HOLD,
    clause=f"{REFORM} 六（二）",
    summary="批次信息有暂缓事项的，全部人员随批次暂缓",
    message="本行无误，因批次信息有暂缓事项（见批次信息的审查意见）随批次暂缓，事项办结后继续办理。",
    good="批次信息无暂缓事项",
    bad="正高级通过比例超过核定比例，待核准部门确认",
)
ROW_INCOMPLETE = declare(
    code="row-incomplete",
    severity=Severity.ERROR,
    clause=f"{REFORM} 四（四）",
    summary="证书必备项目须齐全",
    message="缺少制证必需的项目：{columns}。请补齐后重报。",
    good="姓名、证件、系列、专业、级别、名称、取得方式、评审日期齐全",
    bad="评审日期为空",
)


def check_result(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    """Objections, case 81, and dates of the row."""
    row = candidate.row
    if row.objection == "异议成立":
        yield OBJECTION_UPHELD.finding(row=row.number, column="公示结果")
    elif row.objection == "有异议":
        yield OBJECTION_OPEN.finding(row=row.number, column="公示结果")
    yield from _dates(candidate, docket)
    yield from _education(candidate, docket)


def _dates(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    row, header = candidate.row, docket.header
    if row.reviewed_on is None:
        return
    first, last = header.meeting_starts_on, header.meeting_ends_on
    if (first is not None and row.reviewed_on < first) or (last is not None and row.reviewed_on > last):
        yield REVIEW_OUTSIDE_MEETING.finding(row=row.number, column="评审日期")
    if row.applied_on is not None and row.applied_on > row.reviewed_on:
        yield APPLIED_AFTER_REVIEW.finding(row=row.number, column="申报日期")


def _education(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    row = candidate.row
    year = docket.header.review_year if row.applied_on is None else row.applied_on.year
    applied_on = row.applied_on or first_of_year(year)
    required = docket.facts.policies.value(Theme.CONTINUING_EDUCATION, applied_on, Required)
    if required is None or not required.required:
        return
    state = row.continuing_education
    if candidate.left_empty("继续教育情况", state):
        yield EDUCATION_MISSING.finding(row=row.number, column="继续教育情况")
    elif state is not None and state.startswith(EDUCATION_NOT_DONE):
        yield EDUCATION_FAILED.finding(row=row.number, column="继续教育情况", state=state)
