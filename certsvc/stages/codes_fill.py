"""Manual codes of certificates that were sealed before codes were kept: written from their records, in chunks.

Damaged ones are passed over. A killed run is run again: what is written stays, and the same record gives the same code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from certsvc.ports.manual_codes import UncodedRecords
from certsvc.stages.passing_over import FaultNotes, fill_in_chunks

CHUNK: Final = 200
WORK: Final = "codes"


@dataclass(frozen=True, slots=True)
class CodesFilling:
    """What filling needs."""

    records: UncodedRecords
    faults: FaultNotes

    def fill(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Keep every code that is missing, or go on until `stopping`; how many."""
        return fill_in_chunks(self.records.fill, CHUNK, self.faults.round(WORK), stopping)
