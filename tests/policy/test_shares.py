"""Ratios and quotas that the local department approved, by unit and sub-unit; a supplement counts with its batch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.domain.facts import PassedBefore
from certsvc.domain.findings import Severity
from certsvc.domain.levels import Level
from certsvc.domain.registry import ApprovedShare, Committee, QuotaApproval, Registry
from certsvc.domain.registry_decoding import decode_registry
from certsvc.domain.submission import SubmittedRow
from certsvc.errors import UnreadableInput
from tests.gate import builders as a
from tests.policy import builders as p
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import EXAMPLES, sample

HOSPITAL = "12229948445942447P"
REF = "长人社核〔2023〕15号"
LINKED = "2023-评聘结合-医院.xlsx"
DEPUTY = Level.DEPUTY_SENIOR


def approval(share: ApprovedShare, **changes: Any) -> QuotaApproval:
    """What the department of 长春 approved for the hospital's deputy senior titles of 2023."""
    good = QuotaApproval(REF, "HRSS-220100", date(2023, 9, 1), "PP-220102-01", 2023, {DEPUTY: share})
    return replace(good, **changes)


def registry(*approvals: QuotaApproval, **committee: Any) -> Registry:
    known = a.registry()

    def changed(one: Committee) -> Committee:
        return replace(one, **committee) if one.code == "PP-220102-01" else one

    return replace(known, committees=tuple(map(changed, known.committees)), quota_approvals=approvals)


def rows(*sub_units: str | None, **changes: Any) -> list[SubmittedRow]:
    return [
        a.linked_row(n, name=f"甲{n}", document=a.citizen(str(n)), sub_unit=sub_unit, **changes)
        for n, sub_unit in enumerate(sub_units, start=1)
    ]


def told(
    known: Registry, people: list[SubmittedRow], before: tuple[PassedBefore, ...] = (), **head: Any
) -> dict[str, Severity]:
    facts = a.facts(registry=known, passed_before=before)
    seen = a.gate(a.linked_header(**head), *people, known=facts)
    return {f.code: f.severity for f in seen.header_findings}


QUOTA_TWO = ApprovedShare(None, 2, None)
FIRST, SECOND = "第一临床学院", "第二临床学院"


@pytest.mark.parametrize(
    ("case", "approvals", "people", "holds"),
    [
        ("within the quota", [approval(QUOTA_TWO)], [None, None], set()),
        ("above the quota", [approval(QUOTA_TWO)], [None] * 3, {"unit-share-exceeded"}),
        ("the quota of another unit", [approval(QUOTA_TWO, unit="9" * 18)], [None] * 3, set()),
        ("the unit's own quota", [approval(QUOTA_TWO, unit=HOSPITAL)], [None] * 3, {"unit-share-exceeded"}),
        (
            "each sub-unit within its own",
            [approval(QUOTA_TWO, unit=HOSPITAL, sub_unit=name) for name in (FIRST, SECOND)],
            [FIRST, FIRST, SECOND],
            set(),
        ),
        (
            "one sub-unit above its own",
            [approval(QUOTA_TWO, unit=HOSPITAL, sub_unit=name) for name in (FIRST, SECOND)],
            [FIRST, FIRST, FIRST],
            {"unit-share-exceeded"},
        ),
        (
            "a sub-unit that nobody approved",
            [approval(QUOTA_TWO, unit=HOSPITAL, sub_unit=FIRST)],
            [FIRST, SECOND],
            {"sub-unit-missing"},
        ),
        (
            "a row without its sub-unit",
            [approval(QUOTA_TWO, unit=HOSPITAL, sub_unit=FIRST)],
            [FIRST, None],
            {"sub-unit-missing"},
        ),
        (
            "the ratio, of the applicants approved with it",
            [approval(ApprovedShare(50, None, 4))],
            [None, None],
            set(),
        ),
        (
            "above that ratio",
            [approval(ApprovedShare(50, None, 4))],
            [None] * 3,
            {"unit-share-exceeded"},
        ),
        (
            "above the ratio, of the applicants in the header",
            [approval(ApprovedShare(20, None, None))],
            [None] * 3,
            {"unit-share-exceeded"},
        ),
        (
            "another number",
            [approval(QUOTA_TWO, ref="长人社核〔2023〕1号")],
            [None],
            {"ratio-differs-from-approval"},
        ),
        (
            "another department",
            [approval(QUOTA_TWO, department="HRSS-222400")],
            [None],
            {"share-wrong-authority"},
        ),
        (
            "approved after the meeting",
            [approval(QUOTA_TWO, approved_on=date(2023, 11, 1))],
            [None],
            {"share-wrong-authority"},
        ),
        (
            "approved for another year",
            [approval(QUOTA_TWO, year=2024)],
            [None] * 3,
            {"ratio-not-approved"},
        ),
    ],
)
def test_what_is_approved_binds_unit_and_sub_unit(
    case: str, approvals: list[QuotaApproval], people: list[str | None], holds: set[str]
) -> None:
    seen = told(registry(*approvals), rows(*people), approved_ratio={})
    assert seen == dict.fromkeys(holds, Severity.HOLD), case


def test_an_approval_in_the_registry_needs_no_claim_in_the_header() -> None:
    head = {"approved_ratio": {}, "ratio_approval_ref": None, "ratio_approved_by": None}
    assert told(registry(approval(QUOTA_TWO)), rows(None), **head) == {}
    assert told(registry(), rows(None), **head) == {"ratio-not-approved": Severity.HOLD}


