"""The gate is total: whatever typed values arrive, every row gets one outcome, and no doubt is admitted."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from certsvc.domain.admission import Admission, Hold, Refusal
from certsvc.domain.findings import holds, stops
from certsvc.domain.levels import Level
from certsvc.domain.submission import FilingStepClaim, PublicityClaim, Submission
from certsvc.stages.gate import examine
from tests.gate import builders as a

COMMON_WORDS = """
双定向 常规评审 4 222404 220381 农业技术人员 会计人员 高级会计师 二级岗位 有异议 未通过 通过 省 市州
"""
WORDS = st.none() | st.sampled_from(["", *COMMON_WORDS.split()])
DAYS = st.none() | st.sampled_from(
    [date.min, date(2023, 9, 19), date(2023, 11, 19), date(2024, 2, 29), date(2027, 1, 1), date.max]
)
NUMBERS = st.none() | st.integers(0, 5)
BY_KIND: dict[str, st.SearchStrategy[Any]] = {
    "str | None": WORDS,
    "date | None": DAYS,
    "int | None": NUMBERS,
    "Level | None": st.none() | st.sampled_from(Level),
    "Mapping[Level, int]": st.dictionaries(st.sampled_from(Level), st.integers(0, 3)),
    "tuple[PublicityClaim, ...]": st.lists(
        st.builds(PublicityClaim, WORDS, WORDS, DAYS, DAYS, WORDS), max_size=3
    ).map(tuple),
    "tuple[FilingStepClaim, ...]": st.lists(
        st.builds(FilingStepClaim, WORDS, WORDS, DAYS, WORDS), max_size=3
    ).map(tuple),
    "bool": st.booleans(),
}


@st.composite
def spoiled(draw: st.DrawFn, good: Any) -> Any:
    """A good value with up to four fields replaced by anything of their type."""
    open_fields = [f for f in fields(good) if str(f.type) in BY_KIND and f.name != "review_year"]
    chosen = draw(st.lists(st.sampled_from(open_fields), max_size=4, unique_by=lambda f: f.name))
    return replace(good, **{f.name: draw(BY_KIND[str(f.type)]) for f in chosen})


GOOD = st.sampled_from(
    [(a.header(), a.row()), (a.dual_header(), a.dual_row()), (a.linked_header(), a.linked_row())]
)


@settings(max_examples=150, deadline=None)
@given(st.data(), GOOD)
def test_every_row_gets_one_outcome_that_fits_its_findings(
    data: st.DataObject, good: tuple[Any, Any]
) -> None:
    header = data.draw(spoiled(good[0]))
    rows = tuple(replace(data.draw(spoiled(good[1])), number=n) for n in (1, 2, 3))
    submission = Submission("0" * 64, header, rows)
    seen = examine(submission, (), a.facts(missing_glyphs=frozenset("岗")))
    assert [outcome.row for outcome in seen.outcomes] == [1, 2, 3]
    for outcome in seen.outcomes:
        match outcome:
            case Admission():
                assert not stops(outcome.findings)
                assert not holds(outcome.findings)
            case Hold():
                assert holds(outcome.findings)
                assert not stops(outcome.findings)
            case Refusal():
                told = stops(outcome.findings) or stops(seen.header_findings)
                assert told or a.codes(outcome.findings) == {"not-passed"}
    assert examine(submission, (), a.facts(missing_glyphs=frozenset("岗"))) == seen
