"""The gate judges by the policy of the day: unknown days wait, new documents change the answer from their day on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from certsvc.adapters.shipped_policies import shipped_documents, shipped_policies
from certsvc.domain.admission import Examination
from certsvc.domain.findings import Severity
from certsvc.domain.policy.decoding import decode_policy
from certsvc.domain.policy.resolution import PolicySet
from certsvc.domain.submission import SubmittedRow
from tests.gate import builders as a
from tests.policy import builders as p


def policies(*entries: dict[str, Any]) -> PolicySet:
    """The shipped documents and one more, issued later, in force since the start of 2023."""
    dated = [{**entry, "from": "2023-01-01"} for entry in entries]
    return PolicySet((*shipped_documents(), decode_policy(p.raw(p.document(*dated)))))


def told(seen: Examination) -> dict[str, Severity]:
    """Code -> severity of everything told."""
    rows = (finding for outcome in seen.outcomes for finding in outcome.findings)
    return {finding.code: finding.severity for finding in (*seen.header_findings, *rows)}


def test_without_any_policy_the_filing_waits_and_nothing_is_guessed() -> None:
    seen = a.gate(a.header(), a.row(), known=a.facts(policies=PolicySet()))
    assert told(seen)["policy-unknown"] is Severity.HOLD
    assert [a.verdict(outcome) for outcome in seen.outcomes] == ["held"]
    themes = {f.message for f in seen.header_findings if f.code == "policy-unknown"}
    assert len(themes) >= 5


def test_a_publicity_before_the_first_policy_waits() -> None:
    early = a.header(publicity=a.publicity(date(2021, 9, 22), date(2021, 10, 7)))
    assert told(a.gate(early, a.row()))["policy-unknown"] is Severity.HOLD


ECONOMIST: dict[str, Any] = {
    "series": "经济专业人员",
    "title": "高级经济师",
    "exam_ref": "K1",
    "exam_valid_to": date(2025, 1, 1),
}
TEACHER: dict[str, Any] = {
    "series": "中小学教师",
    "title": "高级教师",
    "way": "30年教龄认定",
}


@pytest.mark.parametrize(
    ("code", "severity", "changes", "entry"),
    [
        (
            "publicity-too-short",
            Severity.ERROR,
            {},
            p.entry(value={"workdays": 6, "count_first_day": False}),
        ),
        ("filing-late", Severity.WARNING, {}, p.entry("filing-term", value={"days": 1, "rolled": False})),
        ("reported-late", Severity.INFO, {}, None),
        ("way-not-in-force", Severity.ERROR, {}, p.entry("way", "常规评审", value=None)),
        ("way-level", Severity.ERROR, {}, p.entry("way", "常规评审", value={"levels": ["中级"]})),
        (
            "way-series",
            Severity.ERROR,
            {},
            p.entry("way", "常规评审", value={"levels": ["副高级"], "series": ["会计人员"]}),
        ),
        (
            "way-basis",
            Severity.HOLD,
            {},
            p.entry("way", "常规评审", value={"levels": ["副高级"], "basis": True}),
        ),
        (
            "way-base-years",
            Severity.HOLD,
            {},
            p.entry("way", "常规评审", value={"levels": ["副高级"], "base_years": 9}),
        ),
        (
            "old-title-name",
            Severity.ERROR,
            {},
            p.entry("title-names", "工程技术人员", value={"中级": ["工程师"]}),
        ),
        (
            "examination-only",
            Severity.ERROR,
            {},
            p.entry(
                "examination",
                "工程技术人员",
                value={"with_review": [], "only": ["副高级"], "certain": True},
            ),
        ),
        (
            "tenure-short",
            Severity.WARNING,
            {"unit_kind": "事业"},
            p.entry("tenure", "县（市、区）级", value={"years": 12}),
        ),
        (
            "continuing-education-missing",
            None,
            {"continuing_education": None},
            p.entry("continuing-education", value={"required": False}),
        ),
        (
            "way-of-other-channel",
            Severity.HOLD,
            {"way": "初级认定"},
            p.entry("channel", "常规评审", value={"ways": []}),
        ),
        ("way-level", Severity.ERROR, {"way": "初级认定"}, None),
        ("way-series", Severity.ERROR, {"way": "30年教龄认定"}, None),
        ("way-series", None, TEACHER, None),
    ],
)
def test_a_policy_of_the_day_decides(
    code: str, severity: Severity | None, changes: dict[str, Any], entry: dict[str, Any] | None
) -> None:
    known = shipped_policies() if entry is None else policies(entry)
    late = {"filing_steps": (a.step("省", "JL-GC-GL", date(2023, 10, 10)),)} if code == "filing-late" else {}
    late = {"reported_on": date(2023, 9, 23)} if code == "reported-late" else late
    seen = a.gate(a.header(**late), a.row(**changes), known=a.facts(policies=known))
    assert told(seen).get(code) is severity


@pytest.mark.parametrize(
    ("code", "severity", "entry"),
    [
        ("dual-directed-county", Severity.ERROR, p.entry("dual-directed-county", "222404", value=None)),
        (
            "dual-directed-ten-percent",
            Severity.WARNING,
            p.entry("dual-directed-posts", value={"percent": 5, "post": "专业技术七级岗位"}),
        ),
        (
            "dual-directed-post",
            Severity.ERROR,
            p.entry("dual-directed-posts", value={"percent": 10, "post": "专业技术六级岗位"}),
        ),
        (
            "dual-directed-yearly",
            Severity.HOLD,
            p.entry("dual-directed-usable", "222404", value={"posts": 0}),
        ),
    ],
)
def test_dual_directed_limits_are_those_of_the_day(
    code: str, severity: Severity, entry: dict[str, Any]
) -> None:
    later = {**entry, "from": "2023-11-14"}
    known = PolicySet((*shipped_documents(), decode_policy(p.raw(p.document(later)))))
    assert code not in told(a.gate(a.dual_header(), a.dual_row()))
    assert told(a.gate(a.dual_header(), a.dual_row(), known=a.facts(policies=known)))[code] is severity


def test_an_application_outside_its_window_is_told_once_for_the_batch() -> None:
    rows = [
        a.row(n, document=a.citizen(str(n)), name=f"甲{n}", applied_on=date(2023, 3, 1)) for n in (1, 2, 3)
    ]
    seen = a.gate(a.header(), *rows)
    (finding,) = [f for f in seen.header_findings if f.code == "application-outside-window"]
    assert finding.severity is Severity.WARNING
    assert "第1、第2、第3" in finding.message
    assert "application-outside-window" not in told(a.gate(a.header(channel="评聘结合"), *rows))


def test_a_review_after_the_deadline_of_2022_is_noted() -> None:
    days = {"meeting_starts_on": date(2022, 10, 10), "meeting_ends_on": date(2022, 10, 12)}
    assert told(a.gate(a.header(review_year=2022, **days), a.row()))["review-after-deadline"] is Severity.INFO
    assert "review-after-deadline" not in told(a.gate(a.header(), a.row()))
    talent = a.row(way="人才激励", remark="C类人才")
    assert "review-after-deadline" not in told(a.gate(a.header(review_year=2022, **days), talent))


def near(row: SubmittedRow, year: int) -> set[str]:
    """What is told of a county teacher who was appointed two years and a day before the cut-off."""
    head = a.header(review_year=year)
    return set(told(a.gate(head, replace(row, appointed_on=date(year - 3, 12, 1), unit_kind="事业"))))


@pytest.mark.parametrize(("year", "short"), [(2023, False), (2024, False), (2025, True)])
def test_one_year_less_near_retirement_until_the_end_of_2024(year: int, short: bool) -> None:
    older = a.row(born_on=date(1970, 1, 1), base_on=date(2010, 1, 1))
    assert ("tenure-short" in near(older, year)) is short
    assert "tenure-short" in near(a.row(base_on=date(2010, 1, 1)), year)
