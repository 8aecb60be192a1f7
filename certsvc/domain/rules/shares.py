"""Shares 核准比例与数额: what the local department approved for a unit or sub-unit, and how many passed of it.

A supplementary filing counts on from those who passed before it in the same batch; who holds the title of this very
review already is counted among them and not twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.levels import Level
from certsvc.domain.policy.values import RatioBonus, RatioCap, RatioGroup, Theme
from certsvc.domain.registry import ApprovedShare, Committee, QuotaApproval
from certsvc.domain.rules.clauses import REFORM
from certsvc.domain.rules.docket import PASSED, Candidate, Docket
from certsvc.domain.rules.registry import declare
from certsvc.domain.ways import Way, way_named

_CLAUSE: Final = f"{REFORM} 一（二）4；一（六）1"
_EXCEPTION: Final = "破格"
_HIGH: Final = frozenset({Level.SENIOR, Level.DEPUTY_SENIOR})
_SHOWN: Final = 6

SHARE_EXCEEDED = declare(
    code="unit-share-exceeded",
    severity=Severity.HOLD,
    case=70,
    clause=_CLAUSE,
    summary="各单位、二级单位通过人数不得超过当地人社部门核准的比例和数额，补报与原批次合并计算",
    message="{whose}{level}共通过{passed}人{before}，超过 {ref} 核准的{limit}。请由核准部门确认后继续。",
    good="核准数额2，原批次通过1人，补报1人",
    bad="核准数额2，原批次通过2人，补报1人",
    since="2026-11-21.2",
)
SHARE_DIFFERS = declare(
    code="ratio-differs-from-approval",
    severity=Severity.HOLD,
    clause=f"{REFORM} 一（六）1",
    summary="批次信息所填核定比例、数额和文号须与登记的核准一致",
    message="{what}与登记的核准（{registered}）不一致。请核对，或由核准部门更正登记。",
    good="登记核准55%，批次信息填写55%",
    bad="登记核准55%，批次信息填写65%",
    since="2026-11-21.2",
)
SUB_UNIT_MISSING = declare(
    code="sub-unit-missing",
    severity=Severity.HOLD,
    clause=f"{REFORM} 一（二）4",
    summary="二级单位单独核定比例或数额的，每行须填写已核准的二级单位",
    message="本单位按二级单位核准比例或数额，{rows}行未填写二级单位，或所填二级单位没有核准。请在“二级单位”列更正。",
    good="二级单位 附属第一临床学院（已核准）",
    bad="二级单位为空",
    since="2026-11-21.2",
)
SHARE_WRONG_AUTHORITY = declare(
    code="share-wrong-authority",
    severity=Severity.HOLD,
    clause=f"{REFORM} 一（六）1",
    summary="登记的核准须由当地人社部门在评审前作出",
    message="登记的核准 {ref} {what}。请由当地人社部门更正登记。",
    good="由 HRSS-220100 于评审前核准",
    bad="由其他地区的人社部门核准",
    since="2026-11-21.2",
)
ABOVE_NOTICE = declare(
    code="share-above-notice",
    severity=Severity.HOLD,
    clause=f"{REFORM} 一（二）4；一（五）2；一（七）2",
    summary="核准比例不得超过通知规定的比例和可增加的百分点",
    message="核准 {ref} 的{level}通过比例{claimed}%高于规定的{cap}%。请补充可增加比例的依据，由受理部门审定。",
    good="一般院校正高级45%；双一流院校正高级65%以内",
    bad="一般院校正高级60%；30年教龄破格70%",
    since="2026-11-21.2",
)


@dataclass(frozen=True, slots=True)
class _Passed:
    """Persons of one approval and level: in this filing, and before it in the batch."""

    now: int
    before: int


def newly_passed(docket: Docket) -> tuple[Candidate, ...]:
    """The candidates of this filing who passed and are not counted in the batch that it supplements."""
    supplements = bool(docket.facts.passed_before)
    return tuple(
        one
        for one in docket.candidates
        if one.row.result == PASSED and not (supplements and _issued_already(one))
    )


def passed_by_level(docket: Docket) -> Mapping[Level, int]:
    """How many passed in the whole batch, this filing and those before it, by level."""
    counted = Counter(one.row.level for one in newly_passed(docket) if one.row.level is not None)
    for before in docket.facts.passed_before:
        counted[before.level] += before.persons
    return counted


def check_shares(docket: Docket) -> Iterator[Finding]:
    """Cases 70 and 91-96 by unit and sub-unit, where the registry holds what was approved."""
    committee, year = docket.committee, docket.header.review_year
    if committee is None or year is None:
        return
    approvals = docket.facts.registry.quotas_of(committee.code, year)
    passed = newly_passed(docket)
    for approval in approvals:
        yield from _authority(approval, committee, docket)
        if committee.college or _of_thirty_years(approval):
            yield from _above_notice(approval, committee, docket)
        for level, share in approval.shares.items():
            yield from _exceeded(approval, level, share, passed, docket)
    if approvals:
        yield from _claims(approvals, docket)
        yield from _unnamed(approvals, passed)


def _issued_already(one: Candidate) -> bool:
    row = one.row
    return any(
        (held.series, held.level, held.title, held.acquired_on)
        == (one.series, row.level, one.title, row.reviewed_on)
        for held in one.held
    )


def _authority(approval: QuotaApproval, committee: Committee, docket: Docket) -> Iterator[Finding]:
    local = committee.local_hrss
    if local is not None and approval.department != local:
        yield SHARE_WRONG_AUTHORITY.finding(
            column="通过比例核准单位", ref=approval.ref, what=f"应由 {local} 作出"
        )
    if docket.meeting_on is not None and approval.approved_on > docket.meeting_on:
        yield SHARE_WRONG_AUTHORITY.finding(
            column="通过比例核准文号", ref=approval.ref, what="晚于评审开始日期"
        )


def _of_thirty_years(approval: QuotaApproval) -> bool:
    return approval.way is not None and way_named(approval.way) is Way.THIRTY_YEARS_TEACHING


def _above_notice(approval: QuotaApproval, committee: Committee, docket: Docket) -> Iterator[Finding]:
    policies, day = docket.facts.policies, docket.meeting_on
    group = RatioGroup.COLLEGE
    if _of_thirty_years(approval):
        exception = _EXCEPTION in (approval.way or "")
        group = RatioGroup.THIRTY_YEARS_EXCEPTION if exception else RatioGroup.THIRTY_YEARS
    caps = policies.value(Theme.RATIO_CAP, day, RatioCap, group)
    bonus = policies.value(Theme.RATIO_BONUS, day, RatioBonus, approval.bonus or "")
    for level, share in approval.shares.items():
        base = None if caps is None else caps.percent.get(level)
        if base is None or share.ratio is None:
            continue
        raised = bonus.most if bonus is not None and level in bonus.levels else 0
        if approval.bonus is None and group is RatioGroup.COLLEGE and level in _HIGH:
            raised = committee.ratio_bonus
        if share.ratio > min(base + raised, 100):
            yield ABOVE_NOTICE.finding(
                column="通过比例核准文号",
                ref=approval.ref,
                level=level.label,
                claimed=share.ratio,
                cap=min(base + raised, 100),
            )


def _exceeded(
    approval: QuotaApproval,
    level: Level,
    share: ApprovedShare,
    passed: tuple[Candidate, ...],
    docket: Docket,
) -> Iterator[Finding]:
    counted = _counted(approval, level, passed, docket)
    total = counted.now + counted.before
    limits = []
    if share.quota is not None and total > share.quota:
        limits.append(f"数额{share.quota}")
    applied = share.applicants
    if applied is None and approval.unit is None and approval.way is None:
        applied = docket.header.applicants_by_level.get(level)
    if share.ratio is not None and applied is not None and total * 100 > share.ratio * applied:
        limits.append(f"比例{share.ratio}%（申报{applied}人）")
    for limit in limits:
        yield SHARE_EXCEEDED.finding(
            column="通过人数",
            whose=" ".join(word for word in (approval.unit, approval.sub_unit, approval.way) if word),
            level=level.label,
            passed=total,
            before=f"（含原批次{counted.before}人）" if counted.before else "",
            ref=approval.ref,
            limit=limit,
        )


def _counted(approval: QuotaApproval, level: Level, passed: tuple[Candidate, ...], docket: Docket) -> _Passed:
    now = sum(one.row.level is level and _concerns(approval, one) for one in passed)
    before = sum(
        one.persons
        for one in docket.facts.passed_before
        if one.level is level
        and approval.way is None
        and approval.unit in (None, one.unit_code)
        and approval.sub_unit in (None, one.sub_unit)
    )
    return _Passed(now, before)


def _concerns(approval: QuotaApproval, one: Candidate) -> bool:
    row = one.row
    if approval.unit not in (None, row.unit_code) or approval.sub_unit not in (None, row.sub_unit):
        return False
    if approval.way is None:
        return True
    words = f"{row.way or ''}{row.basis_ref or ''}{row.remark or ''}"
    same_kind = (_EXCEPTION in words) == (_EXCEPTION in approval.way)
    return way_named(approval.way) is one.way and (same_kind or not _of_thirty_years(approval))


def _claims(approvals: tuple[QuotaApproval, ...], docket: Docket) -> Iterator[Finding]:
    header = docket.header
    refs = sorted({approval.ref for approval in approvals})
    if header.ratio_approval_ref is not None and header.ratio_approval_ref not in refs:
        yield SHARE_DIFFERS.finding(
            column="通过比例核准文号", what="通过比例核准文号", registered="、".join(refs)
        )
    for approval in approvals:
        if approval.unit is not None or approval.way is not None:
            continue
        for level, share in approval.shares.items():
            ratio, quota = header.approved_ratio.get(level), header.approved_quota.get(level)
            if share.ratio is not None and ratio not in (None, share.ratio):
                column = f"{level.label}核定通过比例"
                yield SHARE_DIFFERS.finding(column=column, what=column, registered=f"{share.ratio}%")
            if share.quota is not None and quota not in (None, share.quota):
                column = f"{level.label}核定数额"
                yield SHARE_DIFFERS.finding(column=column, what=column, registered=str(share.quota))


def _unnamed(approvals: tuple[QuotaApproval, ...], passed: tuple[Candidate, ...]) -> Iterator[Finding]:
    known: dict[str, set[str]] = {}
    whole = {approval.unit for approval in approvals if approval.sub_unit is None}
    for approval in approvals:
        if approval.unit is not None and approval.sub_unit is not None:
            known.setdefault(approval.unit, set()).add(approval.sub_unit)
    rows = [
        one.row.number
        for one in passed
        if (units := known.get(one.row.unit_code or "")) is not None
        and one.row.sub_unit not in units
        and (one.row.unit_code not in whole or one.row.sub_unit is None)
    ]
    if rows:
        shown = "、".join(f"第{number}" for number in rows[:_SHOWN]) + ("等" if len(rows) > _SHOWN else "")
        yield SUB_UNIT_MISSING.finding(column="二级单位", rows=shown)
