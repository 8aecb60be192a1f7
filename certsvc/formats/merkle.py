"""The Merkle tree of RFC 6962 section 2 over a store of perfect subtrees.

Everything here asks for nodes by (level, index): the root of the perfect subtree over the leaves
`index << level` up to `(index + 1) << level`, both for the log and for the status array.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]
HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf (RFC 6962 2.1)."""
    return sha256(b"\0" + entry).digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """The hashes of many leaves, in order."""
    return [sha256(b"\0" + entry).digest() for entry in entries]


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node (RFC 6962 2.1)."""
    return sha256(b"\1" + left + right).digest()


def parent_row(row: bytes) -> bytes:
    """The hashes above a row of hashes: one for each two neighbours, a last one without neighbour left out."""
    pairs = range(0, len(row) - HASH_BYTES, 2 * HASH_BYTES)
    return b"".join([sha256(b"\1" + row[at : at + 2 * HASH_BYTES]).digest() for at in pairs])


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def _range_root(node: Node, start: int, end: int) -> bytes:
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(count)
    return node_hash(_range_root(node, start, middle), _range_root(node, middle, end))


def tree_root(node: Node, size: int) -> bytes:
    """The Merkle tree hash of the first `size` leaves."""
    return _range_root(node, 0, size) if size else EMPTY_ROOT


def inclusion_proof(node: Node, index: int, size: int) -> tuple[bytes, ...]:
    """PATH(index, D[size]) of RFC 6962 2.1.1, lowest sibling first. Raises ValueError out of range."""
    if not 0 <= index < size:
        raise ValueError("the leaf is not in the tree")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_root(node, middle, end))
            end = middle
        else:
            path.append(_range_root(node, start, middle))
            start = middle
    return tuple(reversed(path))


def consistency_proof(node: Node, old_size: int, new_size: int) -> tuple[bytes, ...]:
    """PROOF(old_size, D[new_size]) of RFC 6962 2.1.2. Raises ValueError when there is none."""
    if not 0 < old_size <= new_size:
        raise ValueError("a proof runs from a tree that is not empty to one that is not smaller")
    path: list[bytes] = []
    start, end, whole = 0, new_size, True
    while old_size != end:
        middle = start + _split(end - start)
        if old_size <= middle:
            path.append(_range_root(node, middle, end))
            end = middle
        else:
            path.append(_range_root(node, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(_range_root(node, start, end))
    return tuple(reversed(path))


class ListTree:
    """Nodes over a list of leaf hashes held in memory (a manifest's events, the hashes of one tile)."""

    def __init__(self, leaf_hashes: Sequence[bytes]) -> None:
        self._rows = [b"".join(leaf_hashes)]

    @classmethod
    def of_row(cls, row: bytes) -> ListTree:
        """The tree over hashes that stand one after another, as in a tile."""
        return cls((row,))

    def __len__(self) -> int:
        return len(self._rows[0]) // HASH_BYTES

    def node(self, level: int, index: int) -> bytes:
        """The perfect subtree root. Raises IndexError for a subtree that is not complete."""
        while len(self._rows) <= level:
            self._rows.append(parent_row(self._rows[-1]))
        found = self._rows[level][index * HASH_BYTES : (index + 1) * HASH_BYTES]
        if len(found) != HASH_BYTES:
            raise IndexError("the subtree is not complete")
        return found

    @property
    def root(self) -> bytes:
        """The Merkle tree hash of the whole list."""
        return tree_root(self.node, len(self))

    def inclusion_proof(self, index: int) -> tuple[bytes, ...]:
        """The proof of one leaf of the list."""
        return inclusion_proof(self.node, index, len(self))
