"""Entries and dates of what was filed before the information base was there: made from the stored files, in chunks.

A killed run is run again: what is written stays, nothing is written twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from certsvc.domain.certificate import Award
from certsvc.domain.statistics import entry_of_award
from certsvc.domain.submission import RawWorkbook
from certsvc.errors import UnreadableInput
from certsvc.ports import Clock, FilingStore
from certsvc.ports.information import InformationStore, Milestones, Unentered
from certsvc.stages.filing import accept
from certsvc.stages.filing_cells import CellReader
from certsvc.stages.filing_header import read_header
from certsvc.stages.passing_over import FaultNotes, FaultRound

CHUNK: Final = 200
ENTRIES: Final = "entries"
DATES: Final = "dates"
_Units = Mapping[int, tuple[str | None, str | None, int | None]]
"""Row -> code and kind of the unit, review year."""
NOT_READ = Milestones(None, None, None, None, None, None, None)


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Filling:
    """What filling needs. `read_file` reads a filed file's cells."""

    store: InformationStore
    filings: FilingStore
    clock: Clock
    read_file: Callable[[bytes, str], RawWorkbook]
    faults: FaultNotes

    def fill(self, stopping: Callable[[], bool] = _never) -> tuple[int, int]:
        """Make every entry that is missing, and read every filing's dates, or until `stopping`; how many of each."""
        entries, faults = 0, self.faults.round(ENTRIES)
        for filing in self.store.filings_without_entries():
            if stopping():
                return entries, 0
            with faults.trying(filing):
                entries += self._enter_filing(filing, faults, stopping)
        if stopping():
            return entries, 0
        faults.ended()
        return entries, self.read_milestones(stopping)

    def read_milestones(self, stopping: Callable[[], bool] = _never) -> int:
        """Read the dates of filings that were received since; how many filings."""
        waiting = self.store.filings_without_milestones()
        count, faults = 0, self.faults.round(DATES)
        for filing in waiting:
            if stopping():
                return count
            with faults.trying(filing):
                self.store.keep_milestones(filing, self._milestones(filing))
                count += 1
        faults.ended()
        return count

    def _enter_filing(self, filing: str, faults: FaultRound, stopping: Callable[[], bool]) -> int:
        units: _Units | None = None
        entries, after = 0, ""
        while not stopping():
            chunk = self.store.unentered(filing, after, CHUNK)
            for number, fault in chunk.faults.items():
                faults.failed(number, fault)
            if units is None and any(_lacks(one.award) for one in chunk.waiting):
                units = self._units(filing)
            self._enter(filing, chunk.waiting, units or {})
            entries += len(chunk.waiting)
            if chunk.last is None:
                break
            after = chunk.last
        return entries

    def _units(self, filing: str) -> _Units:
        """What the filed file says of units, by row; nothing where the readers of today cannot read it."""
        try:
            submission = accept(self.read_file(*self.filings.filed_file(filing))).submission
        except UnreadableInput:
            return {}
        year = submission.header.review_year
        return {row.number: (row.unit_code, row.unit_kind, year) for row in submission.rows}

    def _enter(self, filing: str, waiting: tuple[Unentered, ...], units: _Units) -> None:
        entries = [
            entry_of_award(one.number, filing, _completed(one.award, units), one.entered_on)
            for one in waiting
        ]
        self.store.enter(entries, self.clock.now())

    def _milestones(self, filing: str) -> Milestones:
        try:
            raw = self.read_file(*self.filings.filed_file(filing))
        except UnreadableInput:
            return NOT_READ  # a reader of another day read it; it is not asked again at every report
        header = read_header(raw.header, CellReader())
        ends = [claim.ends_on for claim in header.publicity if claim.ends_on is not None]
        filed = [step.filed_on for step in header.filing_steps if step.filed_on is not None]
        return Milestones(
            header.channel,
            header.review_year,
            header.meeting_ends_on,
            header.reported_on,
            max(ends, default=None),
            min(filed, default=None),
            header.approval_ref,
        )


def _lacks(award: Award) -> bool:
    """True for an award that was kept before awards carried these."""
    return award.unit_kind is None and award.review_year is None


def _completed(award: Award, units: _Units) -> Award:
    if not _lacks(award) or award.row not in units:
        return award
    code, kind, year = units[award.row]
    return replace(award, unit_code=code, unit_kind=kind, review_year=year)
