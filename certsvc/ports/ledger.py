"""The ledger: its outbox, its head, its transaction, and the public tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol

from certsvc.formats.leaf import EventKind
from certsvc.formats.tile import EntryRun, HashRun


class PublicTree(Protocol):
    """Where the public files stand (docs/formats/ledger.md): a folder, or object storage."""

    def put(self, path: str, content: bytes) -> None:
        """Store an immutable file durably. The same path with other bytes raises IntegrityError."""
        ...

    def replace(self, path: str, content: bytes) -> None:
        """Store a file that may change (the checkpoint), atomically and durably."""
        ...

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, None when there is none."""
        ...

    def paths(self, folder: str) -> Iterable[str]:
        """The paths of all files below a folder, those of one tile one after another; none where there is no folder."""
        ...

    def exclusive(self) -> AbstractContextManager[None]:
        """Held by one publisher at a time; the others wait."""
        ...


class LastCheckpoint(Protocol):
    """The last checkpoint that this machine was about to show, kept apart from database and public tree."""

    def read(self) -> bytes | None:
        """The note, None when none was kept. Raises UnavailableError."""
        ...

    def keep(self, raw_note: bytes) -> None:
        """Put a note in the place of the one before, durably. Raises UnavailableError."""
        ...


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """An event that waits in the outbox. Equal idempotency keys are one event."""

    idempotency_key: str
    kind: EventKind
    slot: int
    effective_on: date
    commitment: bytes
    certificate_number: str
    certificate_version: int


@dataclass(frozen=True, slots=True)
class QueuedEvents:
    """Outbox rows that have no leaf yet, oldest first; a tuple a column, for there may be a thousand."""

    ids: tuple[int, ...]
    kinds: tuple[EventKind, ...]
    slots: tuple[int, ...]
    effective_on: tuple[date, ...]
    commitments: tuple[bytes, ...]

    def __len__(self) -> int:
        return len(self.ids)


class LoggedEvent(NamedTuple):
    """An outbox row that has a leaf; the manifest at `manifest_index` covers it."""

    id: int
    slot: int
    commitment: bytes
    leaf_index: int
    manifest_index: int


class StoredLeaf(NamedTuple):
    """A leaf as it stands in the database: its entry out of the bundle, its hash out of the tile."""

    entry: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """The state of the log after its last batch: lock and compare-and-swap target of every append."""

    size: int
    root: bytes
    status_slots: int
    shard_roots: tuple[bytes, ...]
    note: bytes
    signed_at: datetime


class LedgerTransaction(Protocol):
    """One transaction on the ledger's tables; committed or rolled back as a whole by whoever opened it."""

    def head(self) -> LedgerHead | None:
        """The head, locked until the end of the transaction; None before the log has begun."""
        ...

    def begin_log(self, head: LedgerHead) -> None:
        """Store the first head. Raises ConflictError when there is one."""
        ...

    def move_head(self, old: LedgerHead, new: LedgerHead) -> None:
        """Compare and swap. Raises ConflictError when the stored head is not `old`."""
        ...

    def queue(self, events: Sequence[PendingEvent], at: datetime) -> None:
        """Put events into the outbox, those known by their key excepted. Raises ConflictError for one out of order."""
        ...

    def pending(self, most: int) -> QueuedEvents:
        """Events without a leaf, oldest first."""
        ...

    def newest_leaves(self, queued: QueuedEvents) -> Mapping[int, int]:
        """By slot the log index of its newest event, for those slots of the queued events that have one."""
        ...

    def mark_logged(self, ids: Sequence[int], first_index: int, manifest_index: int) -> None:
        """Note that outbox rows, in ascending order, have the leaves from an index on. Raises ConflictError when one has
        a leaf already.
        """
        ...

    def status_slots(self) -> int:
        """How long the status array shall be at the next seal."""
        ...

    def append(self, hashes: Sequence[HashRun], entries: Sequence[EntryRun]) -> None:
        """Insert runs. Raises ConflictError when a place is taken."""
        ...

    def tile(self, level: int, number: int) -> bytes:
        """All hashes stored of a tile, at most 256."""
        ...

    def bundle(self, number: int) -> bytes:
        """All entries stored of an entry bundle, each after its uint16 length."""
        ...

    def tiles_from(self, old_size: int, size: int) -> Mapping[tuple[int, int], bytes]:
        """All hashes stored of each tile that a tree of `size` has and one of `old_size` had not, or not that wide.

        By (level, number); read in one statement.
        """
        ...

    def entries_from(self, index: int) -> tuple[EntryRun, ...]:
        """The runs of entries stored from a log index on, where a run begins, in order."""
        ...

    def leaves_at(self, indices: Iterable[int]) -> Mapping[int, StoredLeaf]:
        """Single leaves, by log index. What is not stored is left out."""
        ...

    def status_chunks(self, first: int, count: int) -> Mapping[int, bytes]:
        """The chunks of a range that are not all zero, by number."""
        ...

    def put_status_chunks(self, chunks: Mapping[int, bytes]) -> None:
        """Store changed chunks."""
        ...


class LedgerStore(Protocol):
    """The ledger's tables."""

    def transaction(self) -> AbstractContextManager[LedgerTransaction]:
        """A transaction of its own; commits at the end, rolls back on an exception."""
        ...
