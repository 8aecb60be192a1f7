"""Replay: every leaf of a log in order, held against the rules of docs/formats/ledger.md.

No file and no clock: entries go in, the root over them and the status array come out. What breaks a rule raises
FaultFoundError with its leaf; the object is of no use afterwards.

Slots are remembered by the index of their last event alone (8 bytes each), and only once the seal of their batch has been
found in order: what is not proven takes no more memory than its own bytes. An event that is not the first on its slot looks
its predecessor up again, by `read_entry`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256

from certverify.errors import KeyUnknownError, LeafError, SignatureError
from certverify.leaf import EventType, ManifestLeaf, SealLeaf, decode_leaf
from certverify.merkle import leaf_hash, root_of_hashes
from certverify.replay_faults import Fault, FaultFoundError, RecordKeyUnknownError, ReplayLimitError
from certverify.replay_leaf import EventFields, event_fields
from certverify.replay_status import GrowingArray
from certverify.replay_tree import GrowingTree
from certverify.status import MAX_SLOTS, SHARD_SLOTS
from certverify.trust import TrustList

MOST_SLOTS = 1 << 27
"""The largest array that is replayed: 67 million certificate versions, about 1.1 GB of memory."""
DENSE_FROM = 4_096
"""From so many slots on a shard's index is an array of 1 MiB."""
NOTES_KEPT = 20
_SHANGHAI = timezone(timedelta(hours=8))
_LAST_HOUR = 70_000_000  # far beyond the calendar, near enough for datetime to refuse nothing below
_OPENING = frozenset({EventType.ISSUED, EventType.CREDIT_OPENED, EventType.HISTORICAL})
_STATUS_AFTER = {int(kind): int(kind.status_after) for kind in EventType}


@dataclass(frozen=True, slots=True)
class KeyUse:
    """A record key as manifests have used it: its 32 bytes, and the first and last day of logging."""

    raw_key: bytes
    first_on: date
    last_on: date


@dataclass(slots=True)
class SlotIndex:
    """Where the last event of each slot stands: its leaf index + 1, by shard.

    A shard is kept in `sparse` (place in the shard to leaf index + 1) until it has DENSE_FROM slots, then in `blocks`
    (0: no event).
    """

    blocks: dict[int, array[int]] = field(default_factory=dict)
    sparse: dict[int, dict[int, int]] = field(default_factory=dict)
    used: int = 0

    def last(self, slot: int) -> int | None:
        """The index of the slot's last event."""
        shard, at = slot // SHARD_SLOTS, slot % SHARD_SLOTS
        block = self.blocks.get(shard)
        if block is not None:
            place = block[at]
        else:
            few = self.sparse.get(shard)
            place = 0 if few is None else few.get(at, 0)
        return place - 1 if place else None

    def put(self, slot: int, index: int) -> None:
        """Remember that leaf `index` is the last event on the slot."""
        shard, at = slot // SHARD_SLOTS, slot % SHARD_SLOTS
        block = self.blocks.get(shard)
        if block is not None:
            self.used += not block[at]
            block[at] = index + 1
            return
        few = self.sparse.setdefault(shard, {})
        self.used += at not in few
        few[at] = index + 1
        if len(few) >= DENSE_FROM:
            block = self.blocks[shard] = array("q", bytes(8 * SHARD_SLOTS))
            for at, place in self.sparse.pop(shard).items():
                block[at] = place


@dataclass(slots=True)
class Batch:
    """The leaves since the last seal; `kids` and `first_hour` are those of its events, `last` the last one on each slot."""

    first_index: int = 0
    entries: list[bytes] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)
    kids: set[bytes] = field(default_factory=set)
    first_hour: int = 0
    values: list[tuple[int, int]] = field(default_factory=list)
    last: dict[int, int] = field(default_factory=dict)
    covered: bool = False


