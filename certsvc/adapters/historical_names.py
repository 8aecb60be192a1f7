"""The names on the older papers of a person, for whoever must know the name before titles are told."""

from __future__ import annotations

from sqlalchemy import Engine, select

from certsvc.adapters.history_rows import HistoryRows
from certsvc.adapters.history_schema import history_record
from certsvc.adapters.person_links import keys_of_persons
from certsvc.domain.history import HistoryState
from certsvc.ports import PersonalCipher

_STANDING = (HistoryState.CONFIRMED.value, HistoryState.PUBLISHED.value)


class DatabaseHistoricalNames:
    """Reads what `certsvc history` imported and a second person confirmed."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher
        self._rows = HistoryRows(cipher)

    def of(self, id_number: str) -> frozenset[str]:
        """The names on the standing records of the person, also those under a linked document."""
        with self._engine.begin() as connection:
            keys = keys_of_persons(connection, [self._cipher.person_key(id_number)])
            rows = connection.execute(
                select(history_record).where(
                    history_record.c.person_key.in_(list(keys)), history_record.c.state.in_(_STANDING)
                )
            ).all()
        return frozenset(self._rows.title(row).name for row in rows)
