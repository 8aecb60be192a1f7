"""Stories told at the gate: dates that move, a county that files by itself, a career over nine years, rare names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from certsvc.domain.admission import Admission
from certsvc.domain.facts import HeldTitle
from certsvc.domain.identity import IdDocument, IdKind
from certsvc.domain.levels import Level
from certsvc.domain.registry import Authorization, MeetingApproval, Registry
from certsvc.domain.submission import BatchHeader
from certsvc.domain.ways import Way
from tests.gate import builders as a

PIAO = "229902197909040112"


def test_a_regular_batch_is_filed_on_the_day_after_publicity_and_not_before() -> None:
    early = a.header(filing_steps=(a.step("省", "JL-GC-GL", date(2023, 9, 29)),))
    assert a.stopping(a.gate(early, a.row()).header_findings) == {"filing-before-publicity-end"}
    shortened = replace(early, publicity=a.publicity(date(2023, 9, 22), date(2023, 9, 28)))
    told = a.gate(shortened, a.row()).header_findings
    assert a.stopping(told) == {"publicity-too-short", "filing-before-publicity-end"}
    assert {f.case for f in told} == {64, 67}

    seen = a.gate(a.header(), a.row())
    assert seen.header_findings == ()
    (admitted,) = seen.outcomes
    assert isinstance(admitted, Admission)
    assert admitted.award.acquired_on == date(2023, 9, 19)


def test_a_dual_directed_batch_goes_county_city_document_province() -> None:
    seen = a.gate(a.dual_header(), a.dual_row())
    assert seen.header_findings == ()
    (admitted,) = seen.outcomes
    assert isinstance(admitted, Admission)
    assert (admitted.award.validity_area, admitted.award.way) == ("222404", int(Way.DUAL_DIRECTED))
    by_county = a.dual_header(announcing_body="珲春市人力资源和社会保障局")
    assert a.gate(by_county, a.dual_row()).header_findings == ()


def test_wrong_county_wrong_level_and_wrong_filer_are_three_errors() -> None:
    head = a.dual_header(filing_steps=(a.step("省", "HRSS-222404", date(2023, 12, 6)),))
    stranger = a.dual_row(1, unit_region="220605", validity_area="220605", document=a.citizen("1"), name="甲")
    senior = a.dual_row(2, level=Level.SENIOR, title="正高级农艺师", base_level=Level.DEPUTY_SENIOR)
    seen = a.gate(head, stranger, senior)
    assert 57 in {f.case for f in seen.header_findings}
    assert 54 in {f.case for f in seen.outcomes[0].findings}
    assert 52 in {f.case for f in seen.outcomes[1].findings}
    assert [a.verdict(o) for o in seen.outcomes] == ["refused", "refused"]


def _regular_agronomy(year: int) -> tuple[BatchHeader, Registry]:
    """A regular committee for agronomy and its meeting of that June."""
    known = a.registry()
    grant = Authorization(
        "农业技术人员",
        frozenset({"农艺"}),
        frozenset({Level.SENIOR, Level.DEPUTY_SENIOR}),
        "220000",
        date(2026, 1, 1),
        date(2033, 1, 1),
    )
    committee = known.committee("JL-GC-GL")
    assert committee is not None
    agronomy = replace(committee, code="JL-NY", authorizations=(grant,))
    days = (date(year, 6, 7), date(year, 6, 8))
    meeting = MeetingApproval(f"例会〔{year}〕1号", "JL-NY", date(year, 5, 10), "HRSS-220000", days)
    head = a.header(
        committee_code="JL-NY",
        review_year=year,
        approval_ref=meeting.ref,
        approval_on=meeting.approved_on,
        meeting_starts_on=days[0],
        meeting_ends_on=days[1],
        reported_on=date(year, 6, 9),
        publicity=a.publicity(date(year, 6, 9), date(year, 6, 20)),
        filing_steps=(a.step("省", "JL-NY", date(year, 6, 21)),),
        announcement_ref=f"公布〔{year}〕1号",
        announcement_on=date(year, 7, 1),
    )
    return head, replace(known, committees=(agronomy,), approvals=(meeting,))


def _step_up(year: int, held: tuple[HeldTitle, ...], **changes: Any) -> tuple[str, set[str]]:
    head, registry = _regular_agronomy(year)
    row = a.dual_row(way="常规评审", validity_area=None, post=None, base_title="高级农艺师")
    row = replace(
        row, base_level=Level.DEPUTY_SENIOR, applied_on=date(year, 2, 1), reviewed_on=date(year, 6, 8)
    )
    known = a.facts(
        registry=registry, calendar=a.calendar(), today=date(year, 8, 1), held_titles={PIAO: held}
    )
    seen = a.gate(head, replace(row, **changes), known=known)
    assert a.stopping(seen.header_findings) == set()
    (outcome,) = seen.outcomes
    return a.verdict(outcome), a.stopping(outcome.findings)


def test_a_career_goes_dual_directed_then_regular_then_senior() -> None:
    dual = HeldTitle(6, Level.DEPUTY_SENIOR, 60201, True, date(2023, 11, 19), "P-2023", Way.DUAL_DIRECTED)
    regular = HeldTitle(6, Level.DEPUTY_SENIOR, 60201, False, date(2027, 6, 8), "P-2027", Way.REGULAR)
    senior: dict[str, Any] = {"level": Level.SENIOR, "title": "正高级农艺师"}
    marked: dict[str, Any] = {"base_dual_directed": True, "base_on": date(2023, 11, 19)}
    assert _step_up(2027, (dual,), **senior, **marked) == ("refused", {"senior-after-dual-directed"})
    assert _step_up(2027, (dual,), **marked) == ("admitted", set())
    assert _step_up(2032, (dual, regular), **senior, base_on=date(2027, 6, 8)) == ("admitted", set())


def test_names_and_kinds_of_identity_do_not_stand_in_the_way() -> None:
    people = (
        ("阿依努尔·买买提", a.citizen("229903198811210241")),
        ("赵𬭎宇", a.citizen("229904199102280336")),
        ("王丽", a.citizen("229905198307150422")),
        ("王莉", a.citizen("229905198307160444")),
        ("陈港生", IdDocument(IdKind.HK_MACAO_TAIWAN_RESIDENCE, "810000198510100018")),
        ("李𡉃", a.citizen("229909196802120913")),
    )
    rows = [a.row(i, name=name, document=document) for i, (name, document) in enumerate(people, start=1)]
    seen = a.gate(a.header(), *rows, known=a.facts(missing_glyphs=frozenset("𡉃")))
    assert [a.verdict(o) for o in seen.outcomes] == ["admitted"] * 5 + ["held"]
    assert a.codes(seen.outcomes[5].findings) == {"glyph-missing"}


def test_findings_of_the_intake_count_like_the_gates_own() -> None:
    told = a.gate(a.header(), a.row(person_kind="公务员")).outcomes[0].findings
    (finding,) = told
    seen = a.gate(a.header(), a.row(), told=(finding, replace(finding, row=None), replace(finding, row=7)))
    assert a.stopping(seen.header_findings) == {"person-not-eligible"}
    assert [(o.row, a.verdict(o)) for o in seen.outcomes] == [(1, "refused"), (7, "refused")]
