"""What the export of a holder's personal data needs from the world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from certsvc.domain.caller import Caller
from certsvc.domain.credit import CreditHistory, CreditHolder


@dataclass(frozen=True, slots=True)
class DataExport:
    """An export: asked for, ready or not yet, and when it is deleted. `attempts`: how often making it failed."""

    id: str
    asked_at: datetime
    ends_at: datetime
    ready_at: datetime | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class WaitingExport:
    """An export that is to be made: whose, by name and number of the identity document."""

    id: str
    owner: bytes
    name: str
    id_number: str
    attempts: int = 0


class DataExports(Protocol):
    """The exports, sealed. Every method is one durable transaction."""

    def ask(self, export: DataExport, waiting: WaitingExport, by: Caller) -> DataExport:
        """Keep the wish, noted; the one that is kept already, where one of the same owner has not ended."""
        ...

    def of_owner(self, owner: bytes, now: datetime) -> tuple[DataExport, ...]:
        """What was asked for and has not ended, newest first."""
        ...

    def read(self, export: str, owner: bytes, by: Caller, now: datetime) -> bytes | None:
        """The file, the look noted; None when it is not ready, over, or another's."""
        ...

    def waiting(self, now: datetime, most: int) -> tuple[WaitingExport, ...]:
        """What is to be made and due, oldest first."""
        ...

    def put_off(self, export: str, next_attempt_at: datetime) -> None:
        """Count a failed attempt, and leave the export alone until then."""
        ...

    def finish(self, export: str, raw: bytes, at: datetime) -> None:
        """Keep the file, and tell the holder; what was kept first stays."""
        ...

    def delete_ended(self, now: datetime) -> int:
        """Delete what is over; how many."""
        ...


class OwnCredit(Protocol):
    """The credit records of a person, for the person."""

    def of_owners(self, owners: Sequence[bytes]) -> tuple[tuple[CreditHistory, CreditHolder], ...]:
        """The records, newest first."""
        ...
