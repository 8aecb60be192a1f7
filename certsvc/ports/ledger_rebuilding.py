"""Taking published leaves into the database: what re-ingest needs beyond an append."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from certsvc.formats.leaf import EventKind
from certsvc.ports.ledger import LedgerTransaction


@dataclass(frozen=True, slots=True)
class PublishedEvent:
    """An event leaf out of the public tree."""

    kind: EventKind
    slot: int
    effective_on: date
    commitment: bytes
    leaf_index: int
    manifest_index: int


class Adoption(StrEnum):
    """What the database knew of a published event."""

    WAITING = "waiting"
    """An outbox row that had no leaf: now it has this one."""
    DRAFTED = "drafted"
    """A certificate whose draft is there and whose sealing was lost: sealing again finishes it."""
    KNOWN_SLOT = "known-slot"
    """Nothing but the certificate version or record whose slot it is: a decision was lost."""
    FOREIGN = "foreign"
    """Nothing at all: a certificate or record was lost."""


@dataclass(frozen=True, slots=True)
class AdoptedEvent:
    """An event with what was known of it; `subject` is a certificate number, a reference or "" (version 0)."""

    event: PublishedEvent
    adoption: Adoption
    subject: str
    version: int


class RebuildTransaction(LedgerTransaction, Protocol):
    """One transaction on the ledger's tables that may also take them back."""

    def erase_log(self) -> None:
        """Remove head, hashes, entries and chunks, and the marks of the outbox; slots stay taken."""
        ...

    def adopt(self, events: Sequence[PublishedEvent], at: datetime) -> tuple[AdoptedEvent, ...]:
        """Give published events their rows, and take their slots; what was known of each, in their order."""
        ...

    def finish(self, numbers_seen: Iterable[str], lost_years: Collection[int]) -> None:
        """After the head was stored and all events were adopted: count slots, let certificates find their leaves again.

        `lost_years`: years in which lost certificates may have been numbered; empty when none was lost. Otherwise no number
        that may have been theirs is given again: every counter goes past `numbers_seen`, and on to a new block.
        """
        ...


class LedgerRebuilding(Protocol):
    """Opens such transactions."""

    def rebuilding(self) -> AbstractContextManager[RebuildTransaction]:
        """A transaction that commits at the end and rolls back on an exception."""
        ...
