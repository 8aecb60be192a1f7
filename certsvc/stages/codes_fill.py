"""Manual codes of certificates that were sealed before codes were kept: written from their records, in chunks.

A killed run is run again: what is written stays, and the same record gives the same code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from certsvc.ports.manual_codes import UncodedRecords

CHUNK: Final = 200


@dataclass(frozen=True, slots=True)
class CodesFilling:
    """What filling needs."""

    records: UncodedRecords

    def fill(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Keep every code that is missing, or go on until `stopping`; how many."""
        count = 0
        while not stopping() and (done := self.records.fill(CHUNK)):
            count += done
        return count
