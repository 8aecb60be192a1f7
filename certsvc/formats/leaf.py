"""The three kinds of ledger leaf (docs/formats/ledger.md): event, manifest, seal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from certsvc.formats.calendar_units import day_number
from certsvc.formats.cbor import encode_cbor, encode_uint
from certsvc.formats.merkle import HASH_BYTES

FORMAT_VERSION = 1
ALGORITHM_EDDSA = -8
MANIFEST_TYPE = 100
SEAL_TYPE = 101
_ARRAY_OF_TEN = b"\x8a"
_HASH_FOLLOWS = b"\x58\x20"
_FIRST = encode_cbor(0) + encode_cbor(None)
_MANIFEST_DOMAIN = b"certsvc/manifest/v1\0"


class SlotStatus(IntEnum):
    """The value of a slot of the status array."""

    UNASSIGNED = 0
    VALID = 1
    SUSPENDED = 2
    REVOKED = 3
    WRITTEN_OFF = 4
    VOIDED = 5
    SUPERSEDED = 6
    HISTORICAL = 7


class EventKind(IntEnum):
    """What happened to a certificate version or a credit record; the number is the leaf's type."""

    ISSUED = 1
    CORRECTED = 2
    REVOKED = 3
    WRITTEN_OFF = 4
    VOIDED = 5
    SUSPENDED = 6
    REINSTATED = 7
    CREDIT_OPENED = 8
    CREDIT_CLOSED = 9
    HISTORICAL = 10

    @property
    def status_after(self) -> SlotStatus:
        """The value that the event's slot has afterwards."""
        return _STATUS_AFTER[self]

    @property
    def opens_slot(self) -> bool:
        """True for the kinds that are the first event on their slot (seq 0), and never a later one."""
        return self in _OPENING


_STATUS_AFTER = {
    EventKind.ISSUED: SlotStatus.VALID,
    EventKind.CORRECTED: SlotStatus.SUPERSEDED,
    EventKind.REVOKED: SlotStatus.REVOKED,
    EventKind.WRITTEN_OFF: SlotStatus.WRITTEN_OFF,
    EventKind.VOIDED: SlotStatus.VOIDED,
    EventKind.SUSPENDED: SlotStatus.SUSPENDED,
    EventKind.REINSTATED: SlotStatus.VALID,
    EventKind.CREDIT_OPENED: SlotStatus.VALID,
    EventKind.CREDIT_CLOSED: SlotStatus.UNASSIGNED,
    EventKind.HISTORICAL: SlotStatus.HISTORICAL,
}
_OPENING = frozenset({EventKind.ISSUED, EventKind.CREDIT_OPENED, EventKind.HISTORICAL})


@dataclass(frozen=True, slots=True)
class EventLeaf:
    """One event. `prev` is the leaf hash of the event before on this slot, None exactly when `seq` is 0."""

    kind: EventKind
    kid: bytes
    slot: int
    seq: int
    prev: bytes | None
    effective_on: date
    logged_hour: int
    commitment: bytes

    def __post_init__(self) -> None:
        if (self.seq == 0) != (self.prev is None):
            raise ValueError("the first event on a slot has no predecessor, every later one has")


@dataclass(frozen=True, slots=True)
class Manifest:
    """The authority's statement: exactly these `count` events from log index `first_index` on are mine."""

    kid: bytes
    first_index: int
    count: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Seal:
    """The last leaf of a batch: its own index, the array's length in slots, the root over its chunks."""

    index: int
    slots: int
    root: bytes


def encode_event_leaf(leaf: EventLeaf) -> bytes:
    """Entry bytes of an event: a CBOR array of 10 items."""
    return encode_cbor(
        [
            FORMAT_VERSION,
            int(leaf.kind),
            ALGORITHM_EDDSA,
            leaf.kid,
            leaf.slot,
            leaf.seq,
            leaf.prev,
            day_number(leaf.effective_on),
            leaf.logged_hour,
            leaf.commitment,
        ]
    )


class EventEncoder:
    """Encodes the events of one batch: the bytes of `encode_event_leaf`, packed without a general encoder.

    All events of a batch have the same key and hour.
    """

    def __init__(self, kid: bytes, logged_hour: int) -> None:
        version, algorithm = encode_cbor(FORMAT_VERSION), encode_cbor(ALGORITHM_EDDSA)
        begin = _ARRAY_OF_TEN + version
        self._begins = {
            kind: begin + encode_cbor(int(kind)) + algorithm + encode_cbor(kid) for kind in EventKind
        }
        self._hour = encode_cbor(logged_hour)
        self._ends: dict[date, bytes] = {}

    def encode(
        self, kind: EventKind, slot: int, seq: int, prev: bytes | None, effective_on: date, commitment: bytes
    ) -> bytes:
        """Entry bytes of an event. Raises ValueError when a hash has not 32 bytes."""
        end = self._ends.get(effective_on) or self._end(effective_on)
        if len(commitment) != HASH_BYTES:
            raise ValueError("a commitment has 32 bytes")
        begin = self._begins[kind] + encode_uint(slot)
        if prev is None and seq == 0:
            return begin + _FIRST + end + commitment
        if prev is None or seq == 0 or len(prev) != HASH_BYTES:
            raise ValueError(
                "the first event on a slot has no predecessor, every later one has a hash of 32 bytes"
            )
        return begin + encode_uint(seq) + _HASH_FOLLOWS + prev + end + commitment

    def encode_first(
        self,
        kinds: Iterable[EventKind],
        slots: Iterable[int],
        effective_on: Sequence[date],
        commitments: Sequence[bytes],
    ) -> list[bytes]:
        """The same for many events, each the first on its slot."""
        begins = self._begins
        ends = {day: _FIRST + self._end(day) for day in set(effective_on)}
        entries = [
            begins[kind] + encode_uint(slot) + ends[day] + commitment
            for kind, slot, day, commitment in zip(kinds, slots, effective_on, commitments, strict=True)
        ]
        if any(map(HASH_BYTES.__ne__, map(len, commitments))):
            raise ValueError("a commitment has 32 bytes")
        return entries

    def _end(self, effective_on: date) -> bytes:
        """What follows the predecessor, up to the commitment."""
        end = encode_cbor(day_number(effective_on)) + self._hour + _HASH_FOLLOWS
        self._ends[effective_on] = end
        return end


def manifest_signing_bytes(manifest: Manifest) -> bytes:
    """What the authority's record key signs."""
    return _MANIFEST_DOMAIN + encode_cbor(
        [
            FORMAT_VERSION,
            MANIFEST_TYPE,
            ALGORITHM_EDDSA,
            manifest.kid,
            manifest.first_index,
            manifest.count,
            manifest.root,
        ]
    )


def encode_manifest_leaf(manifest: Manifest, signature: bytes) -> bytes:
    """Entry bytes of a manifest: a CBOR array of 8 items."""
    return encode_cbor(
        [
            FORMAT_VERSION,
            MANIFEST_TYPE,
            ALGORITHM_EDDSA,
            manifest.kid,
            manifest.first_index,
            manifest.count,
            manifest.root,
            signature,
        ]
    )


def encode_seal_leaf(seal: Seal) -> bytes:
    """Entry bytes of a seal: a CBOR array of 5 items."""
    return encode_cbor([FORMAT_VERSION, SEAL_TYPE, seal.index, seal.slots, seal.root])
