"""Eligibility as the notices have it: bars, the order after a dual-directed title, tenure, exclusions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certsvc.adapters.shipped_policies import shipped_policies
from certsvc.domain.check_reference import ReferenceKind, build_reference
from certsvc.domain.eligibility import (
    Effect,
    Eligibility,
    EligibilityQuestion,
    PersonFacts,
    TenureSource,
    first_free_day_of,
    judge_eligibility,
)
from certsvc.domain.facts import CreditBlock, HeldTitle
from certsvc.domain.identity import IdDocument, IdKind
from certsvc.domain.levels import Level
from certsvc.domain.series import SERIES
from certsvc.domain.ways import Way

FARMING, ENGINEERING = 6, 5
ACCOUNTING = next(code for code, name in SERIES.items() if name == "会计人员")
DUAL = HeldTitle(
    FARMING, Level.DEPUTY_SENIOR, 602, True, date(2023, 11, 19), "2023-D", int(Way.DUAL_DIRECTED)
)
REGULAR = HeldTitle(FARMING, Level.DEPUTY_SENIOR, 602, False, date(2027, 9, 20), "2027-R", int(Way.REGULAR))
MIDDLE = HeldTitle(FARMING, Level.INTERMEDIATE, 603, False, date(2016, 11, 20), "2016-M", int(Way.REGULAR))
ASKED = EligibilityQuestion(
    "朴正浩",
    IdDocument(IdKind.CITIZEN, "229902197909040112"),
    FARMING,
    Level.SENIOR,
    Way.REGULAR,
    date(2032, 3, 1),
)


def ask(*titles: HeldTitle, question: EligibilityQuestion = ASKED, **known: object) -> Eligibility:
    """The answer for somebody with these titles."""
    facts = PersonFacts(titles, name_agrees=True, **known)  # type: ignore[arg-type]
    return judge_eligibility(question, facts, shipped_policies())


def told(answer: Eligibility) -> dict[str, Effect]:
    """Code and effect of every reason."""
    return {reason.code: reason.effect for reason in answer.reasons}


def test_a_dual_directed_title_alone_leads_to_no_senior_one_and_the_answer_says_what_to_do() -> None:
    answer = ask(MIDDLE, DUAL)
    assert not answer.eligible
    assert told(answer)["senior-after-dual-directed"] is Effect.BLOCKS
    reason = next(one for one in answer.reasons if one.effect is Effect.BLOCKS)
    assert "先申报并取得常规副高级职称" in reason.message
    assert reason.clause == "吉人社函〔2023〕211号 一（三）"
    assert answer.free_on is None, "no day will do"


def test_the_regular_title_after_the_dual_directed_one_lets_tenure_run_from_the_first() -> None:
    answer = ask(MIDDLE, DUAL, REGULAR)
    assert answer.eligible
    assert answer.base == REGULAR
    start = answer.tenure_start
    assert start is not None
    assert (start.on, start.source, start.number) == (DUAL.acquired_on, TenureSource.DUAL_DIRECTED, "2023-D")
    assert (start.optional, start.otherwise_on) == (True, REGULAR.acquired_on)


def test_the_dual_directed_title_is_the_base_of_the_regular_one() -> None:
    answer = ask(MIDDLE, DUAL, question=replace(ASKED, level=Level.DEPUTY_SENIOR))
    assert answer.eligible
    assert answer.base == DUAL
    assert told(answer) == {}


@pytest.mark.parametrize(
    ("titles", "on"),
    [
        ((MIDDLE, REGULAR), REGULAR.acquired_on),
        ((REGULAR, replace(DUAL, acquired_on=date(2029, 1, 1))), REGULAR.acquired_on),
        ((REGULAR, replace(DUAL, series=ENGINEERING)), REGULAR.acquired_on),
    ],
    ids=["no dual-directed title", "a later one", "one of another series"],
)
def test_tenure_runs_from_the_base_title_without_an_earlier_dual_directed_one(
    titles: tuple[HeldTitle, ...], on: date
) -> None:
    start = ask(*titles).tenure_start
    assert start is not None
    assert (start.on, start.source, start.optional) == (on, TenureSource.BASE_TITLE, False)


@pytest.mark.parametrize(
    ("titles", "changes", "expected"),
    [
        ((), {}, {"base-title-missing": Effect.CHECK}),
        ((), {"way": Way.TALENT_INCENTIVE}, {}),
        ((), {"level": Level.INTERMEDIATE}, {}),
        ((MIDDLE,), {}, {"level-skip": Effect.CHECK}),
        ((MIDDLE, REGULAR), {"level": Level.DEPUTY_SENIOR}, {"no-step-up": Effect.CHECK}),
        (
            (REGULAR,),
            {"way": Way.DUAL_DIRECTED},
            {"dual-directed-senior": Effect.BLOCKS},
        ),
        (
            (),
            {"way": Way.DUAL_DIRECTED, "level": Level.INTERMEDIATE},
            {"dual-directed-lower-level": Effect.BLOCKS},
        ),
    ],
)
def test_the_order_of_promotion(
    titles: tuple[HeldTitle, ...], changes: dict[str, object], expected: dict[str, Effect]
) -> None:
    question = replace(ASKED, **changes)  # type: ignore[arg-type]
    assert told(ask(*titles, question=question)) == expected


def test_one_aid_incentive_in_a_life_and_either_the_regular_or_the_epidemic_way_a_year() -> None:
    aid = replace(ASKED, way=Way.AID_MISSION)
    answer = ask(REGULAR, question=aid, aided_before=True)
    assert told(answer) == {"second-aid-incentive": Effect.CHECK}
    assert answer.aid_incentive_used
    epidemic = replace(REGULAR, way=int(Way.ANTI_EPIDEMIC), acquired_on=date(2032, 1, 5))
    assert "epidemic-and-regular" in told(ask(epidemic))
    assert "epidemic-and-regular" not in told(ask(replace(epidemic, acquired_on=date(2031, 1, 5))))


def test_a_record_and_a_cancelled_year_bar_together_until_the_first_day_that_neither_bars() -> None:
    block = CreditBlock(date(2024, 6, 3), date(2027, 6, 3))
    asked = replace(ASKED, applied_on=date(2027, 6, 2))
    answer = ask(REGULAR, question=asked, credit_blocks=(block,), cancelled_years=frozenset({2027}))
    assert told(answer) == {"credit-block": Effect.BLOCKS, "year-cancelled": Effect.BLOCKS}
    assert answer.free_on == date(2028, 1, 1)
    free = ask(REGULAR, question=replace(asked, applied_on=date(2028, 1, 1)), credit_blocks=(block,))
    assert free.eligible
    assert free.free_on is None


def test_a_bar_of_time_beside_one_that_no_day_lifts_names_no_day() -> None:
    block = CreditBlock(date(2031, 6, 3), date(2034, 6, 3))
    answer = ask(DUAL, credit_blocks=(block,))
    assert not answer.eligible
    assert answer.free_on is None
    assert [one.free_on for one in answer.reasons if one.code == "credit-block"] == [date(2034, 6, 3)]


def test_under_another_name_bars_count_and_titles_are_not_told() -> None:
    block = CreditBlock(date(2031, 6, 3), date(2034, 6, 3))
    facts = PersonFacts((REGULAR,), (block,), aided_before=True, name_agrees=False)
    answer = judge_eligibility(ASKED, facts, shipped_policies())
    assert (answer.titles, answer.base, answer.tenure_start, answer.aid_incentive_used) == (
        (),
        None,
        None,
        False,
    )
    assert told(answer) == {"credit-block": Effect.BLOCKS, "name-differs": Effect.CHECK}


@given(
    blocks=st.lists(st.tuples(st.integers(0, 1500), st.integers(1, 1200)), max_size=4),
    years=st.frozensets(st.integers(2024, 2029), max_size=3),
    on=st.integers(0, 2000),
)
def test_the_first_free_day_is_the_first_that_nothing_bars(
    blocks: list[tuple[int, int]], years: frozenset[int], on: int
) -> None:
    begin = date(2024, 1, 1)
    records = tuple(
        CreditBlock(begin + timedelta(start), begin + timedelta(start + length)) for start, length in blocks
    )
    facts = PersonFacts(credit_blocks=records, cancelled_years=years)

    def barred(day: date) -> bool:
        return day.year in years or any(one.bars(day) for one in records)

    applied_on = begin + timedelta(on)
    expected = applied_on
    while barred(expected):
        expected += timedelta(1)
    assert first_free_day_of(applied_on, facts) == (None if expected == applied_on else expected)


@pytest.mark.parametrize(
    ("way", "applied_on", "told"),
    [
        (Way.FROM_ARMY, date(2023, 3, 1), []),
        (Way.REGULAR, date(2023, 3, 1), ["base-title-missing"]),
        (Way.FROM_ARMY, date(1999, 3, 1), ["base-title-missing"]),
    ],
    ids=["a way that may skip", "a way that may not", "before any policy let it skip"],
)
def test_the_policy_of_the_day_says_which_ways_may_skip_a_level(
    way: Way, applied_on: date, told: list[str]
) -> None:
    asked = replace(ASKED, way=way, level=Level.DEPUTY_SENIOR, applied_on=applied_on)
    found = judge_eligibility(asked, PersonFacts(), shipped_policies())
    assert [one.code for one in found.reasons] == told


@pytest.mark.parametrize(
    ("reviewed", "applied_on", "way", "expected"),
    [
        (2023, date(2024, 2, 10), Way.ANTI_EPIDEMIC, Effect.BLOCKS),
        (2022, date(2023, 2, 10), Way.ANTI_EPIDEMIC, Effect.BLOCKS),
        (2023, date(2023, 2, 10), Way.ANTI_EPIDEMIC, None),
        (2023, date(2023, 2, 10), Way.REGULAR, Effect.BLOCKS),
        (2022, date(2023, 2, 10), Way.REGULAR, None),
    ],
)
def test_an_epidemic_application_of_february_belongs_to_the_review_year_before(
    reviewed: int, applied_on: date, way: Way, expected: Effect | None
) -> None:
    other = Way.REGULAR if way is Way.ANTI_EPIDEMIC else Way.ANTI_EPIDEMIC
    passed = replace(REGULAR, way=int(other), acquired_on=date(2023, 3, 1), review_year=reviewed)
    question = replace(ASKED, way=way, applied_on=applied_on)
    assert told(ask(passed, question=question)).get("epidemic-and-regular") is expected


@pytest.mark.parametrize(
    ("series", "level", "way", "applied_on", "code"),
    [
        (ACCOUNTING, Level.INTERMEDIATE, Way.REGULAR, date(2023, 2, 10), "examination-only"),
        (FARMING, Level.SENIOR, Way.GRASSROOTS_3010, date(2023, 2, 10), "grassroots-3010"),
        (FARMING, Level.SENIOR, Way.ENTRY_RECOGNITION, date(2023, 2, 10), "way-level"),
        (ENGINEERING, Level.SENIOR, Way.SCHOOL_SENIOR, date(2023, 2, 10), "way-series"),
        (FARMING, Level.DEPUTY_SENIOR, Way.OTHER_PROVINCE, date(2023, 2, 10), "way-not-by-filing"),
        (FARMING, Level.DEPUTY_SENIOR, Way.HISTORICAL, date(2023, 2, 10), "way-not-by-filing"),
        (FARMING, Level.DEPUTY_SENIOR, Way.DUAL_DIRECTED, date(2022, 2, 1), "way-not-in-force"),
    ],
)
def test_what_the_gate_always_refuses_is_no_eligible_application(
    series: int, level: Level, way: Way, applied_on: date, code: str
) -> None:
    question = replace(ASKED, series=series, level=level, way=way, applied_on=applied_on)
    answer = ask(MIDDLE, question=question)
    assert not answer.eligible
    assert told(answer)[code] is Effect.BLOCKS


def test_a_wrong_name_lifts_no_bar_of_the_dual_directed_title_and_tells_no_title() -> None:
    answer = judge_eligibility(ASKED, PersonFacts((DUAL,), name_agrees=False), shipped_policies())
    assert not answer.eligible
    assert told(answer) == {"name-differs": Effect.BLOCKS}
    assert answer.titles == ()
    assert not any("双定向" in reason.message for reason in answer.reasons)
    both = PersonFacts((DUAL, REGULAR), name_agrees=False)
    assert judge_eligibility(ASKED, both, shipped_policies()).eligible


def test_a_holder_of_the_title_asked_for_is_not_told_that_nothing_is_known() -> None:
    senior = replace(REGULAR, level=Level.SENIOR)
    assert told(ask(senior)) == {"no-step-up": Effect.CHECK}
    again = replace(ASKED, level=Level.DEPUTY_SENIOR, way=Way.DUAL_DIRECTED)
    assert told(ask(DUAL, question=again)) == {"title-already-held": Effect.BLOCKS}


def test_a_base_by_a_mapping_statement_asks_for_a_look_at_the_qualification() -> None:
    number = build_reference(ReferenceKind.MAPPING, 7)
    mapped = replace(MIDDLE, number=number, way=None)
    question = replace(ASKED, level=Level.DEPUTY_SENIOR)
    answer = ask(mapped, question=question)
    assert answer.base == mapped
    assert told(answer) == {"qualification-not-established": Effect.CHECK}
