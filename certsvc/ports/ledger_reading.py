"""The ledger's tables, read as they stand at one moment: for checking them, and for building them anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from certsvc.formats.tile import EntryRun, HashRun
from certsvc.ports.ledger import LedgerHead


@dataclass(frozen=True, slots=True)
class LoggedRow:
    """An outbox row that has a leaf, as it is stored: nothing of it has been decoded."""

    id: int
    kind: int
    slot: int
    effective_on: str
    commitment: bytes
    leaf_index: int
    manifest_index: int


@dataclass(frozen=True, slots=True)
class SlotCount:
    """The room for slots: how long the array shall be, how many slots are counted as taken, how many are."""

    slots: int
    counted: int
    taken: int


class LedgerSnapshot(Protocol):
    """One consistent reading. What is not there is left out, never made up."""

    def head(self) -> LedgerHead | None:
        """The head; None before the log has begun."""
        ...

    def entry_runs(self) -> Iterator[EntryRun]:
        """Every run of entries, by bundle and start."""
        ...

    def hash_runs(self, level: int) -> Iterator[HashRun]:
        """Every run of hashes of a tile level, by tile and start."""
        ...

    def tile(self, level: int, number: int) -> bytes:
        """All hashes stored of a tile, at most 256, up to the first gap."""
        ...

    def highest_level(self) -> int:
        """The highest tile level that has hashes; -1 without any."""
        ...

    def logged_rows(self) -> Iterator[LoggedRow]:
        """Outbox rows with a leaf, in the order of the leaves."""
        ...

    def status_chunks(self) -> Iterator[tuple[int, bytes]]:
        """The stored chunks, by number."""
        ...

    def slot_count(self) -> SlotCount | None:
        """The room for slots; None before the log has begun."""
        ...

    def events_without_slot(self) -> Iterator[int]:
        """Slots that an event names and nobody has taken."""
        ...

    def misplaced_certificates(self) -> Iterator[tuple[str, int]]:
        """(number, version) of certificates whose leaf is not that of their event in the outbox."""
        ...


class LedgerReading(Protocol):
    """Opens readings."""

    def snapshot(self) -> AbstractContextManager[LedgerSnapshot]:
        """A reading of one moment; writers go on meanwhile."""
        ...
