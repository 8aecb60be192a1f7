"""What the list of dependent titles, and annulled proofs, need from the world."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from certsvc.domain.annulment import Annulment, StoredAnnulment
from certsvc.domain.decision import DecisionStatus
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

    def page(self, status: DependantStatus, most: int, skip: int) -> tuple[tuple[DependantEntry, ...], int]:
        """Some of the entries in a state, oldest first, and how many there are."""
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
    """Annulled examinations and qualifications: steps, each proposed by one person and confirmed by another."""

    def propose(self, given: Annulment, new_id: str, maker: str, at: datetime) -> str:
        """Store a step; its id. The same content, neither withdrawn nor lifted since, keeps the id it has.

        Raises ConflictError for another annulment of the same proof, or another lifting of the same annulment.
        """
        ...

    def confirm(
        self, step: str, checker: str, at: datetime
    ) -> tuple[StoredAnnulment, tuple[DependantEntry, ...]]:
        """Put a step in force, with the list of what rests on the proof. By the same person again: changes nothing but
        adds what has come to cite the proof since. Raises UnknownReference, ConflictError.
        """
        ...

    def withdraw(self, step: str, by: str, at: datetime) -> StoredAnnulment:
        """Take a proposal back. Raises UnknownReference, ConflictError when it is confirmed."""
        ...

    def find(self, step: str) -> StoredAnnulment | None:
        """A step; None when there is none."""
        ...

    def listed(self, status: DecisionStatus | None = None) -> tuple[StoredAnnulment, ...]:
        """Steps, newest proposal first, of one status where asked."""
        ...
