"""One more breach never makes a refusal milder: refused stays refused, held is at least held (Hypothesis)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certsvc.domain.admission import Admission, Examination, Refusal
from certsvc.domain.facts import CreditBlock, HeldTitle
from certsvc.domain.findings import stops
from certsvc.domain.levels import Level
from certsvc.domain.submission import BatchHeader, SubmittedRow
from certsvc.domain.ways import Way
from tests.gate import builders as a

PERSON, DUAL_PERSON = "229901198503171022", "229902197909040112"
EXAMPLES = 400


@dataclass(frozen=True)
class Breach:
    """What one breach changes of header, row and facts; `fact_of` makes facts about the person of the row."""

    name: str
    header: Mapping[str, Any] = field(default_factory=dict)
    row: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def places(self) -> frozenset[str]:
        """Everything that the breach changes; two breaches of one place cannot both be there."""
        return frozenset(
            [f"h.{key}" for key in self.header]
            + [f"r.{key}" for key in self.row]
            + [f"f.{key}" for key in self.facts]
        )


def held_already(person: str, series: int, title: int) -> dict[str, tuple[HeldTitle, ...]]:
    title_held = HeldTitle(series, Level.DEPUTY_SENIOR, title, False, date(2019, 1, 1), "2220190520000011")
    return {person: (title_held,)}


SHARED: Final = (
    Breach("no committee", {"committee_code": "JL-XX-00"}),
    Breach("no approval", {"approval_ref": None}),
    Breach("unknown approval", {"approval_ref": "吉人社职例〔2023〕999号"}),
    Breach("no announcement", {"announcement_ref": None}),
    Breach("announced too early", {"announcement_on": date(2023, 9, 1)}),
    Breach("filed in the future", {"announcement_on": date(2030, 1, 1)}),
    Breach("no filing at all", {"filing_steps": ()}),
    Breach("one place of publicity", {"publicity": a.publicity(date(2023, 9, 22), date(2023, 10, 7))[:1]}),
    Breach("short publicity", {"publicity": a.publicity(date(2023, 9, 26), date(2023, 10, 3))}),
    Breach("more passed than applied", {"applicants": 0}),
    Breach("no name", row={"name": None}),
    Breach("no document", row={"document": None}),
    Breach("unknown division", row={"unit_region": "220381"}),
    Breach("civil servant", row={"person_kind": "公务员"}),
    Breach("retired", row={"person_kind": "离退休"}),
    Breach("other specialty", row={"specialty": "农机"}),
    Breach("other series", row={"series": "会计人员"}),
    Breach("intermediate", row={"level": Level.INTERMEDIATE}),
    Breach("title of another level", row={"title": "工程师"}),
    Breach("unknown way", row={"way": "推荐"}),
    Breach("level skipped", row={"base_level": Level.ASSISTANT}),
    Breach("no base title", row={"base_level": None}),
    Breach("base after the review", row={"base_on": date(2024, 5, 1)}),
    Breach("no continuing education", row={"continuing_education": None}),
    Breach("continuing education failed", row={"continuing_education": "不合格"}),
    Breach("reviewed outside the meeting", row={"reviewed_on": date(2023, 12, 24)}),
    Breach("applied after the review", row={"applied_on": date(2024, 1, 1)}),
    Breach("not passed", row={"result": "未通过"}),
    Breach("no result", row={"result": None}),
    Breach("objection", row={"objection": "有异议"}),
    Breach("objection upheld", row={"objection": "异议成立"}),
    Breach(
        "document used",
        facts={"used_documents": frozenset({"吉人社职字〔2023〕101号", "延州人社职字〔2023〕12号"})},
    ),
    Breach("no glyph", facts={"missing_glyphs": frozenset("林朴")}),
    Breach(
        "credit record",
        facts={
            "credit_blocks": dict.fromkeys(
                (PERSON, DUAL_PERSON), (CreditBlock(date(2022, 6, 3), date(2025, 6, 3)),)
            )
        },
    ),
    Breach(
        "year cancelled", facts={"cancelled_years": dict.fromkeys((PERSON, DUAL_PERSON), frozenset({2023}))}
    ),
)
REGULAR: Final = (
    *SHARED,
    Breach("area on a regular title", row={"validity_area": "222404"}),
    Breach("dual-directed row", row={"way": "双定向"}),
    Breach("entrusted without reference", row={"way": "委托评审"}),
    Breach("incentive without document", row={"way": "援疆援藏援外支教激励"}),
    Breach("held already", facts={"held_titles": held_already(PERSON, 5, 50201)}),
)
DUAL: Final = (
    *SHARED,
    Breach("senior", row={"level": Level.SENIOR}),
    Breach("no area", row={"validity_area": None}),
    Breach("area outside the ten", row={"validity_area": "220605"}),
    Breach("another of the ten", row={"validity_area": "222402"}),
    Breach("post of another grade", row={"post": "专业技术六级岗位"}),
    Breach(
        "filed by the county",
        {
            "filing_steps": (
                a.step("市州", "HRSS-222404", date(2023, 11, 28)),
                a.step("省", "HRSS-222404", date(2023, 12, 6)),
            )
        },
    ),
    Breach("regular row", row={"way": "常规评审"}),
    Breach("quota used up", facts={"dual_directed_holders": {"222404": 42}}),
    Breach("more than the quota", facts={"dual_directed_holders": {"222404": 43}}),
    Breach("held already", facts={"held_titles": held_already(DUAL_PERSON, 6, 60201)}),
)


def severity(examination: Examination) -> int:
    """0 admitted, 1 held, 2 refused."""
    (outcome,) = examination.outcomes
    if stops(examination.header_findings) or isinstance(outcome, Refusal):
        return 2
    return 0 if isinstance(outcome, Admission) else 1


def examined(breaches: list[Breach], *, dual: bool) -> int:
    header: dict[str, Any] = {}
    row: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    for one in breaches:
        header |= one.header
        row |= one.row
        facts |= one.facts
    head: BatchHeader = a.dual_header(**header) if dual else a.header(**header)
    filed: SubmittedRow = a.dual_row(**row) if dual else a.row(**row)
    return severity(a.gate(head, filed, known=a.facts(**facts)))


def _disjoint(chosen: list[Breach]) -> list[Breach]:
    taken: set[str] = set()
    kept = []
    for one in chosen:
        if not one.places & taken:
            kept.append(one)
            taken |= one.places
    return kept


@pytest.mark.parametrize(("catalogue", "dual"), [(REGULAR, False), (DUAL, True)], ids=["regular", "dual"])
def test_every_breach_alone_holds_or_refuses(catalogue: tuple[Breach, ...], dual: bool) -> None:
    assert examined([], dual=dual) == 0
    assert [one.name for one in catalogue if examined([one], dual=dual) == 0] == []


@pytest.mark.parametrize("dual", [False, True], ids=["regular", "dual"])
@settings(max_examples=EXAMPLES, deadline=None)
@given(st.data())
def test_one_more_breach_never_makes_the_answer_milder(dual: bool, data: st.DataObject) -> None:
    catalogue = DUAL if dual else REGULAR
    chosen = _disjoint(
        data.draw(st.lists(st.sampled_from(catalogue), min_size=1, max_size=6, unique_by=lambda b: b.name))
    )
    before = 0
    for count in range(1, len(chosen) + 1):
        after = examined(chosen[:count], dual=dual)
        assert after >= before, [one.name for one in chosen[:count]]
        before = after


def test_the_ways_of_the_catalogue_are_the_words_of_the_table() -> None:
    words = {str(one.row["way"]) for one in (*REGULAR, *DUAL) if "way" in one.row} - {"推荐"}
    assert words <= {way.label for way in Way}
