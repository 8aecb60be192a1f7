"""Supervision lists 监督事项: what those who watch the reviews should look at. A line is a fact to follow up, no verdict.

Every line names the filing it rests on and the clause; lateness is never a ground to refuse by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, Final

from certsvc.domain.calendar import UnknownCalendarYearError, WorkCalendar
from certsvc.domain.policy.resolution import PolicySet
from certsvc.domain.policy.values import Deadline, Term, Theme
from certsvc.domain.registry import CommitteeKind
from certsvc.domain.ways import way_named

_REFORM: Final = "吉人社函〔2022〕38号"
_ONLINE: Final = "吉人社函〔2022〕181号"
_ANTI_EPIDEMIC: Final = "吉人社函〔2023〕9号"
TRANSITION_ENDS_ON: Final = date(2023, 12, 31)
"""38号 五（五）: 从今年开始评聘结合单位参评人员两年内全部使用该系统, read as the years 2022 and 2023."""
REPEATED: Final = 2
"""So many refused batches of one committee in a year are repeated refusals."""
FILED_LATE: Final = "filing-late"


class Concern(StrEnum):
    """What a list is about."""

    LATE_RESULTS = "late-results"
    LATE_FILINGS = "late-filings"
    LATE_REVIEWS = "late-reviews"
    UNATTESTED = "unattested"
    UNLISTED = "unlisted"
    OUTSIDE_SYSTEM = "outside-system"
    WARNINGS = "warnings"
    REFUSALS = "refusals"

    @property
    def label(self) -> str:
        """The Chinese heading."""
        return _LABELS[self]

    @property
    def clause(self) -> str:
        """The clause that asks for it; lines of warnings name the rule's own."""
        return _CLAUSES[self]


_LABELS: Final = {
    Concern.LATE_RESULTS: "结果报送逾期（次日）",
    Concern.LATE_FILINGS: "备案逾期（3日内）",
    Concern.LATE_REVIEWS: "年度评审逾期",
    Concern.UNATTESTED: "例会无纪检监察监督登记",
    Concern.UNLISTED: "公布名单未载入",
    Concern.OUTSIDE_SYSTEM: "过渡期后未经申报系统",
    Concern.WARNINGS: "评审程序提醒",
    Concern.REFUSALS: "批次多次不予受理",
}
_CLAUSES: Final = {
    Concern.LATE_RESULTS: f"{_ONLINE} 三.5",
    Concern.LATE_FILINGS: f"{_ONLINE} 三.6",
    Concern.LATE_REVIEWS: f"{_REFORM} 五（五）",
    Concern.UNATTESTED: f"{_REFORM} 六（三）；{_ANTI_EPIDEMIC} 五（三）",
    Concern.UNLISTED: f"{_REFORM} 五（一）",
    Concern.OUTSIDE_SYSTEM: f"{_REFORM} 五（五）",
    Concern.WARNINGS: f"{_REFORM} 六（一）",
    Concern.REFUSALS: f"{_REFORM} 四（一）、六（一）",
}


@dataclass(frozen=True, slots=True)
class WatchedFiling:
    """What the lists look at of a filing. `place`: the division its committee works in, None where it is unknown.

    `findings`: rule code -> (how often, clause, first message) of what the gate found wrong with the batch as a whole
    (not with single rows). `by_system`: it came from the application system, by a registered program.
    `publicity_ends_on`, `filed_on`: last day of publicity and first step of the filing chain, as the header claims them.
    `announcement_ref`: the announcement document; `listed`: its list is loaded and confirmed.
    """

    filing: str
    batch_ref: str | None
    committee_code: str | None
    committee_name: str | None
    committee_kind: CommitteeKind | None
    place: str | None
    refused: bool
    by_system: bool
    received_on: date
    channel: str | None
    review_year: int | None
    meeting_ends_on: date | None
    reported_on: date | None
    publicity_ends_on: date | None
    filed_on: date | None
    approval_ref: str | None
    attested: bool
    announcement_ref: str | None
    listed: bool
    findings: Mapping[str, tuple[int, str, str]]

    @property
    def year(self) -> int:
        """The review year, or the one of the receipt where the header does not say."""
        return self.review_year or self.received_on.year


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms that the policies of the day set: report of results after the meeting, deadlines of review years."""

    policies: PolicySet
    calendar: WorkCalendar

    def result_due(self, meeting_ends_on: date) -> date | None:
        """The last day for the report of results (次日); None where nothing is set, or the calendar is unknown."""
        term = self.policies.value(Theme.REPORT_TERM, meeting_ends_on, Term)
        if term is None:
            return None
        if not term.rolled:
            return meeting_ends_on + timedelta(days=term.days)
        try:
            return self.calendar.plus_days_rolled(meeting_ends_on, term.days)
        except UnknownCalendarYearError:
            return None

    def review_due(self, year: int, channel: str | None) -> date | None:
        """The deadline of a review year: that of the channel's way where it has its own, else that of every review."""
        own = None if channel is None else way_named(channel)
        found = {
            value.way: value.on
            for _key, value in self.policies.values(Theme.DEADLINE, date(year, 12, 31), Deadline)
            if value.review_year == year
        }
        return found.get(own, found.get(None)) if own is not None else found.get(None)


