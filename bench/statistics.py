"""Counting the whole information base: the statistics of a hundred thousand entries, beside the bare GROUP BY."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import date
from statistics import median
from typing import Final

from bench.offices import temporary_office
from bench.timing import FULL, Measurement, Scale, Target
from bench.versions import versions
from certsvc.adapters.title_entries import add_entries
from certsvc.domain.caller import OPERATOR
from certsvc.domain.regions import REGIONS, is_county
from certsvc.domain.statistics import FIELDS, Dimension, EntrySource, StatisticsQuestion, TitleEntry

_ENTRIES_A_ROW: Final = 5
_BARE: Final = "SELECT city, level, count(*) FROM title_entry GROUP BY city, level"


def measure(scale: Scale) -> list[Measurement]:
    """Seconds for one report by city and level, with completeness; the median of a few."""
    entries = scale.rows * _ENTRIES_A_ROW
    with temporary_office() as office:
        with office.engine.begin() as connection:
            add_entries(connection, _entries(entries), office.clock.now())
        question = StatisticsQuestion(Dimension.CITY, Dimension.LEVEL, office.clock.today())
        reports = office.information.reports
        whole = _seconds(scale, lambda: reports.statistics(question, OPERATOR))
        with sqlite3.connect(office.settings.home / "certsvc.sqlite3") as bare:
            floor = _seconds(scale, lambda: bare.execute(_BARE).fetchall())
        bare.close()
    return [
        Measurement(
            "statistics_seconds",
            f"statistics by city and level over {entries:,} entries",
            whole,
            "s",
            floor,
            "bare GROUP BY on the same file",
            versions("sqlalchemy", "sqlite"),
            Target(1, at_least=False) if scale is FULL else None,
        )
    ]


def _seconds(scale: Scale, work: Callable[[], object]) -> float:
    taken = []
    for _ in range(scale.rounds):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return median(taken)


def _entries(count: int) -> Iterator[TitleEntry]:
    chance, counties = random.Random(1), [code for code in REGIONS if is_county(code)]
    for number in range(count):
        year = chance.randint(2022, 2026)
        yield TitleEntry(
            number=f"N{number:08}",
            source=EntrySource.HISTORICAL,
            filled=frozenset(FIELDS[: chance.randint(8, len(FIELDS))]),
            entered_on=date(year, 6, 1),
            acquired_on=date(year, 5, 1),
            acquired_year=year,
            series=chance.randint(1, 27),
            level=chance.randint(1, 5),
            way=1,
            specialty=f"专业{chance.randint(1, 200)}",
            review_year=year,
            unit_region=chance.choice(counties),
            unit_kind=chance.choice(("企业", "事业", "乡村")),
        )
