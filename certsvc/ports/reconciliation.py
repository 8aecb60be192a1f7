"""What the business tables and the outbox say of each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from certsvc.formats.leaf import EventKind


@dataclass(frozen=True, slots=True)
class OpenEvent:
    """An event that is not where it should be by now. `subject`: certificate number, record, reference; may be ""."""

    subject: str
    version: int
    kind: EventKind
    since: datetime
    leaf_index: int | None


@dataclass(frozen=True, slots=True)
class UnqueuedRecord:
    """A business record that should have an event in the outbox and has none."""

    table: str
    subject: str
    version: int


class ReconciliationSource(Protocol):
    """Reads both sides, on one moment."""

    def waiting(self) -> tuple[OpenEvent, ...]:
        """Events without a leaf, oldest first."""
        ...

    def logged_from(self, leaf_index: int) -> tuple[OpenEvent, ...]:
        """Events with a leaf at or beyond an index."""
        ...

    def recovered(self) -> tuple[OpenEvent, ...]:
        """Events that belong to no business record: taken back out of the public log, or decided by nobody."""
        ...

    def unqueued(self) -> tuple[UnqueuedRecord, ...]:
        """Sealed certificates, carried out decisions, published historical records without their event."""
        ...
