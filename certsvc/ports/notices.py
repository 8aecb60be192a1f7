"""What naming units publicly needs from the world."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from datetime import datetime
from typing import Protocol

from certsvc.domain.decision import DecisionStatus
from certsvc.domain.unit_notice import PublicNotice, StoredNotice, UnitNotice


class NoticeStore(Protocol):
    """Steps of public naming, each proposed by one person and confirmed by another."""

    def propose(self, notice: UnitNotice, new_id: str, maker: str, at: datetime) -> str:
        """Store a step; its id. The same content, not withdrawn since, keeps the id it has.

        Raises ConflictError when another step already lifts the same notice.
        """
        ...

    def confirm(self, step: str, checker: str, at: datetime) -> StoredNotice:
        """Put a step in force. By the same person again: changes nothing. Raises UnknownReference, ConflictError."""
        ...

    def withdraw(self, step: str, by: str, at: datetime) -> StoredNotice:
        """Take a proposal back. Raises UnknownReference, ConflictError when it is confirmed."""
        ...

    def find(self, step: str) -> StoredNotice | None:
        """A step; None when there is none."""
        ...

    def listed(self, status: DecisionStatus | None = None) -> tuple[StoredNotice, ...]:
        """Steps, newest proposal first, of one status where asked."""
        ...


class UnitPeople(Protocol):
    """The persons of a case."""

    def of(
        self, unit_code: str | None, certificates: Iterable[str]
    ) -> Generator[tuple[str, str], None, None]:
        """Name and ID number of everybody admitted from the unit, and of the certificates' holders.

        Raises UnknownReference for a certificate that there is not.
        """
        ...


class NoticeBoard(Protocol):
    """What everybody may read."""

    def published(self, after: int, most: int) -> tuple[PublicNotice, ...]:
        """Units that are named now, newest first, from position `after` on."""
        ...

    def number_published(self) -> int:
        """How many units are named now."""
        ...
