"""Entries of published historical records: called in the transaction that publishes a record, or corrects one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from certsvc.adapters.clock import local_day
from certsvc.adapters.title_entries import note_entry
from certsvc.domain.history import HistoricalRecord, HistoricalTitle
from certsvc.domain.statistics import EntrySource, TitleEntry
from certsvc.domain.ways import Way


def note_historical(connection: Connection, record: HistoricalRecord, at: datetime) -> None:
    """Write the entry of a record that is published, in place of the one of an older version of it.

    A month counts by its last day: on that day at the latest the title was acquired.
    """
    title = record.title
    entry = TitleEntry(
        number=record.reference,
        source=EntrySource.HISTORICAL,
        filled=_filled(title),
        entered_on=local_day(at),
        acquired_on=title.acquired.last,
        acquired_year=title.acquired.last.year,
        series=title.series,
        level=None if title.level is None else int(title.level),
        way=int(Way.HISTORICAL),
        specialty=None,
        unit_region=title.unit_region,
    )
    note_entry(connection, entry, at)


def _filled(title: HistoricalTitle) -> frozenset[str]:
    values: dict[str, object] = {
        "name": title.name,
        "document": title.document,
        "sex": title.sex,
        "born_on": title.born_on,
        "unit_region": title.unit_region,
        "unit_name": title.as_written("工作单位"),
        "series": title.series,
        "level": title.level,
        "title": title.title,
        "way": Way.HISTORICAL,
        "acquired_on": title.acquired,
        "committee_name": title.as_written("原评审委员会"),
        "announcement_ref": title.as_written("公布文号"),
    }
    return frozenset(field for field, value in values.items() if value not in (None, ""))
