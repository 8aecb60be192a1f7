"""Historical titles beside what the register knows of their holders: no ended title comes back in old words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from certsvc.domain.facts import HeldTitle
from certsvc.domain.findings import Finding
from certsvc.domain.history import HistoricalTitle
from certsvc.domain.regions import PROVINCE
from certsvc.domain.rules import history as rules
from certsvc.domain.ways import Way
from certsvc.ports import FilingStore
from certsvc.ports.history import ids_of


@dataclass(frozen=True, slots=True)
class KnownHolders:
    """What the register knows of persons, each with all documents linked to them."""

    facts: FilingStore

    def compared(self, titles: Sequence[HistoricalTitle], region: str) -> Iterator[Finding]:
        """What is told of the titles beside ended and standing ones and credit records. `region`: whose officials ask.

        Which words name a title does not count, nor when it is said to have been acquired: a title of the same series
        and level, or one whose series or level no code tells, may be the ended one. The province says in the remark that
        it is another one, naming the ended one's number.
        """
        persons = ids_of(titles)
        ended, held = self.facts.titles_withdrawn(persons), self.facts.titles_held(persons)
        blocked: Mapping[str, object] = self.facts.credit_blocks(persons)
        for title in titles:
            person, row = title.document.number, title.row
            same = [one for one in ended.get(person, ()) if _may_be(title, one)]
            yield from _ended(title, same, region)
            if not same and (person in ended or blocked.get(person)):
                yield rules.PERSON_WITH_ENDING.finding(row=row, column="原职称名称")
            for one in _certified(title, held.get(person, ())):
                yield rules.SAME_LEVEL_CERTIFIED.finding(row=row, column="原职称名称", number=one.number)


def _ended(title: HistoricalTitle, same: Iterable[HeldTitle], region: str) -> Iterator[Finding]:
    remark = title.as_written("备注") or ""
    for one in same:
        another = region == PROVINCE and one.number in remark
        rule = rules.OTHER_THAN_ENDED if another else rules.ENDED_TITLE
        yield rule.finding(
            row=title.row, column="原职称名称", number=one.number, acquired=one.acquired_on.isoformat()
        )


def _may_be(title: HistoricalTitle, other: HeldTitle) -> bool:
    return title.series in (None, other.series) and title.level in (None, other.level)


def _certified(title: HistoricalTitle, held: Iterable[HeldTitle]) -> Iterator[HeldTitle]:
    """Standing certificates of the same series and level under another name of title."""
    for one in held:
        by_certificate = one.way not in (None, Way.HISTORICAL)
        if (
            by_certificate
            and one.title != title.title
            and (one.series, one.level) == (title.series, title.level)
        ):
            yield one
