"""What the credit archive, cancelled years and linked documents need from the world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from certsvc.domain.cancelled_year import StoredCancellation, YearCancellation
from certsvc.domain.credit import CreditHistory, CreditHolder, CreditStanding
from certsvc.domain.identity import IdDocument


class CreditArchiveStore(Protocol):
    """The records of the archive; they are opened and withdrawn by decisions alone (ports.decisions)."""

    def due(self, today: date, most: int) -> tuple[str, ...]:
        """Records whose three years are over and whose end nobody has noted."""
        ...

    def end(self, record: str, salt: bytes, today: date, at: datetime) -> bool:
        """Note the end: row, ledger event and platform message in one transaction. False when it was noted before."""
        ...

    def counted(self, standing: CreditStanding | None, today: date) -> int:
        """How many records there are, of one standing on that day where asked."""
        ...

    def listed(
        self, most: int, offset: int, standing: CreditStanding | None, today: date
    ) -> tuple[CreditHistory, ...]:
        """Records, newest first, of one standing on that day where asked."""
        ...

    def find(self, record: str) -> tuple[CreditHistory, CreditHolder] | None:
        """A record with its person; None when there is none."""
        ...


class CancelledYearStore(Protocol):
    """Steps over cancelled years: each is proposed by one person and confirmed by another."""

    def unit_region(self, id_number: str) -> str | None:
        """The division of the unit on the person's newest certificate, linked documents included; None when unknown."""
        ...

    def propose(self, cancellation: YearCancellation, new_id: str, maker: str, at: datetime) -> str:
        """Store a step; its id. The same content, not withdrawn since, keeps the id it has. Raises ConflictError."""
        ...

    def confirm(self, step: str, checker: str, at: datetime) -> StoredCancellation:
        """Put a step in force. By the same person again: changes nothing. Raises ConflictError."""
        ...

    def withdraw(self, step: str, by: str, at: datetime) -> StoredCancellation:
        """Take a proposal back. Raises ConflictError when it is confirmed."""
        ...

    def find(self, step: str) -> StoredCancellation | None:
        """A step; None when there is none."""
        ...

    def listed(self, place: str | None, most: int) -> tuple[StoredCancellation, ...]:
        """Steps, newest proposal first, of one city or prefecture where asked."""
        ...


@dataclass(frozen=True, slots=True)
class LinkedDocuments:
    """Two documents of one person, and the paper that says so. `persons`: the two officials who stand for it; None: the
    operator, on a paper of his own."""

    one: IdDocument
    other: IdDocument
    document_ref: str
    persons: tuple[str, str] | None = None


class PersonLinks(Protocol):
    """Which documents are one person's."""

    def link(self, linked: LinkedDocuments, at: datetime) -> bool:
        """Register two documents as one person's; False when they were already."""
        ...
