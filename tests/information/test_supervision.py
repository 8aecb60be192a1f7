"""Supervision lists 监督事项: each line is a fact of one filing, with the clause that asks for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from certsvc.adapters.shipped_policies import shipped_policies
from certsvc.adapters.work_calendar import published_calendar
from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import OPERATOR, official
from certsvc.domain.registry import CommitteeKind
from certsvc.domain.supervision import Concern, SupervisionLine, Terms, WatchedFiling, supervision_lines
from certsvc.errors import ConflictError, NotPermitted, RequestError, UnknownReference
from tests.decisions.deciders import Deciders
from tests.support.workbooks import REGULAR, sample

QUIET = WatchedFiling(
    filing="F000000000000001",
    batch_ref="2022-01",
    committee_code="C-1",
    committee_name="某评审委员会",
    committee_kind=CommitteeKind.SOCIAL,
    place="220100",
    refused=False,
    by_system=True,
    received_on=date(2022, 9, 20),
    channel="常规评审",
    review_year=2022,
    meeting_ends_on=date(2022, 9, 8),
    reported_on=date(2022, 9, 9),
    publicity_ends_on=date(2022, 9, 16),
    filed_on=date(2022, 9, 19),
    approval_ref="A-1",
    attested=True,
    announcement_ref="D-1",
    listed=True,
    findings={},
)
LINKED = {"committee_kind": CommitteeKind.APPOINTMENT_LINKED, "by_system": False}
INCENTIVE = {"channel": "人才激励待遇兑现"}
LATE = {"filing-late": (1, "吉人社函〔2022〕181号 三.6", "备案日期晚于期限2022-09-19")}


def lines(*filings: WatchedFiling) -> list[SupervisionLine]:
    terms = Terms(shipped_policies(), published_calendar())
    return list(supervision_lines(filings, frozenset(Concern), terms))


@pytest.mark.parametrize(
    ("changes", "concern", "due_on", "clause"),
    [
        ({"reported_on": date(2022, 9, 10)}, Concern.LATE_RESULTS, date(2022, 9, 9), "181号 三.5"),
        ({"findings": LATE}, Concern.LATE_FILINGS, None, "181号 三.6"),
        (
            {"meeting_ends_on": date(2022, 10, 1), "reported_on": date(2022, 10, 2)},
            Concern.LATE_REVIEWS,
            date(2022, 9, 30),
            "38号 五（五）",
        ),
        (
            {**INCENTIVE, "meeting_ends_on": date(2022, 12, 1), "reported_on": date(2022, 12, 2)},
            Concern.LATE_REVIEWS,
            date(2022, 11, 30),
            "38号 五（五）",
        ),
        ({"attested": False}, Concern.UNATTESTED, None, "38号 六（三）；吉人社函〔2023〕9号 五（三）"),
        ({"listed": False}, Concern.UNLISTED, None, "38号 五（一）"),
        ({"listed": False, "announcement_ref": None}, Concern.UNLISTED, None, "38号 五（一）"),
        (
            {**LINKED, "meeting_ends_on": date(2024, 1, 1), "reported_on": None, "review_year": 2024},
            Concern.OUTSIDE_SYSTEM,
            date(2023, 12, 31),
            "38号 五（五）",
        ),
        (
            {"findings": {"approval-same-day": (1, "吉人社函〔2022〕38号 一（八）4", "同日")}},
            Concern.WARNINGS,
            None,
            "38号 一（八）4",
        ),
    ],
)
def test_a_line_says_what_was_due_and_by_which_clause(
    changes: dict[str, Any], concern: Concern, due_on: date | None, clause: str
) -> None:
    found = [one for one in lines(replace(QUIET, **changes)) if one.concern is concern]
    (line,) = found
    assert (line.filing, line.due_on) == (QUIET.filing, due_on)
    assert clause in line.clause
    assert line.remark


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"meeting_ends_on": date(2022, 9, 30), "reported_on": date(2022, 10, 1)},
        {**INCENTIVE, "meeting_ends_on": date(2022, 11, 30), "reported_on": date(2022, 12, 1)},
        {**LINKED, "meeting_ends_on": date(2023, 12, 31), "reported_on": None, "review_year": 2023},
        {
            **LINKED,
            "by_system": True,
            "meeting_ends_on": date(2024, 6, 1),
            "reported_on": None,
            "review_year": 2024,
        },
        {"meeting_ends_on": None, "reported_on": None},
        {"refused": True, "attested": False, "listed": False},
        {"review_year": 2023, "meeting_ends_on": date(2023, 11, 1), "reported_on": date(2023, 11, 2)},
    ],
)
def test_what_is_in_time_or_cannot_be_told_gives_no_line(changes: dict[str, Any]) -> None:
    assert lines(replace(QUIET, **changes)) == []


def test_one_refused_batch_is_no_repetition_two_of_a_year_are() -> None:
    first = replace(QUIET, refused=True)
    second = replace(first, filing="F000000000000002")
    next_year = replace(first, filing="F000000000000003", review_year=2023)
    assert lines(first, next_year) == []
    found = lines(first, second, next_year)
    assert [(one.concern, one.filing) for one in found] == [
        (Concern.REFUSALS, first.filing),
        (Concern.REFUSALS, second.filing),
    ]


WATCHER = official(Actor("watcher", Role.SUPERVISOR, "220000"))


def watched(deciders: Deciders, *wanted: Concern) -> list[tuple[str, str]]:
    report = deciders.office.information.reports.supervision(frozenset(wanted), None, None, WATCHER)
    return [(one.concern.value, one.filing) for one in report.lines]


def test_filed_batches_come_on_the_lists_until_the_meeting_is_attested(deciders: Deciders) -> None:
    batch = sample(REGULAR)
    late = batch.with_header(批次编号="迟", 结果报送日期=date(2023, 9, 25), 备案1日期=date(2023, 10, 20))
    report = deciders.under_test.submit(late.xlsx())
    lists = (Concern.LATE_RESULTS, Concern.LATE_FILINGS, Concern.UNATTESTED)
    assert watched(deciders, *lists) == [
        ("late-results", report.filing),
        ("late-filings", report.filing),
        ("unattested", report.filing),
    ]
    sampling = deciders.office.information.sampling
    meeting = "吉人社职例〔2023〕17号"
    attest = (meeting, "驻省人社厅纪检监察组", date(2023, 9, 18))
    recorded = sampling.attest(*attest, "maker")
    assert sampling.attest(*attest, "maker") == recorded
    assert watched(deciders, Concern.UNATTESTED) == []
    with pytest.raises(ConflictError):
        sampling.attest(meeting, "另一部门", date(2023, 9, 18), "maker")
    assert [one.action for one in deciders.office.trail.entries(f"meeting/{meeting}")] == [
        "console:attestation:record"
    ]
    assert sampling.attested("JL-GC-GL", OPERATOR) == (recorded,)


def test_an_attestation_needs_a_registered_meeting_a_past_day_and_somebody_who_may(
    deciders: Deciders,
) -> None:
    attest = deciders.office.information.sampling.attest
    with pytest.raises(UnknownReference):
        attest("吉人社职例〔2023〕999号", "纪检组", date(2023, 9, 18), "maker")
    with pytest.raises(RequestError):
        attest("吉人社职例〔2023〕17号", "纪检组", date(2024, 6, 4), "maker")
    for outside in (date(2020, 1, 1), date(2023, 9, 17), date(2023, 9, 22)):
        with pytest.raises(RequestError, match="2023-09-18 至 2023-09-21"):
            attest("吉人社职例〔2023〕17号", "纪检组", outside, "maker")
    with pytest.raises(RequestError):
        attest("吉人社职例〔2023〕17号", " ", date(2023, 9, 18), "maker")
    for nobody in ("watcher", "city"):
        with pytest.raises(NotPermitted):
            attest("吉人社职例〔2023〕17号", "纪检组", date(2023, 9, 18), nobody)
    assert attest("延州人社职例〔2023〕3号", "州纪委监委派驻组", date(2023, 11, 19), "city").actor == "city"


def test_the_lists_are_for_supervisors_and_the_province_alone(deciders: Deciders) -> None:
    reports = deciders.office.information.reports
    wanted = frozenset(Concern)
    for officer in (WATCHER, OPERATOR, official(Actor("maker", Role.MAKER, "220000"))):
        reports.supervision(wanted, None, None, officer)
    reports.supervision(wanted, None, None, official(Actor("local", Role.SUPERVISOR, "222400")))
    for officer in (Actor("city", Role.MAKER, "222400"), Actor("city-two", Role.CHECKER, "222400")):
        with pytest.raises(NotPermitted):
            reports.supervision(wanted, None, None, official(officer))
    with pytest.raises(NotPermitted):
        reports.supervision(wanted, "220100", None, official(Actor("local", Role.SUPERVISOR, "222400")))
