"""Lists of historical imports and records, a page at a time: counted and cut by the database, only the page is unsealed."""

from __future__ import annotations

from sqlalchemy import Engine, func, select

from certsvc.adapters.history_rows import NEWEST, HistoryRows, imports_of
from certsvc.adapters.history_schema import history_import, history_record
from certsvc.domain.history import HistoricalRecord, HistoryImport, HistoryState, Quality
from certsvc.ports import PersonalCipher


class DatabaseHistoryLists:
    """ports.history_lists.HistoryLists on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._rows = HistoryRows(cipher)

    def imports(
        self, place: str | None, waiting: bool, most: int, skip: int
    ) -> tuple[tuple[HistoryImport, ...], int]:
        """One page of imports, newest first, and how many there are; of one authority, unconfirmed alone where asked."""
        own = history_import.c
        found = select(history_import)
        if place is not None:
            found = found.where(own.place == place)
        if waiting:
            found = found.where(own.checker.is_(None))
        page = found.order_by(own.imported_at.desc(), own.id).limit(most).offset(skip)
        with self._engine.begin() as connection:
            total = connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()
            rows = connection.execute(page).all()
            return imports_of(connection, rows), total

    def records(
        self,
        import_id: str | None,
        place: str | None,
        state: HistoryState | None,
        quality: Quality | None,
        most: int,
        skip: int,
    ) -> tuple[tuple[HistoricalRecord, ...], int]:
        """One page of records (their newest versions), by row, and how many there are."""
        own = history_record.c
        found = select(history_record).where(NEWEST)
        if import_id is not None:
            found = found.where(own.import_id == import_id)
        if place is not None:
            ours = select(history_import.c.id).where(history_import.c.place == place)
            found = found.where(own.import_id.in_(ours))
        if state is not None:
            found = found.where(own.state == state.value)
        if quality is not None:
            found = found.where(own.quality == quality.value)
        page = found.order_by(own.import_id, own.row_no, own.reference).limit(most).offset(skip)
        with self._engine.begin() as connection:
            total = connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()
            rows = connection.execute(page).all()
        return tuple(self._rows.record(row) for row in rows), total
