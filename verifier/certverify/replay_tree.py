"""The Merkle tree of a log that grows leaf by leaf: enough of it to state its root and to know old entries again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from certverify.merkle import EMPTY_ROOT, HASH_BYTES, leaf_hash, root_of_hashes

TILE_WIDTH = 256
GROUP_WIDTH = 16


@dataclass(slots=True)
class GrowingTree:
    """The nodes kept of a tree of `size` leaves.

    `leaves`: leaf hashes of the last, unfinished tile. `groups`: the nodes over 16 leaves of all finished tiles, 32
    bytes each. `levels[k]`: the hashes of tile level k + 1, as far as they are there.
    """

    size: int = 0
    leaves: list[bytes] = field(default_factory=list)
    groups: bytearray = field(default_factory=bytearray)
    levels: list[bytearray] = field(default_factory=list)

    def add(self, hash_of_leaf: bytes) -> None:
        """One more leaf."""
        self.leaves.append(hash_of_leaf)
        self.size += 1
        if len(self.leaves) == TILE_WIDTH:
            groups = _climbed(b"".join(self.leaves), 4)
            self.groups += groups
            self.leaves.clear()
            self._carry(_climbed(groups, 4))

    def root(self) -> bytes:
        """The RFC 6962 root over all leaves so far."""
        row, right_edge = self.leaves, list[bytes]()
        for level in [*self.levels, bytearray()]:
            right_edge = [root_of_hashes([*row, *right_edge])] if row or right_edge else []
            first_unfinished = len(level) // HASH_BYTES // TILE_WIDTH * TILE_WIDTH
            row = _hashes(level[first_unfinished * HASH_BYTES :])
        return right_edge[0] if right_edge else EMPTY_ROOT

    def tile(self, level: int, number: int) -> bytes:
        """The hashes of tile `number` of level 1 or higher, as far as they are there."""
        start = number * TILE_WIDTH * HASH_BYTES
        return bytes(self.levels[level - 1][start : start + TILE_WIDTH * HASH_BYTES])

    def knows(self, number: int, entries: Sequence[bytes]) -> bool:
        """Whether `entries`, read once more, are all those of bundle `number` that were added to the tree."""
        hashes = [leaf_hash(entry) for entry in entries]
        if (number + 1) * TILE_WIDTH > self.size:
            return number == self.size // TILE_WIDTH and hashes == self.leaves
        start = number * TILE_WIDTH // GROUP_WIDTH * HASH_BYTES
        kept = self.groups[start : start + TILE_WIDTH // GROUP_WIDTH * HASH_BYTES]
        return len(hashes) == TILE_WIDTH and _climbed(b"".join(hashes), 4) == kept

    def _carry(self, node: bytes) -> None:
        for level in self.levels:
            level += node
            if len(level) % (TILE_WIDTH * HASH_BYTES):
                return
            node = _climbed(bytes(level[-TILE_WIDTH * HASH_BYTES :]), 8)
        self.levels.append(bytearray(node))


def _climbed(row: bytes, steps: int) -> bytes:
    """The row of hashes `steps` levels above a row whose length is a multiple of 2**steps."""
    for _ in range(steps):
        row = b"".join(
            [
                sha256(b"\x01" + row[at : at + 2 * HASH_BYTES]).digest()
                for at in range(0, len(row), 2 * HASH_BYTES)
            ]
        )
    return row


def _hashes(row: bytearray) -> list[bytes]:
    return [bytes(row[at : at + HASH_BYTES]) for at in range(0, len(row), HASH_BYTES)]
