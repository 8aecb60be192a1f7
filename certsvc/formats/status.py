"""The status array: 4 bits a slot, chunks of 256 bytes as leaves of an RFC 6962 tree (docs/formats/ledger.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

from certsvc.formats.leaf import SlotStatus
from certsvc.formats.merkle import HASH_BYTES, inclusion_proof, leaf_hash, node_hash

CHUNK_BYTES = 256
CHUNK_SLOTS = 2 * CHUNK_BYTES
SHARD_CHUNKS = 256
SHARD_BYTES = SHARD_CHUNKS * CHUNK_BYTES
SHARD_SLOTS = 2 * SHARD_BYTES
SHARD_LEVEL = 8
LEAST_SLOTS = SHARD_SLOTS
_PAIR_BYTES = 2 * HASH_BYTES


class StatusArray:
    """The array with its tree. Writes are cheap; hashes are brought up to date when the root is asked for."""

    def __init__(self, slots: int = LEAST_SLOTS, chunks: Mapping[int, bytes] | None = None) -> None:
        """An array of `slots` (a power of two, at least 131,072), all 0 but for the chunks given by number."""
        if slots < LEAST_SLOTS or slots & (slots - 1):
            raise ValueError("an array has a power of two of slots, at least 131,072")
        self.slots = slots
        self._content = bytearray(slots // 2)
        self._levels = _zero_levels(slots // CHUNK_SLOTS)
        self._dirty: set[int] = set()
        for number, chunk in (chunks or {}).items():
            self._put_chunk(number, chunk)

    def __getitem__(self, slot: int) -> SlotStatus:
        self._require(slot)
        return SlotStatus(self._content[slot >> 1] >> (4 * (slot & 1)) & 0xF)

    def __setitem__(self, slot: int, value: SlotStatus) -> None:
        self.put([(slot, value)])

    def put(self, values: Iterable[tuple[int, int]]) -> set[int]:
        """Set slots to values, a later pair over an earlier one; the numbers of the chunks they lie in."""
        content, slots, dirty = self._content, self.slots, self._dirty
        touched = set()
        for slot, value in values:
            if not 0 <= slot < slots:
                raise IndexError("the slot lies outside the array")
            at, number = slot >> 1, slot // CHUNK_SLOTS
            content[at] = content[at] & 0x0F | value << 4 if slot & 1 else content[at] & 0xF0 | value
            touched.add(number)
            dirty.add(number)
        return touched

    def first_taken(self, slots: Iterable[int]) -> int | None:
        """The first of the slots that has a value; None when all are unassigned. Raises IndexError outside the array."""
        content = self._content
        for slot in slots:
            if content[slot >> 1] & (0xF0 if slot & 1 else 0x0F):
                return slot
        return None

    def chunk(self, number: int) -> bytes:
        """The 256 bytes of a chunk."""
        return bytes(self._content[number * CHUNK_BYTES : (number + 1) * CHUNK_BYTES])

    def shard(self, number: int) -> bytes:
        """The 65,536 bytes of a shard."""
        return bytes(self._content[number * SHARD_BYTES : (number + 1) * SHARD_BYTES])

    def grown(self, slots: int) -> StatusArray:
        """An array of more slots with the same content; itself when the length is the same."""
        if slots == self.slots:
            return self
        if slots < self.slots:
            raise ValueError("an array never shrinks")
        larger = StatusArray(slots)
        larger._content[: len(self._content)] = self._content
        for row, known in zip(larger._levels, self._levels, strict=False):
            row[: len(known)] = known
        larger._dirty = self._dirty | {0}  # the way up from any known chunk passes every node that is new
        return larger

    @property
    def root(self) -> bytes:
        """The RFC 6962 root over all chunks."""
        self._rehash()
        return bytes(self._levels[-1])

    def shard_roots(self) -> tuple[bytes, ...]:
        """The nodes 8 levels above the chunks, in order."""
        self._rehash()
        return tuple(self._node(SHARD_LEVEL, number) for number in range(self.slots // SHARD_SLOTS))

    def chunk_proof(self, number: int) -> tuple[bytes, ...]:
        """The inclusion proof of a chunk under the root."""
        self._rehash()
        return inclusion_proof(self._node, number, self.slots // CHUNK_SLOTS)

    def _node(self, level: int, index: int) -> bytes:
        return bytes(self._levels[level][index * HASH_BYTES : (index + 1) * HASH_BYTES])

    def _require(self, slot: int) -> None:
        if not 0 <= slot < self.slots:
            raise IndexError("the slot lies outside the array")

    def _put_chunk(self, number: int, chunk: bytes) -> None:
        if len(chunk) != CHUNK_BYTES or not 0 <= number < self.slots // CHUNK_SLOTS:
            raise ValueError("not a chunk of this array")
        self._content[number * CHUNK_BYTES : (number + 1) * CHUNK_BYTES] = chunk
        self._dirty.add(number)

    def _rehash(self) -> None:
        """Hash the dirty chunks, then level by level the parents of what changed."""
        touched, self._dirty = self._dirty, set()
        content, row = self._content, self._levels[0]
        for number in touched:
            at = number * CHUNK_BYTES
            hashed = sha256(b"\0" + content[at : at + CHUNK_BYTES]).digest()
            row[number * HASH_BYTES : (number + 1) * HASH_BYTES] = hashed
        for above in self._levels[1:]:
            touched = {number >> 1 for number in touched}
            for number in touched:
                at = number * HASH_BYTES
                above[at : at + HASH_BYTES] = sha256(b"\1" + row[2 * at : 2 * at + _PAIR_BYTES]).digest()
            row = above


def chunk_of(slot: int) -> int:
    """The number of the chunk that holds a slot."""
    return slot // CHUNK_SLOTS


def roots_path(seal_index: int) -> str:
    """The public path of the shard roots of a seal."""
    return f"status/{seal_index}/roots"


def shard_path(root: bytes) -> str:
    """The public path of a shard."""
    return f"status/shard/{root.hex()}"


def encode_roots(shard_roots: Iterable[bytes]) -> bytes:
    """The file at `roots_path`."""
    return b"".join(shard_roots)


def _zero_levels(chunks: int) -> list[bytearray]:
    levels, filler = [], leaf_hash(bytes(CHUNK_BYTES))
    while True:
        levels.append(bytearray(filler * chunks))
        if chunks == 1:
            return levels
        chunks, filler = chunks // 2, node_hash(filler, filler)
