"""Every entry of a public tree, in order: the whole log is read, and rehashed."""

from __future__ import annotations

from collections.abc import Iterator

from certverify.checkpoint import Checkpoint
from certverify.errors import TreeInconsistentError
from certverify.merkle import leaf_hash
from certverify.replay_tree import GrowingTree
from certverify.tree import TILE_WIDTH, PublicTree


def all_entries(tree: PublicTree, checkpoint: Checkpoint) -> Iterator[bytes]:
    """The entries up to `checkpoint`. Believe them when the iterator has ended: only then is the root compared.

    Raises TreeMissingError when entries are not there, TreeInconsistentError when they are others.
    """
    grown = GrowingTree()
    for first in range(0, checkpoint.size, TILE_WIDTH):
        for entry in tree.raw_entries(first // TILE_WIDTH, min(TILE_WIDTH, checkpoint.size - first)):
            grown.add(leaf_hash(entry))
            yield entry
    if grown.root() != checkpoint.root:
        raise TreeInconsistentError("the entries do not have the root of the checkpoint")