def test_what_the_header_claims_agrees_with_what_is_approved() -> None:
    sixty = registry(approval(ApprovedShare(60, None, None)))
    assert told(sixty, rows(None)) == {"ratio-differs-from-approval": Severity.HOLD}
    assert told(sixty, rows(None), approved_ratio={DEPUTY: 60}) == {}


@pytest.mark.parametrize(
    ("bonus", "ratio", "above"),
    [
        (None, 55, False),
        (None, 56, True),
        ("双一流", 75, False),
        ("双一流", 76, True),
        ("双高计划", 70, False),
        ("双高计划", 71, True),
        ("艰苦边远地区院校", 66, True),
        ("没有的依据", 56, True),
    ],
)
def test_a_college_is_raised_by_no_more_than_its_ground_allows(
    bonus: str | None, ratio: int, above: bool
) -> None:
    share = ApprovedShare(ratio, None, 100)
    seen = told(registry(approval(share, bonus=bonus), college=True), rows(None), approved_ratio={})
    assert ("share-above-notice" in seen) is above


@pytest.mark.parametrize(
    ("way", "word", "ratio", "holds"),
    [
        ("30年教龄认定", None, 100, False),
        ("30年教龄破格", "破格", 60, False),
        ("30年教龄破格", "破格", 61, True),
    ],
)
def test_thirty_years_of_teaching_have_two_caps(way: str, word: str | None, ratio: int, holds: bool) -> None:
    share = approval(ApprovedShare(ratio, None, 1), way=way)
    seen = told(registry(share), rows(None, way="30年教龄认定", remark=word))
    assert ("share-above-notice" in seen) is holds


def test_a_supplement_counts_with_the_batch_it_supplements() -> None:
    before = (PassedBefore(HOSPITAL, "", DEPUTY, 1), PassedBefore(HOSPITAL, FIRST, Level.SENIOR, 9))
    known = registry(approval(QUOTA_TWO))
    assert told(known, rows(None), before) == {}
    assert told(known, rows(None, None), before) == {"unit-share-exceeded": Severity.HOLD}
    assert told(known, rows(None), before, approved_quota={DEPUTY: 1})["quota-exceeded"] is Severity.HOLD


@pytest.fixture
def office(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[OfficeUnderTest]:
    opened = OfficeUnderTest(tmp_path, clock, database_url)
    yield opened
    opened.close()


def test_issued_persons_are_remembered_and_not_counted_twice(office: OfficeUnderTest) -> None:
    """Quota two: one issued, one held. The corrected table of both passes; a third person is too many."""
    batch = sample(LINKED).with_header(副高级核定数额=2)
    levels = {row["申报级别"] for row in batch.rows}
    people = [dict(row) for row in batch.rows if row["申报级别"] == "副高级"][:3]
    assert "副高级" in levels
    content = json.loads((EXAMPLES / "registry.json").read_bytes())
    content["quota_approvals"] = [
        {
            "ref": batch.header["通过比例核准文号"],
            "department": "HRSS-220100",
            "approved_on": "2023-09-01",
            "committee": "PP-220102-01",
            "year": 2023,
            "levels": {"副高级": {"quota": 2}},
        }
    ]
    office.office.load_registry(p.raw(content))
    first = office.submit(batch.with_rows([people[0], {**people[1], "公示结果": "有异议"}]).xlsx())
    assert (first.rows.admitted, first.rows.held) == (1, 1)
    office.issue(first)
    cleared = {**people[1], "公示结果": "异议不成立"}
    again = office.submit(batch.with_rows([people[0], cleared]).xlsx())
    assert "unit-share-exceeded" not in {f.code for f in again.findings}
    assert (again.rows.admitted, again.rows.refused) == (1, 1)
    third = office.submit(batch.with_rows([people[0], cleared, people[2]]).xlsx())
    assert "unit-share-exceeded" in {f.code for f in third.findings}


BASE: dict[str, Any] = {
    "ref": REF,
    "department": "HRSS-220100",
    "approved_on": "2023-09-01",
    "committee": "PP-220102-01",
    "year": 2023,
    "levels": {"副高级": {"ratio": 55, "quota": 2}},
}


def decoded(*approvals: dict[str, Any]) -> Registry:
    content = json.loads((EXAMPLES / "registry.json").read_bytes())
    return decode_registry(p.raw({**content, "quota_approvals": list(approvals)}))


def test_approvals_are_optional_in_the_registry() -> None:
    assert a.registry().quota_approvals == ()
    (found,) = decoded({**BASE, "unit": HOSPITAL, "sub_unit": FIRST, "bonus": "双一流"}).quota_approvals
    assert (found.shares, found.sub_unit) == ({DEPUTY: ApprovedShare(55, 2, None)}, FIRST)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"levels": {}}, "quota_approvals[0].levels"),
        ({"levels": {"副高级": {}}}, "levels.副高级"),
        ({"levels": {"副高级": {"ratio": 101}}}, "levels.副高级.ratio"),
        ({"levels": {"特级": {"quota": 1}}}, "levels.特级"),
        ({"sub_unit": FIRST}, "quota_approvals[0].unit"),
        ({"department": "HRSS-1"}, "quota_approvals[0].department"),
        ({"committee": "X"}, "quota_approvals[0].committee"),
        ({"way": "某方式"}, "quota_approvals[0].way"),
        ({"more": 1}, "quota_approvals[0].more"),
    ],
)
def test_an_approval_that_cannot_be_is_refused_with_its_place(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(UnreadableInput) as refused:
        decoded({**BASE, **changes})
    assert place in str(refused.value)


def test_one_approval_for_one_unit_and_year() -> None:
    with pytest.raises(UnreadableInput, match=r"quota_approvals\[1\]"):
        decoded(BASE, BASE)
