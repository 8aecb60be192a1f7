"""Titles 职称名称 and their frozen codes: series * 10000 + level * 100 + position in the table.

高级工程师 (series 5, level 2, first name) is 50201. Names that only older systems knew have positions above 50.
The same word may stand in several series, so a name alone never says series or level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from certsvc.domain.levels import Level
from certsvc.domain.title_table import CURRENT, HISTORICAL

_FIRST_HISTORICAL: Final = 51
_Table = Mapping[int, Mapping[Level, str]]


def _coded(table: _Table, first: int) -> Iterator[tuple[int, Level, str, int]]:
    for series, levels in table.items():
        for level, names in levels.items():
            for position, name in enumerate(names.split(), start=first):
                yield series, level, name, series * 10000 + level * 100 + position


def _index(table: _Table, first: int) -> dict[tuple[int, Level, str], int]:
    return {(series, level, name): code for series, level, name, code in _coded(table, first)}


_CURRENT: Final = _index(CURRENT, 1)
_HISTORICAL: Final = _index(HISTORICAL, _FIRST_HISTORICAL)
_HISTORICAL_NAMES: Final = frozenset(name for _, _, name in _HISTORICAL)
_CURRENT_NAMES: Final = frozenset(name for _, _, name in _CURRENT)

TITLES: Final = MappingProxyType({code: key[2] for key, code in (_CURRENT | _HISTORICAL).items()})
"""Code -> name, historical names included."""


def _as_printed(name: str) -> str:
    return name.replace("(", "（").replace(")", "）")


def title_of(series: int, level: Level, name: str) -> int | None:
    """The code of a title that may be awarded today; None when series and level have no such title.

    `name` is the word of the workbook, or the code as text.
    """
    if name.isascii() and name.isdecimal() and len(name) <= 6:
        code = int(name)
        return code if _CURRENT.get((series, level, TITLES.get(code, ""))) == code else None
    return _CURRENT.get((series, level, name))


def historical_title_of(series: int, level: Level, name: str) -> int | None:
    """The code of a title of an older system, for records of the past only."""
    return _HISTORICAL.get((series, level, _as_printed(name)))


def is_only_historical(name: str) -> bool:
    """True for a name that only older systems knew, such as 中学高级教师."""
    printed = _as_printed(name)
    return printed in _HISTORICAL_NAMES and printed not in _CURRENT_NAMES


def title_name(code: int) -> str | None:
    """The name of a title code; None for a code that was never given out."""
    return TITLES.get(code)


def titles_at(series: int, level: Level) -> tuple[str, ...]:
    """The names that may be awarded in a series at a level, in the table's order; empty when there are none."""
    return tuple(CURRENT.get(series, {}).get(level, "").split())
