"""Names of certificates that were drafted before names could be looked up: their keys are written in chunks.

A killed run is run again: what is written stays, and the same name gives the same key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from certsvc.ports.certificate_search import UnkeyedNames

CHUNK: Final = 200


@dataclass(frozen=True, slots=True)
class NamesFilling:
    """What filling needs."""

    names: UnkeyedNames

    def fill(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Keep every key that is missing, or go on until `stopping`; how many."""
        count = 0
        while not stopping() and (done := self.names.fill(CHUNK)):
            count += done
        return count
