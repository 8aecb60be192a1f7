"""Names of certificates that were drafted before names could be looked up: their keys are written in chunks.

Damaged ones are passed over. A killed run is run again: what is written stays, and the same name gives the same key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from certsvc.ports.certificate_search import UnkeyedNames
from certsvc.stages.passing_over import FaultNotes, fill_in_chunks

CHUNK: Final = 200
WORK: Final = "names"


@dataclass(frozen=True, slots=True)
class NamesFilling:
    """What filling needs."""

    names: UnkeyedNames
    faults: FaultNotes

    def fill(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Keep every key that is missing, or go on until `stopping`; how many."""
        return fill_in_chunks(self.names.fill, CHUNK, self.faults.round(WORK), stopping)
