"""Each rule on the batch as a whole: the good header with one value spoiled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from certsvc.domain.findings import Severity
from certsvc.domain.levels import Level
from certsvc.domain.registry import CommitteeKind, Registry
from certsvc.domain.submission import FilingStepClaim, PublicityClaim, Submission
from certsvc.stages.gate import examine
from tests.gate import builders as a

REGULAR = {
    "regular": (a.header, a.row),
    "dual": (a.dual_header, a.dual_row),
    "linked": (a.linked_header, a.linked_row),
}

PLACES = a.publicity(date(2023, 9, 22), date(2023, 10, 7))


def told(kind: str, changes: dict[str, Any], **known: Any) -> dict[str, Severity]:
    head, row = REGULAR[kind]
    seen = a.gate(head(**changes), row(), known=a.facts(**known))
    return {f.code: f.severity for f in seen.header_findings}


@pytest.mark.parametrize("kind", REGULAR)
def test_good_filings_pass_without_a_word(kind: str) -> None:
    assert told(kind, {}) == {}


@pytest.mark.parametrize(
    ("code", "kind", "changes"),
    [
        ("committee-unknown", "regular", {"committee_code": "JL-XX-00"}),
        (
            "not-authorized-then",
            "regular",
            {"meeting_starts_on": date(2025, 3, 1), "meeting_ends_on": date(2025, 3, 2)},
        ),
        ("not-authorized-then", "regular", {"meeting_ends_on": date(2025, 3, 1)}),
        ("dual-directed-mixed", "regular", {"channel": "双定向"}),
        ("dual-directed-mixed", "dual", {"channel": "常规"}),
        ("channel-not-authorized", "regular", {"committee_code": "JL-XC-NY"}),
        ("approval-missing", "regular", {"approval_ref": None}),
        ("announcement-missing", "regular", {"announcement_ref": None}),
        ("announcement-missing", "regular", {"announcing_body": None}),
        ("announcement-missing", "regular", {"announcement_on": None}),
        ("publicity-incomplete", "regular", {"publicity": (PLACES[0], replace(PLACES[1], ends_on=None))}),
        ("publicity-incomplete", "regular", {"publicity": (PLACES[0], replace(PLACES[1], place=None))}),
        (
            "publicity-one-place",
            "regular",
            {"publicity": (PLACES[0], PublicityClaim(None, None, None, None, None))},
        ),
        (
            "filing-step-incomplete",
            "regular",
            {"filing_steps": (FilingStepClaim("省", "JL-GC-GL", None, "1"),)},
        ),
        ("approval-unknown", "regular", {"approval_ref": "吉人社职例〔2023〕999号"}),
        ("approval-of-other-committee", "regular", {"approval_ref": "吉人社职例〔2023〕44号"}),
        ("approval-dates-differ", "regular", {"approval_on": date(2023, 9, 9)}),
        ("approval-dates-differ", "regular", {"meeting_ends_on": date(2023, 9, 22)}),
        ("approval-too-late", "regular", {"meeting_starts_on": date(2023, 9, 7)}),
        ("meeting-backwards", "regular", {"meeting_ends_on": date(2023, 9, 17)}),
        ("reported-before-end", "regular", {"reported_on": date(2023, 9, 20)}),
        ("vacancy-plan-missing", "linked", {"vacancy_plan_ref": None}),
        ("vacancy-plan-missing", "linked", {"vacancy_plan_ref": "长人社岗备〔2020〕1号"}),
        ("vacancy-plan-missing", "linked", {"review_year": 2026}),
        (
            "publicity-one-place",
            "regular",
            {"publicity": a.publicity(date(2023, 9, 22), date(2023, 10, 7))[:1]},
        ),
        (
            "publicity-one-place",
            "regular",
            {"publicity": a.publicity(date(2023, 9, 22), date(2023, 10, 7))[:1] * 2},
        ),
        ("publicity-too-short", "regular", {"publicity": a.publicity(date(2023, 9, 26), date(2023, 10, 3))}),
        (
            "publicity-before-result",
            "regular",
            {"publicity": a.publicity(date(2023, 9, 20), date(2023, 10, 7))},
        ),
        (
            "publicity-dates-differ",
            "regular",
            {
                "publicity": a.publicity(date(2023, 9, 22), date(2023, 10, 7))[:1]
                + a.publicity(date(2023, 9, 21), date(2023, 10, 7))[1:]
            },
        ),
        ("calendar-unknown", "regular", {"publicity": a.publicity(date(2027, 3, 1), date(2027, 3, 8))}),
        (
            "filing-before-publicity-end",
            "regular",
            {"filing_steps": (a.step("省", "JL-GC-GL", date(2023, 10, 7)),)},
        ),
        ("filing-path-broken", "regular", {"filing_steps": ()}),
        ("filing-path-broken", "dual", {"filing_steps": (a.step("省", "HRSS-222400", date(2023, 12, 6)),)}),
        (
            "filing-wrong-party",
            "regular",
            {"filing_steps": (a.step("省", "HRSS-220100", date(2023, 10, 8)),)},
        ),
        (
            "filing-wrong-party",
            "linked",
            {
                "filing_steps": (
                    a.step("当地", "PP-220102-01", date(2023, 11, 7)),
                    a.step("省", "PP-220102-01", date(2023, 11, 9)),
                )
            },
        ),
        (
            "dual-directed-wrong-filer",
            "dual",
            {
                "filing_steps": (
                    a.step("市州", "HRSS-222404", date(2023, 11, 28)),
                    a.step("省", "HRSS-222404", date(2023, 12, 6)),
                )
            },
        ),
        (
            "dual-directed-wrong-filer",
            "dual",
            {
                "filing_steps": (
                    a.step("市州", "HRSS-222404", date(2023, 11, 28)),
                    a.step("省", "HRSS-220100", date(2023, 12, 6)),
                )
            },
        ),
        (
            "filing-out-of-order",
            "linked",
            {
                "filing_steps": (
                    a.step("当地", "PP-220102-01", date(2023, 11, 9)),
                    a.step("省", "HRSS-220100", date(2023, 11, 8)),
                )
            },
        ),
        ("date-in-future", "regular", {"filing_steps": (a.step("省", "JL-GC-GL", date(2026, 11, 21)),)}),
        ("date-in-future", "regular", {"announcement_on": date(2026, 11, 21)}),
        ("announcement-before-publicity-end", "regular", {"announcement_on": date(2023, 10, 7)}),
        ("dual-directed-out-of-order", "dual", {"announcement_on": date(2023, 12, 7)}),
        ("dual-directed-out-of-order", "dual", {"announcement_on": date(2023, 11, 28 - 1)}),
        ("dual-directed-wrong-body", "dual", {"announcing_body": "示例大学附属医院"}),
        ("more-passed-than-applied", "regular", {"applicants": 0}),
        ("more-passed-than-applied", "linked", {"applicants_by_level": {Level.DEPUTY_SENIOR: 11}}),
        ("ratio-wrong-authority", "linked", {"ratio_approved_by": "HRSS-222400"}),
        ("dual-directed-not-started", "dual", {"meeting_starts_on": date(2023, 11, 13)}),
    ],
)
def test_a_spoiled_header_stops_the_filing(code: str, kind: str, changes: dict[str, Any]) -> None:
    assert told(kind, changes).get(code) is Severity.ERROR


@pytest.mark.parametrize(
    ("code", "kind", "changes"),
    [
        ("ratio-exceeded", "linked", {"applicants_by_level": {Level.DEPUTY_SENIOR: 1}}),
        ("quota-exceeded", "linked", {"approved_quota": {Level.DEPUTY_SENIOR: 0}}),
        ("ratio-not-approved", "linked", {"approved_ratio": {}}),
        ("ratio-not-approved", "linked", {"ratio_approval_ref": None}),
        ("approval-same-day", "regular", {"meeting_starts_on": date(2023, 9, 8)}),
    ],
)
def test_what_a_person_must_judge_holds_the_filing(code: str, kind: str, changes: dict[str, Any]) -> None:
    head, row = REGULAR[kind]
    seen = a.gate(head(**changes), row())
    assert (code, Severity.HOLD) in {(f.code, f.severity) for f in seen.header_findings}
    assert [(a.verdict(o), a.codes(o.findings)) for o in seen.outcomes] == [("held", {"batch-held"})]


@pytest.mark.parametrize(
    ("code", "severity", "changes"),
    [
        ("reported-late", Severity.INFO, {"reported_on": date(2023, 9, 25)}),
        (
            "publicity-started-late",
            Severity.INFO,
            {"publicity": a.publicity(date(2023, 9, 25), date(2023, 10, 8))},
        ),
        ("publicity-platform-missing", Severity.WARNING, {"publicity": None}),
        (
            "publicity-no-evidence",
            Severity.WARNING,
            {"publicity": (PLACES[0], replace(PLACES[1], url=None, evidence_sha256=None))},
        ),
        (
            "filing-receipt-missing",
            Severity.WARNING,
            {"filing_steps": (FilingStepClaim("省", "JL-GC-GL", date(2023, 10, 8), None),)},
        ),
        ("filing-late", Severity.WARNING, {"filing_steps": (a.step("省", "JL-GC-GL", date(2023, 10, 11)),)}),
        ("announcement-before-filing", Severity.WARNING, {"announcement_on": date(2023, 10, 8)}),
        ("announcement-body-unusual", Severity.WARNING, {"announcing_body": "某某协会"}),
        (
            "announcement-body-unusual",
            Severity.WARNING,
            {"announcing_body": "延边朝鲜族自治州人力资源和社会保障局"},
        ),
    ],
)
def test_notes_of_supervision_stop_nothing(code: str, severity: Severity, changes: dict[str, Any]) -> None:
    if changes.get("publicity", ()) is None:
        own, platform = a.publicity(date(2023, 9, 22), date(2023, 10, 7))
        changes = {"publicity": (own, replace(platform, place="单位网站"))}
    if code in ("announcement-before-filing", "publicity-started-late"):
        changes = changes | {"filing_steps": (a.step("省", "JL-GC-GL", date(2023, 10, 9)),)}
    seen = told("regular", changes)
    assert seen[code] is severity
    assert not {Severity.ERROR, Severity.HOLD} & set(seen.values())


def test_the_due_day_of_filing_rolls_to_the_next_working_day() -> None:
    assert told("regular", {"filing_steps": (a.step("省", "JL-GC-GL", date(2023, 10, 10)),)}) == {}


def test_publicity_over_a_make_up_saturday_is_counted() -> None:
    """2023-04-27 to 2023-05-08: Saturday 05-06 was worked."""
    assert "publicity-too-short" not in told(
        "regular", {"publicity": a.publicity(date(2023, 4, 27), date(2023, 5, 8))}
    )
    assert "publicity-too-short" in told(
        "regular", {"publicity": a.publicity(date(2023, 4, 27), date(2023, 5, 7))}
    )


def test_the_first_day_counts_where_the_setting_says_so() -> None:
    changes = {"publicity": a.publicity(date(2023, 9, 22), date(2023, 9, 28))}
    assert "publicity-too-short" in told("regular", changes)
    assert "publicity-too-short" not in told("regular", changes, count_first_day=True)


@pytest.mark.parametrize(("today", "refused"), [(date(2023, 10, 7), True), (date(2023, 10, 8), False)])
def test_the_last_day_of_publicity_must_have_passed(today: date, refused: bool) -> None:
    assert ("publicity-not-over" in told("regular", {}, today=today)) is refused


def test_a_document_serves_one_filing_only() -> None:
    used = frozenset({"吉人社职字〔2023〕101号"})
    assert told("regular", {}, used_documents=used) == {"announcement-used": Severity.ERROR}


def test_counts_agree_with_the_rows_received() -> None:
    head = a.header(row_count=2, passed=2, applicants=5)
    seen = examine(Submission("0" * 64, head, (a.row(),)), (), a.facts())
    assert a.codes(seen.header_findings) == {"row-count", "passed-count"}


def test_a_result_that_could_not_be_read_spoils_its_row_not_the_count() -> None:
    unread = a.row(2, document=a.citizen("9"), result=None, unreadable=frozenset({"评审结果"}))
    seen = examine(Submission("0" * 64, a.header(row_count=2, passed=2), (a.row(), unread)), (), a.facts())
    assert seen.header_findings == ()
    assert [a.verdict(o) for o in seen.outcomes] == ["admitted", "refused"]


def test_a_committee_name_that_cannot_be_printed_holds_the_filing() -> None:
    assert told("regular", {}, missing_glyphs=frozenset("隧路")) == {"header-glyph-missing": Severity.HOLD}


def with_county(**changes: Any) -> Registry:
    known = a.registry()
    return replace(known, counties=tuple(replace(p, **changes) for p in known.counties))


@pytest.mark.parametrize(
    ("code", "severity", "changes"),
    [
        ("dual-directed-not-started", Severity.ERROR, {"consented_on": None}),
        ("dual-directed-not-started", Severity.ERROR, {"filed_city_on": date(2023, 11, 20)}),
        ("dual-directed-not-started", Severity.ERROR, {"filed_province_on": None}),
        ("dual-directed-not-started", Severity.ERROR, {"starts_on": date(2023, 12, 1)}),
        ("dual-directed-criteria", Severity.ERROR, {"criteria": None}),
        ("dual-directed-quota", Severity.ERROR, {"quota": 0}),
        ("dual-directed-yearly", Severity.HOLD, {"usable": {2023: 0}}),
        ("dual-directed-ten-percent", Severity.WARNING, {"regular_deputy_senior_posts": 400}),
    ],
)
def test_a_county_opens_dual_directed_review_step_by_step(
    code: str, severity: Severity, changes: dict[str, Any]
) -> None:
    assert told("dual", {}, registry=with_county(**changes)) == {code: severity}


def test_a_series_counts_from_the_day_the_city_evaluated_it() -> None:
    late = with_county(series={"农业技术人员": date(2023, 11, 20)})
    (outcome,) = a.gate(a.dual_header(), a.dual_row(), known=a.facts(registry=late)).outcomes
    assert a.stopping(outcome.findings) == {"dual-directed-series"}


def test_valid_holders_count_towards_the_quota_of_the_county() -> None:
    assert told("dual", {}, dual_directed_holders={"222404": 41}) == {}
    assert told("dual", {}, dual_directed_holders={"222404": 42}) == {
        "dual-directed-quota": Severity.ERROR,
        "dual-directed-ten-percent": Severity.WARNING,
    }


def test_a_meeting_is_approved_by_the_authority_over_the_committee() -> None:
    known = a.registry()
    swapped = {"HRSS-220000": "HRSS-222400", "HRSS-222400": "HRSS-222404"}
    wrong = replace(known, approvals=tuple(replace(p, by=swapped[p.by]) for p in known.approvals))
    assert told("regular", {}, registry=wrong) == {"approval-wrong-authority": Severity.ERROR}
    assert told("dual", {}, registry=wrong) == {"approval-wrong-authority": Severity.ERROR}


def test_colleges_keep_the_ratios_of_the_notice_unless_raised() -> None:
    known = a.registry()

    def college(bonus: int) -> Registry:
        committees = tuple(
            replace(c, college=True, ratio_bonus=bonus) if c.kind is CommitteeKind.APPOINTMENT_LINKED else c
            for c in known.committees
        )
        return replace(known, committees=committees)

    raised = {"approved_ratio": {Level.DEPUTY_SENIOR: 65}}
    assert told("linked", raised, registry=college(0)) == {"college-ratio": Severity.HOLD}
    assert told("linked", raised, registry=college(10)) == {}
    crowded = {"approved_ratio": {}, "applicants_by_level": {Level.DEPUTY_SENIOR: 1}}
    assert told("linked", crowded, registry=college(0)) == {"ratio-exceeded": Severity.HOLD}


def test_the_committee_itself_and_the_department_of_its_region_may_issue_the_document() -> None:
    committee = a.registry().committee("JL-GC-GL")
    assert committee is not None
    assert told("regular", {"announcing_body": committee.name}) == {}
    granted = replace(committee.authorizations[0], region="220100")
    city = replace(a.registry(), committees=(replace(committee, authorizations=(granted,)),))
    of_city = {"announcing_body": "长春市人力资源和社会保障局"}
    assert told("regular", of_city) == {"announcement-body-unusual": Severity.WARNING}
    assert told("regular", of_city, registry=city) == {}


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("dual-directed-out-of-order", {"announcement_on": date(2023, 12, 7)}),
        ("dual-directed-out-of-order", {"announcement_on": date(2023, 11, 28 - 1)}),
        ("dual-directed-wrong-body", {"announcing_body": "示例大学附属医院"}),
        ("announcement-body-unusual", {"announcing_body": "示例大学附属医院"}),
    ],
)
def test_faults_of_the_document_carry_the_number_of_the_catalogue(code: str, changes: dict[str, Any]) -> None:
    kind = a.header if code == "announcement-body-unusual" else a.dual_header
    row = a.row if code == "announcement-body-unusual" else a.dual_row
    seen = a.gate(kind(**changes), row()).header_findings
    assert [f.case for f in seen if f.code == code] == [69]


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("announcement-missing", {"announcement_ref": None}),
        ("announcement-missing", {"announcing_body": None}),
        ("announcement-missing", {"announcement_on": None}),
        ("committee-unknown", {"committee_code": "JL-XX-00"}),
    ],
)
def test_what_the_header_lacks_is_told_once_and_not_on_every_row(code: str, changes: dict[str, Any]) -> None:
    rows = [a.row(n, document=a.citizen(str(n)), name=f"甲{n}") for n in (1, 2, 3)]
    seen = a.gate(a.header(**changes), *rows)
    assert a.stopping(seen.header_findings) == {code}
    assert [(a.verdict(o), o.findings) for o in seen.outcomes] == [("refused", ())] * 3


def test_a_filing_without_rows_is_not_also_told_that_its_counts_differ() -> None:
    seen = examine(Submission("0" * 64, a.header(row_count=60, passed=60, applicants=96), ()), (), a.facts())
    assert seen.header_findings == ()
