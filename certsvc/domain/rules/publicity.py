"""Publicity 公示: in two places, five working days each, over before anything is filed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from certsvc.domain.calendar import UnknownCalendarYearError
from certsvc.domain.findings import Finding, Severity
from certsvc.domain.rules.clauses import DUAL, ONLINE
from certsvc.domain.rules.docket import Docket
from certsvc.domain.rules.registry import declare
from certsvc.domain.rules.terms import publicity_end, publicity_term
from certsvc.domain.submission import PublicityClaim

_PLATFORM: Final = "吉林省职称管理平台"
_CLAUSE: Final = f"{ONLINE} 三.5"

TOO_SHORT = declare(
    code="publicity-too-short",
    severity=Severity.ERROR,
    case=64,
    clause=_CLAUSE,
    summary="公示期为5个工作日",
    message="公示期不足{workdays}个工作日：自{start}起公示，最早{end}期满（按法定节假日和调休计算，{counting}）。"
    "请按规定期限重新公示。",
    good="2023-09-26开始，2023-10-09结束",
    bad="2023-09-26开始，2023-10-03结束",
)
NOT_OVER = declare(
    code="publicity-not-over",
    severity=Severity.ERROR,
    case=64,
    clause=_CLAUSE,
    summary="公示期满后才能备案制证",
    message="公示期尚未届满（至{end}）。请在期满次日以后报送。",
    good="公示至2023-10-07，2023-10-08报送",
    bad="公示至2023-10-07，当日报送",
)
ONE_PLACE = declare(
    code="publicity-one-place",
    severity=Severity.ERROR,
    case=66,
    clause=_CLAUSE,
    summary="须在评委会办事机构网站和吉林省职称管理平台双公示",
    message="只有一处公示，或两处为同一平台。请在评委会办事机构网站和吉林省职称管理平台同时公示并填报两处。",
    good="公示1 评委会网站，公示2 吉林省职称管理平台",
    bad="只填公示1",
)
INCOMPLETE = declare(
    code="publicity-incomplete",
    severity=Severity.ERROR,
    case=66,
    clause=_CLAUSE,
    summary="每处公示须填平台和起止日期",
    message="未填写{field}。请补齐两处公示的平台、开始日期和结束日期。",
    good="公示1平台、开始日期、结束日期齐全",
    bad="公示1结束日期为空",
)
NO_EVIDENCE = declare(
    code="publicity-no-evidence",
    severity=Severity.WARNING,
    clause=_CLAUSE,
    summary="每处公示应附网址或截图摘要",
    message="未填写{field}的网址和截图摘要。请补充，或确认公示材料已另行留存。",
    good="公示1网址、截图摘要",
    bad="公示1网址、截图摘要均为空",
)
DATES_DIFFER = declare(
    code="publicity-dates-differ",
    severity=Severity.ERROR,
    case=66,
    clause=_CLAUSE,
    summary="双公示须同时进行",
    message="两处公示的起止日期不一致。双公示应同时进行，请核对日期，不一致的须重新公示。",
    good="两处均为2023-09-22至2023-10-07",
    bad="一处2023-09-22开始，另一处2023-09-27开始",
)
PLATFORM_MISSING = declare(
    code="publicity-platform-missing",
    severity=Severity.WARNING,
    clause=_CLAUSE,
    summary="两处公示之一应为吉林省职称管理平台",
    message="两处公示均未注明吉林省职称管理平台。请确认已在该平台公示。",
    good="公示2平台 吉林省职称管理平台",
    bad="两处均为单位网站",
)
NOT_BY_COUNTY = declare(
    code="publicity-not-by-county",
    severity=Severity.WARNING,
    clause=f"{DUAL} 四（四）",
    summary="双定向评审结果由县（市、区）人社局公示",
    message="公示平台未注明县（市、区）人社局。双定向评审结果由县（市、区）人社局公示，请确认。",
    good="公示1平台 珲春市人力资源和社会保障局网站",
    bad="公示1平台 某单位网站",
)
STARTED_LATE = declare(
    code="publicity-started-late",
    severity=Severity.INFO,
    clause=_CLAUSE,
    summary="报送结果的同时开始公示",
    message="公示开始日期晚于结果报送日期，已记入监督事项，不影响办理。",
    good="报送与公示均为2023-09-22",
    bad="报送2023-09-22，公示2023-09-25开始",
)
STARTED_BEFORE_END = declare(
    code="publicity-before-result",
    severity=Severity.ERROR,
    clause=_CLAUSE,
    summary="评审结束后才能公示结果",
    message="公示开始日期早于评审结束日期。请核对日期。",
    good="评审结束2023-09-21，公示2023-09-22",
    bad="评审结束2023-09-21，公示2023-09-20",
)
CALENDAR_UNKNOWN = declare(
    code="calendar-unknown",
    severity=Severity.ERROR,
    case=68,
    clause=_CLAUSE,
    summary="没有国务院办公厅节假日安排的年份，不能计算工作日",
    message="尚未载入{year}年法定节假日安排，无法计算公示期和备案期限。请在系统载入该年安排后重新报送。",
    good="2023年（国办发明电〔2022〕16号）",
    bad="节假日安排尚未公布的年份",
)


def check_publicity(docket: Docket) -> Iterator[Finding]:
    """Cases 64 to 66 and 68 for the batch."""
    claims = [c for c in docket.header.publicity if _is_given(c)]
    if len(claims) < 2 or _same_place(claims):
        yield ONE_PLACE.finding(column="公示2平台")
    yield from _together(claims)
    yield from _places(claims, docket)
    for number, claim in enumerate(docket.header.publicity, start=1):
        if _is_given(claim):
            yield from _complete(claim, number, docket)
        if claim.starts_on is not None:
            yield from _period(claim.starts_on, claim.ends_on, number, docket)
    latest = max(docket.publicity_ends(), default=None)
    if latest is not None and docket.facts.today <= latest:
        yield NOT_OVER.finding(column="公示1结束日期", end=latest.isoformat())


def _is_given(claim: PublicityClaim) -> bool:
    return any((claim.place, claim.url, claim.starts_on, claim.ends_on))


def _complete(claim: PublicityClaim, number: int, docket: Docket) -> Iterator[Finding]:
    place = f"公示{number}"
    for field, value in (("平台", claim.place), ("开始日期", claim.starts_on), ("结束日期", claim.ends_on)):
        if docket.header_left_empty(place + field, value):
            yield INCOMPLETE.finding(column=place + field, field=place + field)
    if claim.url is None and claim.evidence_sha256 is None:
        yield NO_EVIDENCE.finding(column=f"{place}截图摘要", field=place)


def _same_place(claims: list[PublicityClaim]) -> bool:
    places = [c.place for c in claims if c.place is not None]
    urls = [c.url for c in claims if c.url is not None]
    return len(set(places)) < len(places) or len(set(urls)) < len(urls)


def _together(claims: list[PublicityClaim]) -> Iterator[Finding]:
    starts = {c.starts_on for c in claims if c.starts_on is not None}
    ends = {c.ends_on for c in claims if c.ends_on is not None}
    if len(starts) > 1 or len(ends) > 1:
        yield DATES_DIFFER.finding(column="公示2开始日期")


def _places(claims: list[PublicityClaim], docket: Docket) -> Iterator[Finding]:
    places = [c.place for c in claims if c.place is not None]
    if len(places) < 2:
        return
    if not any(_PLATFORM in place for place in places):
        yield PLATFORM_MISSING.finding(column="公示2平台")
    if docket.dual_directed and docket.committee is not None:
        county = docket.facts.registry.department_of(docket.committee.county or "")
        if county is not None and not any(county.name in place for place in places):
            yield NOT_BY_COUNTY.finding(column="公示1平台")


def _period(start: date, end: date | None, number: int, docket: Docket) -> Iterator[Finding]:
    header = docket.header
    column = f"公示{number}开始日期"
    if header.meeting_ends_on is not None and start < header.meeting_ends_on:
        yield STARTED_BEFORE_END.finding(column=column)
    if header.reported_on is not None and start > header.reported_on:
        yield STARTED_LATE.finding(column=column)
    term = publicity_term(docket, start)
    try:
        earliest = publicity_end(docket, start)
    except UnknownCalendarYearError as error:
        yield CALENDAR_UNKNOWN.finding(column=column, year=error.year)
        return
    if end is not None and term is not None and earliest is not None and end < earliest:
        yield TOO_SHORT.finding(
            column=f"公示{number}结束日期",
            start=start.isoformat(),
            end=earliest.isoformat(),
            workdays=term.workdays,
            counting="开始当日计入" if term.count_first_day else "开始当日不计入",
        )
