"""Titles of a person by historical records, as far as they are confirmed and have today's codes: for eligibility."""

from __future__ import annotations

from sqlalchemy import Engine, select

from certsvc.adapters.history_rows import HistoryRows
from certsvc.adapters.history_schema import history_record
from certsvc.adapters.person_links import keys_of_persons
from certsvc.domain.facts import HeldTitle
from certsvc.domain.history import HistoryState
from certsvc.domain.levels import Level
from certsvc.domain.ways import Way
from certsvc.ports import PersonalCipher

_STANDING = (HistoryState.CONFIRMED.value, HistoryState.PUBLISHED.value)


class DatabaseHistoricalTitles:
    """Reads what `certsvc history` imported; the reference of a record stands in the place of a number."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher
        self._rows = HistoryRows(cipher)

    def of(self, id_number: str) -> tuple[tuple[HeldTitle, str], ...]:
        """Each title with the name on its paper. A date known to the month counts as its last day."""
        with self._engine.begin() as connection:
            keys = keys_of_persons(connection, [self._cipher.person_key(id_number)])
            rows = connection.execute(
                select(history_record)
                .where(
                    history_record.c.person_key.in_(list(keys)),
                    history_record.c.state.in_(_STANDING),
                    history_record.c.series.is_not(None),
                    history_record.c.level.is_not(None),
                    history_record.c.title.is_not(None),
                )
                .order_by(history_record.c.reference, history_record.c.version)
            ).all()
        newest = {row.reference: row for row in rows}
        titles = ((row, self._rows.title(row)) for row in newest.values())
        return tuple(
            (
                HeldTitle(
                    series=row.series,
                    level=Level(row.level),
                    title=row.title,
                    dual_directed=False,
                    acquired_on=title.acquired.last,
                    number=row.reference,
                    way=int(Way.HISTORICAL),
                ),
                title.name,
            )
            for row, title in titles
        )
