"""The subsidy of rural talents 乡村人才补贴 (吉人社函〔2022〕38号 二（四）): who is owed how much in a year, and why not.

“按高级、中级、初级职称等级由同级财政每年分别给予补贴3000元、2000元、1000元，连续发放5年”. What the notice leaves open is settled
here: year 1 is the year of acquisition; a year is owed to who holds the title on the reckoning day, the last day of the
year (the day of the roster while the year runs); so nothing is owed from the year on in which a title was ended,
and never for a voided title, which was none from the beginning; a suspended title is held back; a person with two
titles is owed once, for the higher one. The roster asks nothing back of what was paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from certsvc.domain.levels import Level
from certsvc.domain.regions import REGIONS, RegionKind
from certsvc.domain.statistics import Standing

CLAUSE: Final = "吉人社函〔2022〕38号 二（四）"
FIRST_YEAR: Final = 2021
YEARS: Final = 5
_YUAN: Final = {
    Level.SENIOR: 3000,
    Level.DEPUTY_SENIOR: 3000,
    Level.INTERMEDIATE: 2000,
    Level.ASSISTANT: 1000,
    Level.ENTRY: 1000,
}


class Entitlement(StrEnum):
    """Whether the year is owed."""

    OWED = "owed"
    HELD_BACK = "held_back"
    ENDED = "ended"
    OTHER_TITLE = "other_title"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return {
            "owed": "发放",
            "held_back": "核查中，暂缓",
            "ended": "停发",
            "other_title": "同一人按较高级别发放",
        }[self.value]


@dataclass(frozen=True, slots=True)
class RuralTitle:
    """A rural-talent title as the roster finds it on its reckoning day. `person`: pseudonymous key of the holder."""

    number: str
    person: bytes
    level: Level
    acquired_on: date
    unit_region: str | None
    specialty: str | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One title in a year's roster. `year_no`: 1 to 5. `yuan`: what is owed, 0 unless the entitlement is `owed`."""

    title: RuralTitle
    year_no: int
    entitlement: Entitlement
    yuan: int

    @property
    def payer(self) -> str:
        """Whose treasury 同级财政 pays, in words."""
        return payer_of(self.title.unit_region)


def yearly_amount(level: Level) -> int:
    """Yuan a year."""
    return _YUAN[level]


def reckoning_day(year: int, today: date) -> date:
    """The day whose standing decides: the last of the year, today while the year has not ended."""
    return min(date(year, 12, 31), today)


def years_of_award(year: int) -> range:
    """The years of acquisition whose titles may be owed something in that year."""
    return range(max(FIRST_YEAR, year - YEARS + 1), year + 1)


def roster(titles: Iterable[RuralTitle], year: int) -> Iterator[RosterLine]:
    """The lines of a year, in the order given; titles of other years are left out."""
    wanted = years_of_award(year)
    found = [title for title in titles if title.acquired_on.year in wanted]
    best: dict[bytes, RuralTitle] = {}
    for title in found:
        if title.standing is Standing.VALID:
            known = best.get(title.person)
            if known is None or _rank(title) < _rank(known):
                best[title.person] = title
    for title in found:
        entitlement = _entitlement(title, best)
        yuan = yearly_amount(title.level) if entitlement is Entitlement.OWED else 0
        yield RosterLine(title, year - title.acquired_on.year + 1, entitlement, yuan)


def payer_of(region: str | None) -> str:
    """The treasury of the county or city of the unit or place, as words; it says so where the place is unknown."""
    known = None if region is None else REGIONS.get(region)
    if known is None:
        return "区划不明，待核实"
    level = {RegionKind.PROVINCE: "省级", RegionKind.CITY: "市级"}.get(known.kind, "县级")
    return f"{known.full_name}（{level}财政）"


def _rank(title: RuralTitle) -> tuple[int, date, str]:
    """The higher level first, then the older title."""
    return int(title.level), title.acquired_on, title.number


def _entitlement(title: RuralTitle, best: dict[bytes, RuralTitle]) -> Entitlement:
    match title.standing:
        case Standing.VALID:
            return Entitlement.OWED if best[title.person] is title else Entitlement.OTHER_TITLE
        case Standing.SUSPENDED:
            return Entitlement.HELD_BACK
        case _:
            return Entitlement.ENDED
