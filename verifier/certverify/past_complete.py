"""All events on some slots, collected from the entries of a public tree: the whole log is read, and rehashed."""

from __future__ import annotations

from certverify.checkpoint import Checkpoint
from certverify.errors import LeafError, TreeInconsistentError
from certverify.leaf import decode_leaf
from certverify.replay_leaf import event_fields
from certverify.tree import PublicTree
from certverify.whole_log import all_entries


def events_on_slots(
    tree: PublicTree, checkpoint: Checkpoint, slots: frozenset[int], earlier: Checkpoint
) -> list[tuple[int, bytes]]:
    """Index and entry bytes of every event on one of `slots`, in the order of the log up to `checkpoint`.

    The entries must have the root of `checkpoint`, and `earlier` must be a prefix of it. Raises TreeMissingError when
    entries or tiles are not there, TreeInconsistentError when they are others.
    """
    tree.verify_prefix(earlier.size, earlier.root, checkpoint.size, checkpoint.root)
    found: list[tuple[int, bytes]] = []
    for index, entry in enumerate(all_entries(tree, checkpoint)):
        if _slot_of(index, entry) in slots:
            found.append((index, entry))
    return found


def _slot_of(index: int, entry: bytes) -> int | None:
    """The slot of an event; None for a manifest or a seal."""
    fields = event_fields(entry)
    if fields is not None:
        return fields[2]
    try:
        decode_leaf(entry)
    except LeafError as error:
        raise TreeInconsistentError(f"entry {index} cannot be read") from error
    return None
