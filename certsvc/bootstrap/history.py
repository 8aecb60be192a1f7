"""Historical records of an office: import, confirmation, disputes, corrections, and taking what is confirmed to the log."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from certsvc.adapters.history_changes import DatabaseHistoryChanges
from certsvc.adapters.history_endings import DatabaseHistoryEndings
from certsvc.adapters.history_lists import DatabaseHistoryLists
from certsvc.bootstrap.witnesses import leaving_to_witnesses
from certsvc.domain.caller import Caller
from certsvc.stages.historical_endings import HistoricalEndings
from certsvc.stages.historical_import import HistoricalImport
from certsvc.stages.historical_lists import HistoricalLists
from certsvc.stages.historical_matches import KnownHolders
from certsvc.stages.historical_records import HistoricalRecords
from certsvc.stages.historical_steps import HistoricalSteps

if TYPE_CHECKING:
    from certsvc.bootstrap.office import Office
    from certsvc.domain.submission import RawWorkbook


@dataclass(frozen=True, slots=True)
class HistoryDesk:
    """What the faces call."""

    files: HistoricalImport
    records: HistoricalRecords
    endings: HistoricalEndings
    lists: HistoricalLists
    steps: HistoricalSteps
    store: DatabaseHistoryChanges
    require_own_history: Callable[[], None]
    record_waiting: Callable[[], int]
    publish: Callable[[], None]
    follow_decisions: Callable[[], int]

    def confirm(self, wanted: str, by: Caller) -> None:
        """The second person confirms an import or a corrected version, and the log proves it at once.

        What was committed stands even if the process dies before the log shows it: confirming again finishes the rest.
        Raises as `HistoricalRecords.confirm`.
        """
        self.require_own_history()
        self.records.confirm(wanted, by)
        self.catch_up()

    def confirm_revocation(self, reference: str, by: Caller) -> None:
        """The second person confirms a revocation, the log proves it at once, and what rests on the title is listed; as
        `confirm`."""
        self.require_own_history()
        self.endings.confirm(reference, by)
        self.follow_decisions()
        self.catch_up()

    def work(self, stopping: Callable[[], bool]) -> None:
        """Publish in the background what is confirmed; the sequencer logs and shows it. Between two chunks it may be left."""
        self.records.publish_confirmed(stopping)

    def catch_up(self) -> None:
        """Publish what is confirmed, log it, show it. May be repeated at any time; witnesses that are away keep it waiting."""
        self.records.publish_confirmed()
        with leaving_to_witnesses():
            while self.record_waiting():
                pass
            self.publish()


def open_history(office: Office) -> HistoryDesk:
    """Joined over the office's parts."""
    store = DatabaseHistoryChanges(office.engine, office.keys.cipher)
    endings = DatabaseHistoryEndings(office.engine, office.keys.cipher)
    holders = KnownHolders(office.filings)
    records = HistoricalRecords(office.permits, store, office.looks, office.clock, os.urandom, holders)
    return HistoryDesk(
        HistoricalImport(office.permits, store, office.clock, _read_file, holders),
        records,
        HistoricalEndings(
            office.permits,
            store,
            endings,
            office.clock,
            os.urandom,
            office.decision_policy,
            office.cases.is_kept,
        ),
        HistoricalLists(
            office.permits, store, DatabaseHistoryLists(office.reading_engine, office.keys.cipher)
        ),
        HistoricalSteps(office.permits, records, endings),
        store,
        office.ledger.require_own_history,
        office.record_waiting,
        office.publish,
        lambda: office.case_work.follow_decisions(),
    )


def _read_file(raw: bytes, file_name: str) -> RawWorkbook:
    from certsvc.adapters.workbook import read_workbook

    return read_workbook(raw, file_name)