class Replay:
    """A log replayed up to `size` leaves.

    Set before leaves are taken: `trust_list` with the authority's record keys; `not_after`, the POSIX time which no
    event's hour may exceed; `read_entry`, which gives an earlier entry by its index, proven to be the one replayed.
    `notes` are the first remarks about leaves that are allowed and strange: (index, words).
    """

    def __init__(self, trust_list: TrustList) -> None:
        self.trust_list = trust_list
        self.not_after = 0
        self.read_entry: Callable[[int], bytes] = _no_entry
        self.tree = GrowingTree()
        self.array = GrowingArray()
        self.slots = SlotIndex()
        self.key_uses: dict[bytes, KeyUse] = {}
        self.last_hour = 0
        self.seal: SealLeaf | None = None
        self.notes: list[tuple[int, str]] = []
        self._batch = Batch()

    @property
    def size(self) -> int:
        """How many leaves were taken."""
        return self.tree.size

    @property
    def between_batches(self) -> bool:
        """Whether the last leaf was a seal, so that nothing is half done."""
        return self.seal is not None and self.seal.index == self.size - 1

    def take(self, entries: Sequence[bytes]) -> Iterator[bytes]:
        """Take the next entries one by one, giving the leaf hash of each when it has been found in order.

        Raises FaultFoundError, RecordKeyUnknownError and ReplayLimitError.
        """
        for entry in entries:
            hash_of_leaf = sha256(b"\x00" + entry).digest()
            self.tree.add(hash_of_leaf)
            fields = event_fields(entry)
            if fields is not None:
                self._event(entry, hash_of_leaf, fields)
            else:
                self._other(entry)
            yield hash_of_leaf

    def _event(self, entry: bytes, hash_of_leaf: bytes, fields: EventFields) -> None:
        kind, kid, slot, seq, prev, _, hour, _ = fields
        batch, index = self._batch, self.tree.size - 1
        self._require(self.seal is not None and not batch.covered, Fault.BATCH_SHAPE)
        self._require(slot < MAX_SLOTS, Fault.SLOT_OUTSIDE)
        if slot >= MOST_SLOTS:
            raise ReplayLimitError(f"leaf {index}: a slot beyond {MOST_SLOTS}")
        last = batch.last.get(slot)
        if last is None:
            last = self.slots.last(slot)
        if last is None:
            self._require(seq == 0, Fault.CHAIN_BROKEN)
            self._require(kind in _OPENING, Fault.KIND_ORDER)
        else:
            self._require(seq != 0, Fault.SLOT_REUSED)
            self._later_event(last, kind, seq, prev)
        self._require(hour >= self.last_hour, Fault.HOUR_BACKWARDS)
        self._require(hour * 3600 <= self.not_after, Fault.HOUR_IN_FUTURE)
        if not batch.entries:
            batch.first_index, batch.first_hour = index, hour
        self.last_hour = hour
        batch.entries.append(entry)
        batch.hashes.append(hash_of_leaf)
        batch.kids.add(kid)
        batch.values.append((slot, _STATUS_AFTER[kind]))
        batch.last[slot] = index

    def _later_event(self, last: int, kind: int, seq: int, prev: bytes | None) -> None:
        """Hold an event against the last one on its slot, leaf `last`."""
        in_batch = last - self._batch.first_index if self._batch.entries else -1
        entry = self._batch.entries[in_batch] if in_batch >= 0 else self.read_entry(last)
        earlier = event_fields(entry)
        if earlier is None:
            raise ValueError("a slot's last event is no event")
        self._require(seq == earlier[3] + 1 and prev == leaf_hash(entry), Fault.CHAIN_BROKEN)
        self._require(kind not in _OPENING, Fault.KIND_ORDER)
        of_credit = earlier[0] in (EventType.CREDIT_OPENED, EventType.CREDIT_CLOSED)
        self._require(of_credit == (kind == EventType.CREDIT_CLOSED), Fault.KIND_ORDER)
        if _STATUS_AFTER[kind] == _STATUS_AFTER[earlier[0]] and len(self.notes) < NOTES_KEPT:
            self.notes.append((self.tree.size - 1, f"{EventType(kind).name.lower()} changes nothing"))

    def _other(self, entry: bytes) -> None:
        try:
            leaf = decode_leaf(entry)
        except LeafError:
            raise FaultFoundError(Fault.LEAF_UNREADABLE, self.tree.size - 1) from None
        if isinstance(leaf, ManifestLeaf):
            self._manifest(leaf)
        elif isinstance(leaf, SealLeaf):
            self._seal(leaf)
        else:
            raise ValueError("an event leaf that the short way does not read")

    def _manifest(self, manifest: ManifestLeaf) -> None:
        batch = self._batch
        self._require(bool(batch.entries) and not batch.covered, Fault.BATCH_SHAPE)
        stated = (manifest.first_index, manifest.count, manifest.root)
        covers = stated == (batch.first_index, len(batch.entries), root_of_hashes(batch.hashes))
        self._require(covers and batch.kids == {manifest.kid}, Fault.MANIFEST_COVERAGE)
        try:
            key = manifest.verify(self.trust_list)
        except KeyUnknownError:
            raise RecordKeyUnknownError(manifest.kid, self.tree.size - 1) from None
        except SignatureError:
            raise FaultFoundError(Fault.MANIFEST_SIGNATURE, self.tree.size - 1) from None
        first_on, last_on = _day(batch.first_hour), _day(self.last_hour)
        if first_on < key.valid_from and self.trust_list.issued_at.timestamp() < (self.last_hour + 1) * 3600:
            # the list was issued before the event: the day it announces may have been brought forward since
            raise RecordKeyUnknownError(manifest.kid, self.tree.size - 1)
        self._require(key.speaks_for(first_on) and key.speaks_for(last_on), Fault.MANIFEST_KEY)
        before = self.key_uses.get(manifest.kid)
        raw_key = key.public_key.public_bytes_raw()
        self.key_uses[manifest.kid] = KeyUse(
            raw_key, first_on if before is None else before.first_on, last_on
        )
        batch.covered = True

    def _seal(self, seal: SealLeaf) -> None:
        batch, index = self._batch, self.tree.size - 1
        self._require(batch.covered == (index > 0), Fault.BATCH_SHAPE)
        self._require(seal.index == index, Fault.SEAL_INDEX)
        self._require(seal.slots >= self.array.slots, Fault.ARRAY_SHRUNK)
        self._require(all(slot < seal.slots for slot, _ in batch.values), Fault.SLOT_OUTSIDE)
        if seal.slots > MOST_SLOTS:
            raise ReplayLimitError(f"leaf {index}: an array of more than {MOST_SLOTS} slots")
        for slot, last in batch.last.items():
            self.slots.put(slot, last)
        self._require(2 * self.slots.used < seal.slots, Fault.ARRAY_FULL)
        if seal.slots > self.array.slots:
            self.array.grow(seal.slots)
        for slot, value in batch.values:
            self.array.put(slot, value)
        self._require(self.array.root() == seal.root, Fault.ARRAY_WRONG)
        self.seal = seal
        self._batch = Batch()

    def _require(self, holds: bool, fault: Fault) -> None:
        """Raise the fault of the leaf that was added last unless the rule holds."""
        if not holds:
            raise FaultFoundError(fault, self.tree.size - 1)


def _day(hour: int) -> date:
    """The day, in Shanghai, of an hour since 1970; the last day of the calendar for hours beyond it."""
    if hour > _LAST_HOUR:
        return date.max
    return datetime.fromtimestamp(hour * 3600, UTC).astimezone(_SHANGHAI).date()


def _no_entry(index: int) -> bytes:
    raise LookupError(f"entry {index} is not at hand")
