"""What lists of historical imports and records need from the world."""

from __future__ import annotations

from typing import Protocol

from certsvc.domain.history import HistoricalRecord, HistoryImport, HistoryState, Quality


class HistoryLists(Protocol):
    """Pages of lists, with how many there are in all."""

    def imports(
        self, place: str | None, waiting: bool, most: int, skip: int
    ) -> tuple[tuple[HistoryImport, ...], int]:
        """Imports, newest first; of one authority, unconfirmed alone where asked."""
        ...

    def records(
        self,
        import_id: str | None,
        place: str | None,
        state: HistoryState | None,
        quality: Quality | None,
        most: int,
        skip: int,
    ) -> tuple[tuple[HistoricalRecord, ...], int]:
        """Newest versions of records by row; of an import, of an authority's imports, in a state, of a grade."""
        ...