@dataclass(frozen=True, slots=True)
class SupervisionLine:
    """One line: what, of which filing of which committee, due and done when, a sentence, the clause."""

    concern: Concern
    filing: str
    batch_ref: str | None
    committee_code: str | None
    committee_name: str | None
    place: str | None
    due_on: date | None
    done_on: date | None
    remark: str
    clause: str


def supervision_lines(
    filings: Iterable[WatchedFiling], wanted: frozenset[Concern], terms: Terms
) -> Iterator[SupervisionLine]:
    """The lines of the lists that are wanted, list by list, in the order of the filings."""
    watched = tuple(filings)
    lists: dict[Concern, Callable[[WatchedFiling], Iterator[SupervisionLine]]] = {
        Concern.LATE_RESULTS: partial(_late_result, terms=terms),
        Concern.LATE_FILINGS: _late_filing,
        Concern.LATE_REVIEWS: partial(_late_review, terms=terms),
        Concern.UNATTESTED: _unattested,
        Concern.UNLISTED: _unlisted,
        Concern.OUTSIDE_SYSTEM: _outside_system,
        Concern.WARNINGS: _warnings,
    }
    for concern, look in lists.items():
        if concern in wanted:
            for filing in watched:
                yield from look(filing)
    if Concern.REFUSALS in wanted:
        yield from _refusals(watched)


def _late_result(filing: WatchedFiling, terms: Terms) -> Iterator[SupervisionLine]:
    if filing.meeting_ends_on is None or filing.reported_on is None:
        return
    due = terms.result_due(filing.meeting_ends_on)
    if due is not None and filing.reported_on > due:
        days = (filing.reported_on - due).days
        yield _line(Concern.LATE_RESULTS, filing, due, filing.reported_on, f"晚报{days}日")


def _late_filing(filing: WatchedFiling) -> Iterator[SupervisionLine]:
    """As the gate found it when the batch was received, with its own calendar."""
    found = filing.findings.get(FILED_LATE)
    if found is not None:
        yield _line(Concern.LATE_FILINGS, filing, None, filing.filed_on, found[2])


def _late_review(filing: WatchedFiling, terms: Terms) -> Iterator[SupervisionLine]:
    due = terms.review_due(filing.year, filing.channel)
    if due is not None and filing.meeting_ends_on is not None and filing.meeting_ends_on > due:
        remark = f"{filing.year}年度评审应于期限前完成"
        yield _line(Concern.LATE_REVIEWS, filing, due, filing.meeting_ends_on, remark)


def _unattested(filing: WatchedFiling) -> Iterator[SupervisionLine]:
    if not filing.refused and not filing.attested:
        meeting = filing.approval_ref or "未填例会批复文号"
        yield _line(Concern.UNATTESTED, filing, None, None, f"例会 {meeting}：尚未登记纪检监察部门到会监督")


def _unlisted(filing: WatchedFiling) -> Iterator[SupervisionLine]:
    """Without the list, the filing itself is the measure of its coverage, and who was left out is not seen."""
    if not filing.refused and not filing.listed:
        document = filing.announcement_ref or "未填公布文号"
        remark = f"公布文件 {document}：名单尚未载入并确认，无法核对是否全部制证"
        yield _line(Concern.UNLISTED, filing, None, None, remark)


def _outside_system(filing: WatchedFiling) -> Iterator[SupervisionLine]:
    linked = filing.committee_kind is CommitteeKind.APPOINTMENT_LINKED
    reviewed_on = filing.meeting_ends_on or filing.received_on
    if linked and not filing.by_system and reviewed_on > TRANSITION_ENDS_ON:
        remark = "评聘结合单位的批次以文件报送，未经全省职称申报系统"
        yield _line(Concern.OUTSIDE_SYSTEM, filing, TRANSITION_ENDS_ON, reviewed_on, remark)


def _warnings(filing: WatchedFiling) -> Iterator[SupervisionLine]:
    for code, (times, clause, message) in sorted(filing.findings.items()):
        yield SupervisionLine(
            **_head(Concern.WARNINGS, filing), due_on=None, done_on=None,
            remark=f"{code} {times}处：{message}", clause=clause,
        )  # fmt: skip


def _refusals(watched: tuple[WatchedFiling, ...]) -> Iterator[SupervisionLine]:
    of_committee: dict[tuple[str, int], list[WatchedFiling]] = {}
    for filing in watched:
        if filing.refused and filing.committee_code is not None:
            of_committee.setdefault((filing.committee_code, filing.year), []).append(filing)
    for (_, year), refused in sorted(of_committee.items()):
        if len(refused) >= REPEATED:
            for place, filing in enumerate(refused, start=1):
                remark = f"{year}年度共{len(refused)}个批次不予受理，此为第{place}个"
                yield _line(Concern.REFUSALS, filing, None, filing.received_on, remark)


def _line(
    concern: Concern, filing: WatchedFiling, due_on: date | None, done_on: date | None, remark: str
) -> SupervisionLine:
    head = _head(concern, filing)
    return SupervisionLine(**head, due_on=due_on, done_on=done_on, remark=remark, clause=concern.clause)


def _head(concern: Concern, filing: WatchedFiling) -> dict[str, Any]:
    return {
        "concern": concern,
        "filing": filing.filing,
        "batch_ref": filing.batch_ref,
        "committee_code": filing.committee_code,
        "committee_name": filing.committee_name,
        "place": filing.place,
    }
