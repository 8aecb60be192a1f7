"""The status array as the events make it, with its tree kept up to date (docs/formats/ledger.md, Status array)."""

from __future__ import annotations

from hashlib import sha256

from certverify.merkle import HASH_BYTES, node_hash
from certverify.status import CHUNK_BYTES, CHUNK_SLOTS, SHARD_BYTES, SHARD_SLOTS

_SHARD_LEVEL = 8


class GrowingArray:
    """An array that begins with no slot. Values are written at once; hashes follow when a root is asked for."""

    def __init__(self) -> None:
        self.content = bytearray()
        self._levels: list[bytearray] = []
        self._changed: set[int] = set()

    @property
    def slots(self) -> int:
        """How many slots the array has."""
        return 2 * len(self.content)

    def grow(self, slots: int) -> None:
        """Lengthen the array to `slots`, a power of two of at least one shard; the new slots are unassigned."""
        chunks, filler = slots // CHUNK_SLOTS, sha256(b"\x00" + bytes(CHUNK_BYTES)).digest()
        self.content += bytes(slots // 2 - len(self.content))
        for height in range(chunks.bit_length()):
            if height == len(self._levels):
                self._levels.append(bytearray())
            level = self._levels[height]
            level += filler * ((chunks >> height) - len(level) // HASH_BYTES)
            filler = node_hash(filler, filler)
        # The left half keeps its hashes; only the nodes above the old root are new, and follow from its first chunk.
        self._changed.add(0)

    def fill(self, content: bytes) -> None:
        """Take over the whole content of an array, whose length is that of an array."""
        self.grow(2 * len(content))
        self.content[:] = content
        self._changed.update(
            number
            for number in range(len(content) // CHUNK_BYTES)
            if any(content[number * CHUNK_BYTES : (number + 1) * CHUNK_BYTES])
        )

    def put(self, slot: int, value: int) -> None:
        """Write the value of a slot inside the array."""
        octet = self.content[slot >> 1]
        self.content[slot >> 1] = octet & 0x0F | value << 4 if slot & 1 else octet & 0xF0 | value
        self._changed.add(slot // CHUNK_SLOTS)

    def root(self) -> bytes:
        """The RFC 6962 root over all chunks."""
        self._rehash()
        return bytes(self._levels[-1])

    def shard_roots(self) -> bytes:
        """The roots of all shards in order: what `status/<seal>/roots` holds."""
        self._rehash()
        return bytes(self._levels[_SHARD_LEVEL])

    def shard(self, number: int) -> bytes:
        """The 65,536 bytes of a shard."""
        return bytes(self.content[number * SHARD_BYTES : (number + 1) * SHARD_BYTES])

    @property
    def shards(self) -> int:
        """How many shards the array has."""
        return self.slots // SHARD_SLOTS

    def _rehash(self) -> None:
        content, row = self.content, self._levels[0]
        for number in self._changed:
            chunk = content[number * CHUNK_BYTES : (number + 1) * CHUNK_BYTES]
            row[number * HASH_BYTES : (number + 1) * HASH_BYTES] = sha256(b"\x00" + chunk).digest()
        changed = self._changed
        for below, level in zip(self._levels, self._levels[1:], strict=False):
            changed = {number >> 1 for number in changed}
            for number in changed:
                pair = below[2 * number * HASH_BYTES : 2 * (number + 1) * HASH_BYTES]
                level[number * HASH_BYTES : (number + 1) * HASH_BYTES] = sha256(b"\x01" + pair).digest()
        self._changed = set()
