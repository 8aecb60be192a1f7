"""Entries of the title information base, written inside the caller's transaction beside what they tell of.

`note_entry` is for records of the past; `note_drafts` goes with the drafts of certificates, first versions and corrected ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from certsvc.adapters.database import insert_unless_known
from certsvc.adapters.information_schema import title_entry
from certsvc.adapters.instants import instant_text
from certsvc.domain.corridor import Draft
from certsvc.domain.decision_changes import CORRECTABLE
from certsvc.domain.statistics import TitleEntry, bits_of, entry_of_award, filled_fields

_FIRST_VERSION: Final = 1
_CORRECTABLE_BITS: Final = bits_of(
    frozenset(CORRECTABLE)
    & {"name", "sex", "born_on", "specialty", "unit_name", "committee_name", "announcement_ref"}
)


def note_entry(connection: Connection, entry: TitleEntry, at: datetime) -> None:
    """Write an entry; an older one under the same number gives way to it."""
    row = entry_columns(entry, at)
    if not insert_unless_known(connection, title_entry, row):
        own = title_entry.c.number == entry.number
        connection.execute(update(title_entry).where(own).values(row))


def drop_entry(connection: Connection, number: str) -> None:
    """Take an entry out: the record of the past that it tells of was withdrawn. Issued titles are never taken out."""
    own = title_entry.c.number == number, title_entry.c.source == "historical"
    connection.execute(delete(title_entry).where(*own))


def add_entries(connection: Connection, entries: Iterable[TitleEntry], at: datetime) -> None:
    """Write many new entries at once. A number that has one is refused by the database."""
    rows = [entry_columns(entry, at) for entry in entries]
    if rows:
        connection.execute(insert(title_entry), rows)


def note_drafts(connection: Connection, drafts: Sequence[Draft], at: datetime) -> None:
    """The entries of first versions; what a corrected version changes of its title's entry."""
    first = [draft for draft in drafts if draft.content.version == _FIRST_VERSION]
    add_entries(connection, (_entry(draft) for draft in first), at)
    for draft in drafts:
        if draft.content.version != _FIRST_VERSION:
            _correct(connection, draft, at)


def _entry(draft: Draft) -> TitleEntry:
    content = draft.content
    return entry_of_award(content.number, draft.filing, content.award, content.issued_on)


def _correct(connection: Connection, draft: Draft, at: datetime) -> None:
    """Only what corrections can touch: a stored certificate does not hold every dimension of its filing."""
    award, own = draft.content.award, title_entry.c.number == draft.content.number
    filled = connection.scalar(select(title_entry.c.filled).where(own).with_for_update())
    if filled is None:
        return  # its entry is still to be made, and will be made of the corrected version
    now_filled = bits_of(filled_fields(award)) & _CORRECTABLE_BITS
    connection.execute(
        update(title_entry)
        .where(own)
        .values(
            specialty=award.specialty,
            committee_code=award.committee_code,
            filled=(filled & ~_CORRECTABLE_BITS) | now_filled,
            noted_at=instant_text(at),
        )
    )


def entry_columns(entry: TitleEntry, at: datetime) -> dict[str, Any]:
    """An entry as its row."""
    return {
        "number": entry.number,
        "source": entry.source.value,
        "filing_id": entry.filing,
        "committee_code": entry.committee_code,
        "unit_region": entry.unit_region,
        "city": entry.city,
        "unit_kind": entry.unit_kind,
        "series": entry.series,
        "specialty": entry.specialty,
        "level": entry.level,
        "way": entry.way,
        "review_year": entry.review_year,
        "acquired_on": None if entry.acquired_on is None else entry.acquired_on.isoformat(),
        "acquired_year": entry.acquired_year,
        "validity_area": entry.validity_area,
        "filled": bits_of(entry.filled),
        "entered_on": entry.entered_on.isoformat(),
        "noted_at": instant_text(at),
    }
