"""Whether two checkpoints that a log has signed belong to one history, as far as public tiles can prove it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from certverify.checkpoint import Checkpoint
from certverify.errors import TreeInconsistentError, TreeMissingError
from certverify.tree import PublicTree


class Relation(Enum):
    """What is proven of two checkpoints; UNPROVEN when tiles are missing or do not lead to the larger root."""

    ONE_HISTORY = "one history"
    FORK = "fork"
    UNPROVEN = "unproven"


def relation(trees: Iterable[PublicTree], one: Checkpoint, other: Checkpoint) -> Relation:
    """Whether the smaller checkpoint is a prefix of the larger one, by the tiles of the first tree that can tell.

    FORK is a proof, not a suspicion: the sizes are equal and the roots are not; or tiles that hash up to the larger root
    have another root at the smaller size. Tiles alone that do not fit accuse nobody, since anyone may have altered them.
    """
    smaller, larger = sorted((one, other), key=lambda checkpoint: checkpoint.size)
    if smaller.size == larger.size:
        return Relation.ONE_HISTORY if smaller.root == larger.root else Relation.FORK
    for tree in trees:
        found = _by_tiles(tree, smaller, larger)
        if found is not Relation.UNPROVEN:
            return found
    return Relation.UNPROVEN


def _by_tiles(tree: PublicTree, smaller: Checkpoint, larger: Checkpoint) -> Relation:
    try:
        root = tree.prefix_root(smaller.size, larger.size)
        tree.verify_prefix(smaller.size, root, larger.size, larger.root)
    except (TreeMissingError, TreeInconsistentError):
        return Relation.UNPROVEN
    return Relation.ONE_HISTORY if root == smaller.root else Relation.FORK
