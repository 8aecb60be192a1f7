"""Entries that a replay has taken and asks for once more: whole bundles, held against the replayed tree, some kept."""

from __future__ import annotations

from collections import OrderedDict

from certverify.errors import TreeInconsistentError
from certverify.replay_tree import GrowingTree
from certverify.tree import TILE_WIDTH, PublicTree

BYTES_KEPT = 64 << 20
_BYTES_AROUND_ENTRY = 48  # what Python adds to the bytes of an entry, and the place in the list


class KnownBundles:
    """The entries of `tree`, whose checkpoint has `size` leaves, as far as they were added to `grown`.

    The bundles used last are kept, BYTES_KEPT bytes of them; none before every entry in it is known.
    """

    def __init__(self, tree: PublicTree, grown: GrowingTree, size: int) -> None:
        self.bytes_kept = 0
        self._tree = tree
        self._grown = grown
        self._size = size
        self._kept: OrderedDict[int, list[bytes]] = OrderedDict()

    def entry(self, index: int) -> bytes:
        """Entry `index`, which was added before. Raises LookupError for one that was not, TreeMissingError,
        TreeInconsistentError when the bundle is not the one that was read."""
        if index >= self._grown.size:
            raise LookupError(f"entry {index} was not added yet")
        number, offset = divmod(index, TILE_WIDTH)
        kept = self._kept.get(number)
        if kept is not None and offset < len(kept):
            self._kept.move_to_end(number)
            return kept[offset]
        entries = self._read(number)
        self._keep(number, entries)
        return entries[offset]

    def _read(self, number: int) -> list[bytes]:
        first = number * TILE_WIDTH
        entries = self._tree.raw_entries(number, min(TILE_WIDTH, self._size - first))[
            : self._grown.size - first
        ]
        if not self._grown.knows(number, entries):
            raise TreeInconsistentError(f"an entry of bundle {number} has changed since it was read")
        return entries

    def _keep(self, number: int, entries: list[bytes]) -> None:
        self.bytes_kept -= _bytes_of(self._kept.pop(number, []))
        self._kept[number] = entries
        self.bytes_kept += _bytes_of(entries)
        while self.bytes_kept > BYTES_KEPT:
            self.bytes_kept -= _bytes_of(self._kept.popitem(last=False)[1])


def _bytes_of(entries: list[bytes]) -> int:
    return sum(map(len, entries)) + _BYTES_AROUND_ENTRY * len(entries)
