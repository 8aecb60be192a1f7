"""Which later titles rest on one that ended, and why: told for a person, who decides."""

from __future__ import annotations

from datetime import date

import pytest

from certsvc.domain.dependants import Reason, dependent_titles
from certsvc.domain.facts import HeldTitle
from certsvc.domain.levels import Level
from certsvc.domain.ways import Way

ENGINEERING, FARMING = 6, 4


def title(
    number: str,
    level: Level,
    year: int,
    series: int = ENGINEERING,
    way: Way = Way.REGULAR,
    *,
    dual_directed: bool = False,
) -> HeldTitle:
    return HeldTitle(series, level, 1, dual_directed, date(year, 9, 18), number, int(way))


MIDDLE = title("middle", Level.INTERMEDIATE, 2015)
DEPUTY = title("deputy", Level.DEPUTY_SENIOR, 2020)
DUAL = title("dual", Level.DEPUTY_SENIOR, 2020, way=Way.DUAL_DIRECTED, dual_directed=True)
REGULAR = title("regular", Level.DEPUTY_SENIOR, 2022)
SENIOR = title("senior", Level.SENIOR, 2024)
CONVERTED = title("converted", Level.DEPUTY_SENIOR, 2022, FARMING, Way.CONVERSION)

CASES = {
    "a promotion within the series": (MIDDLE, [DEPUTY], [("deputy", Reason.PROMOTION, None)]),
    "what rests on it through another": (
        MIDDLE,
        [DEPUTY, SENIOR],
        [("deputy", Reason.PROMOTION, None), ("senior", Reason.PROMOTION, "deputy")],
    ),
    "dual-directed, regular deputy, regular senior": (
        DUAL,
        [REGULAR, SENIOR],
        [("regular", Reason.AFTER_DUAL_DIRECTED, None), ("senior", Reason.PROMOTION, "regular")],
    ),
    "a senior title straight after a dual-directed one": (
        DUAL,
        [SENIOR],
        [("senior", Reason.AFTER_DUAL_DIRECTED, None)],
    ),
    "a conversion at the same level, and what came after it": (
        DEPUTY,
        [CONVERTED, title("later", Level.SENIOR, 2024, FARMING)],
        [("converted", Reason.CONVERSION, None), ("later", Reason.PROMOTION, "converted")],
    ),
    "an anti-epidemic award one level up": (
        MIDDLE,
        [title("award", Level.DEPUTY_SENIOR, 2023, way=Way.ANTI_EPIDEMIC)],
        [("award", Reason.INCENTIVE, None)],
    ),
    "one level up in another series without a step of its own": (
        MIDDLE,
        [title("other", Level.DEPUTY_SENIOR, 2021, FARMING)],
        [("other", Reason.OTHER_SERIES, None)],
    ),
    "another series with a step of its own": (
        MIDDLE,
        [
            title("own", Level.INTERMEDIATE, 2014, FARMING),
            title("other", Level.DEPUTY_SENIOR, 2021, FARMING),
        ],
        [],
    ),
    "an earlier title": (DEPUTY, [MIDDLE], []),
    "a title by a degree": (
        title("entry", Level.ASSISTANT, 2018),
        [title("degree", Level.INTERMEDIATE, 2020, way=Way.GRASSROOTS_DEGREE)],
        [],
    ),
    "the ended one itself": (DEPUTY, [DEPUTY], []),
}


@pytest.mark.parametrize("case", CASES)
def test_what_rests_on_an_ended_title(case: str) -> None:
    ended, titles, expected = CASES[case]
    for order in (titles, list(reversed(titles))):
        found = dependent_titles(ended, order)
        assert [(one.title.number, one.reason, one.through) for one in found] == expected


def test_every_reason_has_its_words() -> None:
    assert all(reason.label for reason in Reason)
