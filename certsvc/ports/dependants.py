"""What the list of dependent titles, and annulled proofs, need from the world."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from certsvc.domain.annulment import Annulment
from certsvc.domain.dependants import DependantEntry, DependantStatus


class DependantStore(Protocol):
    """The list of titles that rest on what ended."""

    def later_titles(self, numbers: Iterable[str]) -> tuple[str, ...]:
        """Numbers of standing certificates that would rest on nothing if these ended."""
        ...

    def list_decided(self, at: datetime, most: int) -> int:
        """Write down what up to so many confirmed decisions mean for other titles; how many decisions. 0: all are listed."""
        ...

    def listed(self, status: DependantStatus | None = None) -> tuple[DependantEntry, ...]:
        """Entries, oldest first, in one state where asked."""
        ...

    def find(self, entry: str) -> DependantEntry | None:
        """An entry, None when there is none."""
        ...

    def settle(
        self,
        entry: str,
        outcome: DependantStatus,
        decision: str | None,
        note: str | None,
        actor: str,
        at: datetime,
    ) -> DependantEntry:
        """Store what a person decided. Raises UnknownReference, RequestError, ConflictError."""
        ...


class AnnulmentStore(Protocol):
    """Annulled examinations and qualifications."""

    def record(self, annulment: Annulment) -> tuple[Annulment, tuple[DependantEntry, ...]]:
        """Store an annulment with the entries of everything that cites the proof; the one stored, which is the first when
        the same was recorded before. Raises ConflictError for another annulment of the same proof.
        """
        ...
