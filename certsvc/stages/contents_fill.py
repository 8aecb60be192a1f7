"""What filings of older revisions cite and whom they admit: read again from the stored files, one after the other.

Annulments find citing rows by the index of references, and quotas count who was admitted before: both would miss filings
received before those tables were there. A killed run is run again: what is written stays, nothing is written twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from certsvc.domain.annulment import citations_of
from certsvc.domain.submission import RawWorkbook, SubmittedRow
from certsvc.errors import UnreadableInput
from certsvc.ports import Clock, FilingStore
from certsvc.ports.contents import ContentsStore
from certsvc.stages.filing import accept
from certsvc.stages.passing_over import FaultNotes

CHUNK: Final = 50
WORK: Final = "contents"


@dataclass(frozen=True, slots=True)
class ContentsFilling:
    """What reading again needs. `read_file` reads a filed file's cells."""

    store: ContentsStore
    filings: FilingStore
    clock: Clock
    read_file: Callable[[bytes, str], RawWorkbook]
    faults: FaultNotes

    def fill(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Read every filing that is not read yet, or until `stopping`; how many."""
        count, after, faults = 0, "", self.faults.round(WORK)
        while waiting := self.store.unread(after, CHUNK):
            for filing in waiting:
                if stopping():
                    return count
                with faults.trying(filing):
                    count += self._read(filing)
                after = filing
        faults.ended()
        return count

    def _read(self, filing: str) -> bool:
        rows = self._rows(filing)
        return self.store.keep(filing, tuple(citations_of(rows)), rows, self.clock.now())

    def _rows(self, filing: str) -> tuple[SubmittedRow, ...]:
        """The rows of the filed file; none where the readers of today cannot read it, which is not asked again."""
        try:
            return accept(self.read_file(*self.filings.filed_file(filing))).submission.rows
        except UnreadableInput:
            return ()
