"""Policies that a filing needs and that nothing known says: a hold, never a guess. And those that rows ask for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.policy.values import ApplicationWindow, ChannelPolicy, Deadline, Theme, WayPolicy
from certsvc.domain.rules.clauses import DUAL, EPIDEMIC, ONLINE, REFORM
from certsvc.domain.rules.docket import Candidate, Docket
from certsvc.domain.rules.registry import declare
from certsvc.domain.ways import Way, way_named

POLICY_UNKNOWN = declare(
    code="policy-unknown",
    severity=Severity.HOLD,
    clause=f"{DUAL} 末段",
    summary="按办理当时施行的政策审查；没有该日政策的，不推定",
    message="没有{day}施行的“{theme}”政策，无法审查。请由系统维护人员载入当时的政策文件后继续。",
    good="2023-09-22公示，适用吉人社函〔2022〕181号",
    bad="2019年公示，尚未载入当时的政策文件",
    since="2026-11-21.2",
)
REVIEW_AFTER_DEADLINE = declare(
    code="review-after-deadline",
    severity=Severity.INFO,
    clause=f"{REFORM} 五（五）",
    summary="评审工作须在规定的年度期限前完成",
    message="评审结束日期晚于{year}年度完成期限{due}，已记入监督事项，不影响办理。",
    good="2022年度，评审结束2022-09-28",
    bad="2022年度，评审结束2022-10-12",
    since="2026-11-21.2",
)
OUTSIDE_WINDOW = declare(
    code="application-outside-window",
    severity=Severity.WARNING,
    clause=f"{ONLINE} 四；{EPIDEMIC} 六（三）",
    summary="申报须在该类别的申报时间内提出，逾期不予受理",
    message="{rows}行的申报日期不在{category}的申报时间（{opens}至{closes}）内。请核对申报日期，或说明受理的依据。",
    good="2023年度常规类别，申报日期2023-02-10",
    bad="2023年度常规类别，申报日期2023-03-05",
    since="2026-11-21.2",
)
_SHOWN: Final = 6
_REVIEWED: Final = (Theme.TITLE_NAMES, Theme.EXAMINATION)
_WITH_TENURE: Final = frozenset({Way.REGULAR, Way.APPOINTMENT_LINKED})


def check_policies(docket: Docket) -> Iterator[Finding]:
    """Once for each theme that the batch needs and that no policy of its day says; and the deadline of the year."""
    told: set[Theme] = set()
    for theme, day, column in _needed(docket):
        if theme not in told and not docket.facts.policies.knows(theme, day):
            told.add(theme)
            yield POLICY_UNKNOWN.finding(column=column, day=day.isoformat(), theme=theme.label)
    yield from _deadlines(docket)
    yield from _windows(docket)


def _needed(docket: Docket) -> Iterator[tuple[Theme, date, str]]:
    for number, claim in enumerate(docket.header.publicity, start=1):
        if claim.starts_on is not None:
            yield Theme.PUBLICITY, claim.starts_on, f"公示{number}开始日期"
        if claim.ends_on is not None:
            yield Theme.FILING_TERM, claim.ends_on, f"公示{number}结束日期"
    reviewed = min(
        (day for one in docket.candidates if (day := review_day(one, docket)) is not None), default=None
    )
    if reviewed is not None:
        for theme in _REVIEWED:
            yield theme, reviewed, "评审开始日期"
    year = first_of_year(docket.header.review_year)
    if year is not None and any(one.way in _WITH_TENURE for one in docket.candidates):
        yield Theme.TENURE, year, "评审年度"
        yield Theme.CUT_OFF, year, "评审年度"
    if docket.meeting_on is not None and docket.committee is not None and docket.committee.college:
        yield Theme.RATIO_CAP, docket.meeting_on, "评审开始日期"


def _deadlines(docket: Docket) -> Iterator[Finding]:
    ended, year = docket.header.meeting_ends_on, docket.header.review_year
    if ended is None or year is None:
        return
    found = [
        d
        for _key, d in docket.facts.policies.values(Theme.DEADLINE, ended, Deadline)
        if d.review_year == year
    ]
    ways = {one.way for one in docket.candidates if one.way is not None}
    own = [d for d in found if d.way is not None and ways == {Way(d.way)}]
    for deadline in own or [d for d in found if d.way is None]:
        if ended > deadline.on:
            yield REVIEW_AFTER_DEADLINE.finding(column="评审结束日期", year=year, due=deadline.on.isoformat())


def _windows(docket: Docket) -> Iterator[Finding]:
    channel, year, day = docket.header.channel, docket.header.review_year, docket.meeting_on
    own = None if channel is None else way_named(channel)
    if own is None or day is None:
        return
    policies = docket.facts.policies
    known = policies.value(Theme.CHANNEL, day, ChannelPolicy, own.label)
    for _key, window in policies.values(Theme.APPLICATION_WINDOW, day, ApplicationWindow):
        if known is None or (window.category, window.review_year) != (known.category, year):
            continue
        rows = [
            one.row.number
            for one in docket.candidates
            if one.row.applied_on is not None
            and not window.opens_on <= one.row.applied_on <= window.closes_on
        ]
        if rows:
            yield OUTSIDE_WINDOW.finding(
                column="申报日期",
                rows="、".join(f"第{number}" for number in rows[:_SHOWN])
                + ("等" if len(rows) > _SHOWN else ""),
                category=f"{window.review_year}年度{window.category}",
                opens=window.opens_on.isoformat(),
                closes=window.closes_on.isoformat(),
            )


def first_of_year(year: int | None) -> date | None:
    """The day for which the policies of a review year are asked; None for a year that no calendar has."""
    return date(year, 1, 1) if year is not None and 1 < year <= date.max.year else None


def review_day(candidate: Candidate, docket: Docket) -> date | None:
    """The day of the row's review: its own, else the first day of the meeting."""
    return candidate.row.reviewed_on or docket.meeting_on


def way_policy(candidate: Candidate, docket: Docket) -> WayPolicy | None:
    """What the row's way allowed on the day of its review; None where nothing says it."""
    if candidate.way is None:
        return None
    return docket.facts.policies.value(
        Theme.WAY, review_day(candidate, docket), WayPolicy, candidate.way.label
    )


def channel_takes(docket: Docket, way: Way) -> bool:
    """True when the batch's channel 申报类别 may hold the way; a channel that no policy names takes every way."""
    own = None if docket.header.channel is None else way_named(docket.header.channel)
    if own is None or own is way or docket.meeting_on is None:
        return True
    known = docket.facts.policies.value(Theme.CHANNEL, docket.meeting_on, ChannelPolicy, own.label)
    return known is not None and int(way) in known.ways
