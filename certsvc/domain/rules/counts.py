"""Counts: the announced list agrees with the rows received; pass ratios and quotas are those approved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.levels import Level
from certsvc.domain.policy.values import RatioBonus, RatioCap, RatioGroup, Theme
from certsvc.domain.registry import Committee, CommitteeKind
from certsvc.domain.rules.clauses import ONLINE, REFORM
from certsvc.domain.rules.docket import PASSED, Docket
from certsvc.domain.rules.registry import declare
from certsvc.domain.rules.shares import check_shares, passed_by_level

_RATIO_CLAUSE: Final = f"{REFORM} 一（二）4；一（六）1"

ROW_COUNT = declare(
    code="row-count",
    severity=Severity.ERROR,
    case=69,
    clause=f"{ONLINE} 三.6",
    summary="行数须与收到的汇总表一致",
    message="批次信息填写{claimed}行，实际收到{received}行。请核对汇总表是否完整。",
    good="行数40，汇总表40行",
    bad="行数40，汇总表39行",
)
PASSED_COUNT = declare(
    code="passed-count",
    severity=Severity.ERROR,
    case=70,
    clause=f"{ONLINE} 三.6",
    summary="通过人数须与汇总表一致",
    message="批次信息填写通过{claimed}人，汇总表中评审结果为“通过”的有{received}人。请核对。",
    good="通过人数39，汇总表39人通过",
    bad="通过人数40，汇总表39人通过",
)
MORE_PASSED_THAN_APPLIED = declare(
    code="more-passed-than-applied",
    severity=Severity.ERROR,
    case=70,
    clause=f"{REFORM} 四（四）",
    summary="通过人数不得多于申报人数",
    message="{what}：通过{passed}人，申报{applied}人。请核对人数。",
    good="申报60人，通过39人",
    bad="申报30人，通过39人",
)
RATIO_EXCEEDED = declare(
    code="ratio-exceeded",
    severity=Severity.HOLD,
    case=70,
    clause=_RATIO_CLAUSE,
    summary="通过比例不得超过核定比例",
    message="{level}通过{passed}人，申报{applied}人，超过核定通过比例{cap}%。请由核准部门确认后继续。",
    good="核定45%，申报26人，通过11人",
    bad="核定45%，申报26人，通过15人",
)
QUOTA_EXCEEDED = declare(
    code="quota-exceeded",
    severity=Severity.HOLD,
    case=70,
    clause=_RATIO_CLAUSE,
    summary="通过人数不得超过核定数额",
    message="{level}通过{passed}人，超过核定数额{quota}。请由核准部门确认后继续。",
    good="核定数额12，通过11人",
    bad="核定数额12，通过15人",
)
RATIO_NOT_APPROVED = declare(
    code="ratio-not-approved",
    severity=Severity.HOLD,
    clause=f"{REFORM} 一（六）1",
    summary="评聘结合单位的岗位数额和通过比例由当地人社部门核准",
    message="{level}缺少核定通过比例或数额，或未填核准单位和文号。请补充当地人社部门的核准文件。",
    good="正高级核定通过比例45%，核准文号长人社核〔2023〕15号",
    bad="未填核准文号",
)
RATIO_WRONG_AUTHORITY = declare(
    code="ratio-wrong-authority",
    severity=Severity.ERROR,
    clause=f"{REFORM} 一（六）1",
    summary="岗位数额和通过比例由当地人社部门核准",
    message="通过比例应由 {expected} 核准，所填核准单位不符。请核对核准单位。",
    good="核准单位 HRSS-220100",
    bad="核准单位为用人单位自身",
)
COLLEGE_RATIO = declare(
    code="college-ratio",
    severity=Severity.HOLD,
    clause=f"{REFORM} 一（二）4",
    summary="评聘结合院校通过比例：正高级45%、副高级55%、中级70%，另有规定的除外",
    message="{level}核定通过比例{claimed}%高于规定的{cap}%。请补充可增加比例的依据，由受理部门审定。",
    good="院校正高级45%",
    bad="一般院校正高级60%",
)


def check_counts(docket: Docket) -> Iterator[Finding]:
    """Cases 69 and 70 for the batch."""
    header, rows = docket.header, docket.candidates
    if rows:  # of an empty table the intake has said so already
        yield from _received(header.row_count, len(rows))
        yield from _passed(docket)
    yield from _applied(docket)
    yield from _quotas(docket)
    committee = docket.committee
    if committee is not None and committee.kind is CommitteeKind.APPOINTMENT_LINKED:
        yield from _approval(committee, docket)
    yield from check_shares(docket)


def _received(claimed: int | None, received: int) -> Iterator[Finding]:
    if claimed is not None and claimed != received:
        yield ROW_COUNT.finding(column="行数", claimed=claimed, received=received)


def _passed(docket: Docket) -> Iterator[Finding]:
    claimed = docket.header.passed
    passed = sum(c.row.result == PASSED for c in docket.candidates)
    unknown = sum(c.row.result is None for c in docket.candidates)
    if claimed is not None and not passed <= claimed <= passed + unknown:
        yield PASSED_COUNT.finding(column="通过人数", claimed=claimed, received=passed)


def _applied(docket: Docket) -> Iterator[Finding]:
    header = docket.header
    if header.passed is not None and header.applicants is not None and header.passed > header.applicants:
        yield MORE_PASSED_THAN_APPLIED.finding(
            column="通过人数", what="全批次", passed=header.passed, applied=header.applicants
        )
    by_level = sum(header.applicants_by_level.values())
    if header.applicants is not None and by_level > header.applicants:
        yield MORE_PASSED_THAN_APPLIED.finding(
            column="申报人数",
            what="各级别申报人数之和多于申报人数",
            passed=by_level,
            applied=header.applicants,
        )
    for level, applied in header.applicants_by_level.items():
        if docket.passed.get(level, 0) > applied:
            yield MORE_PASSED_THAN_APPLIED.finding(
                column=f"申报人数_{level.label}",
                what=level.label,
                passed=docket.passed.get(level, 0),
                applied=applied,
            )


def _quotas(docket: Docket) -> Iterator[Finding]:
    header, whole_batch = docket.header, passed_by_level(docket)
    for level, cap in _caps(docket).items():
        applied, passed = header.applicants_by_level.get(level), whole_batch.get(level, 0)
        if applied is not None and passed * 100 > cap * applied:
            yield RATIO_EXCEEDED.finding(
                column=f"{level.label}核定通过比例",
                level=level.label,
                passed=passed,
                applied=applied,
                cap=cap,
            )
    for level, quota in header.approved_quota.items():
        passed = whole_batch.get(level, 0)
        if passed > quota:
            yield QUOTA_EXCEEDED.finding(
                column=f"{level.label}核定数额", level=level.label, passed=passed, quota=quota
            )


def _caps(docket: Docket) -> dict[Level, int]:
    """The cap of each level in percent: as approved; for a college without an approval the notice's own."""
    college = docket.committee is not None and docket.committee.college
    return (dict(_college_caps(docket)) if college else {}) | dict(docket.header.approved_ratio)


