"""Lists of historical imports and records in the caller's reach, a page at a time; nobody's name stands in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from certsvc.domain.caller import Caller
from certsvc.domain.findings import Finding
from certsvc.domain.history import HistoricalRecord, HistoryImport, HistoryState, Quality
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE
from certsvc.errors import UnknownReference
from certsvc.ports.history import HistoryStore
from certsvc.ports.history_lists import HistoryLists
from certsvc.stages.permits import Permits


@dataclass(frozen=True, slots=True)
class ImportView:
    """An import, one page of its records, how many there are of them, and what was told of each row of the page."""

    kept: HistoryImport
    records: tuple[HistoricalRecord, ...]
    total: int
    findings: Mapping[int | None, tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class HistoricalLists:
    """What the lists need."""

    permits: Permits
    store: HistoryStore
    lists: HistoryLists

    def imports(
        self, by: Caller, most: int, skip: int, *, waiting: bool = False
    ) -> tuple[tuple[HistoryImport, ...], int]:
        """Imports of the caller's authority, of all for the province; and how many. Raises NotPermitted."""
        self.permits.require(Action.DECISION_READ, by, "history", place=by.region)
        return self.lists.imports(_own_place(by), waiting, most, skip)

    def view_import(
        self,
        wanted: str,
        by: Caller,
        most: int,
        skip: int,
        state: HistoryState | None = None,
        quality: Quality | None = None,
    ) -> ImportView:
        """An import with a page of its records. Raises UnknownReference, NotPermitted."""
        kept = self.store.find_import(wanted)
        if kept is None:
            raise UnknownReference(f"没有编号为 {wanted} 的历史数据导入。请核对编号。")
        self.permits.require(Action.DECISION_READ, by, f"history/{wanted}", place=kept.place)
        records, total = self.lists.records(wanted, None, state, quality, most, skip)
        told: dict[int | None, tuple[Finding, ...]] = {}
        for one in self.store.findings(wanted):
            told[one.row] = (*told.get(one.row, ()), one)
        return ImportView(kept, records, total, told)

    def records(
        self, by: Caller, state: HistoryState, most: int, skip: int
    ) -> tuple[tuple[HistoricalRecord, ...], int]:
        """Records in a state, of the imports of the caller's authority; and how many. Raises NotPermitted."""
        self.permits.require(Action.DECISION_READ, by, "history", place=by.region)
        return self.lists.records(None, _own_place(by), state, None, most, skip)


def _own_place(by: Caller) -> str | None:
    return None if by.region == PROVINCE else by.region
