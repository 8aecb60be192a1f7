"""What filters and forms of the console offer to choose from: divisions in reach, series, levels, ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from certsvc.domain.caller import Caller
from certsvc.domain.regions import PROVINCE, REGIONS, lies_within
from certsvc.domain.series import SERIES
from certsvc.domain.statistics import Dimension, word_of
from certsvc.domain.ways import WAYS

Choices = Sequence[tuple[str, str]]
"""Value and Chinese word."""
LEVELS: Final[Choices] = tuple((str(code), word_of(Dimension.LEVEL, code)) for code in range(1, 6))
ALL_SERIES: Final[Choices] = tuple((str(code), name) for code, name in SERIES.items())
ALL_WAYS: Final[Choices] = tuple((str(code), word) for code, word in WAYS.items())


def divisions_of(caller: Caller) -> Choices:
    """The divisions of the caller's territory that are in force, the widest first."""
    return tuple(
        (code, region.full_name)
        for code, region in REGIONS.items()
        if region.until is None and (caller.region == PROVINCE or lies_within(code, caller.region))
    )


def place_words(code: str | None) -> str:
    """A division in words; 省级 for the province and where none is known."""
    if code is None or code == PROVINCE:
        return "省级"
    region = REGIONS.get(code)
    return code if region is None else region.full_name
