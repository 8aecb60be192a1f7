"""The filing chain 备案: each level in order, by the right party, after publicity."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from certsvc.domain.calendar import UnknownCalendarYearError
from certsvc.domain.findings import Finding, Severity
from certsvc.domain.registry import Committee, FilingLevel
from certsvc.domain.rules.clauses import DUAL, ONLINE, REFORM
from certsvc.domain.rules.docket import Docket
from certsvc.domain.rules.publicity import CALENDAR_UNKNOWN
from certsvc.domain.rules.registry import declare
from certsvc.domain.rules.terms import filing_due, publicity_end
from certsvc.domain.submission import FilingStepClaim

_CLAUSE: Final = f"{ONLINE} 三.6；{REFORM} 一（六）1；{DUAL} 四（四）"

PATH_BROKEN = declare(
    code="filing-path-broken",
    severity=Severity.ERROR,
    clause=_CLAUSE,
    summary="备案须按评委会规定的层级逐级进行",
    message="备案层级应依次为：{path}。所填层级缺少、多出或顺序不符，请逐级备案后报送。",
    good="双定向：市州 → 省",
    bad="双定向：省",
)
STEP_INCOMPLETE = declare(
    code="filing-step-incomplete",
    severity=Severity.ERROR,
    clause=_CLAUSE,
    summary="每级备案须填层级、报送单位和日期",
    message="未填写{field}。请补齐每级备案的层级、报送单位和日期。",
    good="备案1层级 省，报送单位 JL-GC-GL，日期2023-10-08",
    bad="备案1日期为空",
)
RECEIPT_MISSING = declare(
    code="filing-receipt-missing",
    severity=Severity.WARNING,
    clause=_CLAUSE,
    summary="每级备案应有受理部门的回执",
    message="未填写{field}。备案以受理部门登记的回执为准，请确认已取得回执。",
    good="备案1回执号 2023-GC-GL-01-1",
    bad="备案1回执号为空",
)
WRONG_PARTY = declare(
    code="filing-wrong-party",
    severity=Severity.ERROR,
    clause=_CLAUSE,
    summary="备案须由规定的单位报送",
    message="{level}备案应由 {expected} 报送，所填报送单位不符。请由规定的单位办理备案。",
    good="省级备案由当地人社局 HRSS-220100 汇总报送",
    bad="省级备案由评聘结合单位自行报送",
)
DUAL_WRONG_PARTY = declare(
    code="dual-directed-wrong-filer",
    severity=Severity.ERROR,
    case=57,
    clause=f"{DUAL} 四（四）",
    summary="双定向：县（市、区）报所属市（州），市（州）报省",
    message="{level}备案应由 {expected} 报送，所填报送单位不符。双定向结果由县（市、区）报所属市（州），再由该市（州）报省。",
    good="省级备案由 HRSS-222400 报送",
    bad="省级备案由县人社局 HRSS-222404 报送",
)
BEFORE_PUBLICITY_END = declare(
    code="filing-before-publicity-end",
    severity=Severity.ERROR,
    case=67,
    clause=f"{ONLINE} 三.6",
    summary="公示期满后才能备案",
    message="备案日期{filed}不晚于公示期满日{end}。请在公示期满后重新备案。",
    good="公示至2023-10-07，2023-10-08备案",
    bad="公示至2023-10-07，2023-09-29备案",
)
FILED_LATE = declare(
    code="filing-late",
    severity=Severity.WARNING,
    case=67,
    clause=f"{ONLINE} 三.6",
    summary="公示期满后3日内备案",
    message="备案日期晚于期限{due}（按公示期满后的备案期限计算，遇休息日顺延）。请说明原因并确认。",
    good="公示至2023-10-07，2023-10-10备案",
    bad="公示至2023-10-07，2023-10-20备案",
)
OUT_OF_ORDER = declare(
    code="filing-out-of-order",
    severity=Severity.ERROR,
    clause=_CLAUSE,
    summary="上一级备案不得早于下一级备案",
    message="{level}备案日期早于前一级备案日期。请核对，备案须逐级进行。",
    good="市州2023-11-28，省2023-12-06",
    bad="市州2023-12-08，省2023-12-06",
)
IN_FUTURE = declare(
    code="date-in-future",
    severity=Severity.ERROR,
    clause=_CLAUSE,
    summary="备案和公布日期不得晚于报送当日",
    message="“{field}”晚于今天。请在该步骤完成后报送，或核对日期。",
    good="已完成的备案日期",
    bad="尚未到来的备案日期",
)


def check_filing_chain(docket: Docket) -> Iterator[Finding]:
    """Cases 57 and 67 for the batch, and the order of the chain."""
    committee, steps = docket.committee, docket.header.filing_steps
    for number, step in enumerate(steps, start=1):
        yield from _complete(step, number, docket)
    if committee is not None:
        path = [level.value for level in committee.filing_path]
        claimed = [step.level for step in steps]
        if None not in claimed and claimed != path:
            yield PATH_BROKEN.finding(column="备案1层级", path=" → ".join(path))
        for number, step in enumerate(steps, start=1):
            yield from _party(step, number, committee, docket)
    yield from _dates(docket)


def _complete(step: FilingStepClaim, number: int, docket: Docket) -> Iterator[Finding]:
    place = f"备案{number}"
    for field, value in (("层级", step.level), ("报送单位", step.filed_by), ("日期", step.filed_on)):
        if docket.header_left_empty(place + field, value):
            yield STEP_INCOMPLETE.finding(column=place + field, field=place + field)
    if docket.header_left_empty(f"{place}回执号", step.receipt):
        yield RECEIPT_MISSING.finding(column=f"{place}回执号", field=f"{place}回执号")


def _party(step: FilingStepClaim, number: int, committee: Committee, docket: Docket) -> Iterator[Finding]:
    expected = _filer(step, committee, docket)
    if step.filed_by is None or expected is None or step.filed_by == expected:
        return
    rule = DUAL_WRONG_PARTY if docket.dual_directed else WRONG_PARTY
    yield rule.finding(column=f"备案{number}报送单位", level=step.level, expected=expected)


def _filer(step: FilingStepClaim, committee: Committee, docket: Docket) -> str | None:
    """Who must file at this level; None when the level is unknown or nothing says it."""
    levels = {level.value for level in FilingLevel}
    if step.level not in levels:
        return None
    level = FilingLevel(step.level)
    if docket.dual_directed:
        return _dual_directed_filer(level, docket)
    if level is FilingLevel.PROVINCE and committee.filing_path != (FilingLevel.PROVINCE,):
        return committee.local_hrss
    return committee.code


def _dual_directed_filer(level: FilingLevel, docket: Docket) -> str | None:
    county = docket.committee.county if docket.committee else None
    match level:
        case FilingLevel.PROVINCE:
            return docket.filing_city
        case FilingLevel.CITY | FilingLevel.LOCAL:
            bureau = docket.facts.registry.department_of(county or "")
            return None if bureau is None else bureau.code


def _dates(docket: Docket) -> Iterator[Finding]:
    ends = _publicity_over(docket)
    before: date | None = None
    for number, step in enumerate(docket.header.filing_steps, start=1):
        if step.filed_on is None:
            continue
        column = f"备案{number}日期"
        if ends is not None and step.filed_on <= ends:
            yield BEFORE_PUBLICITY_END.finding(column=column, filed=step.filed_on, end=ends)
        elif ends is not None and number == 1:
            yield from _lateness(step.filed_on, ends, docket)
        if before is not None and step.filed_on < before:
            yield OUT_OF_ORDER.finding(column=column, level=step.level or "上级")
        if step.filed_on > docket.facts.today:
            yield IN_FUTURE.finding(column=column, field=column)
        before = step.filed_on


def _publicity_over(docket: Docket) -> date | None:
    """The last day of publicity: as claimed, but never before the full period has passed."""
    days = list(docket.publicity_ends())
    for claim in docket.header.publicity:
        if claim.starts_on is not None:
            try:
                end = publicity_end(docket, claim.starts_on)
            except UnknownCalendarYearError:
                continue
            if end is not None:
                days.append(end)
    return max(days, default=None)


def _lateness(filed_on: date, ends: date, docket: Docket) -> Iterator[Finding]:
    try:
        due = filing_due(docket, ends)
    except UnknownCalendarYearError as error:
        yield CALENDAR_UNKNOWN.finding(column="备案1日期", year=error.year)
        return
    if due is not None and filed_on > due:
        yield FILED_LATE.finding(column="备案1日期", due=due.isoformat())