def _college_caps(docket: Docket) -> Mapping[Level, int]:
    policies = docket.facts.policies
    caps = policies.value(Theme.RATIO_CAP, docket.meeting_on, RatioCap, RatioGroup.COLLEGE)
    return {} if caps is None else caps.percent


def _approval(committee: Committee, docket: Docket) -> Iterator[Finding]:
    header = docket.header
    by, local = header.ratio_approved_by, committee.local_hrss
    if by is not None and local is not None and by != local:
        yield RATIO_WRONG_AUTHORITY.finding(column="通过比例核准单位", expected=local)
    registered = _registered(committee, docket)
    unsigned = docket.header_left_empty("通过比例核准单位", by) or docket.header_left_empty(
        "通过比例核准文号", header.ratio_approval_ref
    )
    for level in sorted(lv for lv in docket.passed if lv is not None):
        approved = level in header.approved_ratio or level in header.approved_quota
        if not committee.college and level not in registered and (unsigned or not approved):
            yield RATIO_NOT_APPROVED.finding(column="通过比例核准文号", level=level.label)
        if committee.college and level in header.approved_ratio:
            yield from _college(level, header.approved_ratio[level], committee, docket)


def _registered(committee: Committee, docket: Docket) -> frozenset[Level]:
    """The levels for which the registry holds an approval of this committee and year."""
    year = docket.header.review_year
    approvals = () if year is None else docket.facts.registry.quotas_of(committee.code, year)
    return frozenset(level for approval in approvals for level in approval.shares)


def _college(level: Level, claimed: int, committee: Committee, docket: Docket) -> Iterator[Finding]:
    cap, most = _college_caps(docket).get(level), _greatest_bonus(level, docket)
    if cap is not None and claimed > cap + min(committee.ratio_bonus, most):
        yield COLLEGE_RATIO.finding(
            column=f"{level.label}核定通过比例", level=level.label, claimed=claimed, cap=cap
        )


def _greatest_bonus(level: Level, docket: Docket) -> int:
    """The most percentage points that any policy of the day lets a level be raised by."""
    day = docket.meeting_on
    if day is None:
        return 0
    bonuses = docket.facts.policies.values(Theme.RATIO_BONUS, day, RatioBonus)
    return max((bonus.most for _key, bonus in bonuses if level in bonus.levels), default=0)
