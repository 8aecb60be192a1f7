"""The guard before every signature: what the world was shown is a prefix of what is about to be signed.

A process may find an older database at any time, not only when it starts: a standby that missed the end took over, a
backup was put back underneath. So the published checkpoint is looked at every time; the comparison by proof is made
only when it, or the head, is not as it was.
"""

from __future__ import annotations

from collections.abc import Sequence

from certverify.checkpoint import Checkpoint, decode_checkpoint
from certverify.note import VerifierKey

from certsvc.formats.merkle import Node
from certsvc.ports import LedgerHead, PublicTree
from certsvc.stages.published_log import CHECKPOINT_PATH, read_published_note, require_same_history


class OwnHistory:
    """What one process knows to have been published."""

    def __init__(self, tree: PublicTree, keys: Sequence[VerifierKey]) -> None:
        self._tree = tree
        self._keys = tuple(keys)
        self._checkpoint: Checkpoint | None = None
        self._raw_note: bytes | None = None
        self._size = -1

    def require(self, head: LedgerHead | None, node: Node) -> None:
        """Return when the stored head goes on from the published checkpoint, and from any that was seen before.

        Raises as `require_same_history`; IntegrityError when the checkpoint is not one that this log signed.
        """
        raw_note = self._tree.read(CHECKPOINT_PATH)
        if head is None or not self._is_known(raw_note, head):
            published = read_published_note(self._tree, self._keys)
            raw_note, checkpoint = (None, self._checkpoint) if published is None else published
            require_same_history(checkpoint, head, node)
            self._checkpoint = checkpoint
        elif raw_note is not None and raw_note != self._raw_note:
            self._checkpoint, _ = decode_checkpoint(raw_note)
        self._raw_note = raw_note
        self._size = 0 if head is None else head.size

    def _is_known(self, raw_note: bytes | None, head: LedgerHead) -> bool:
        """Whether a head no smaller than the last one stands beside the same checkpoint, or is itself what is shown."""
        if self._size < 0 or head.size < self._size:
            return False
        return raw_note == self._raw_note or (raw_note is not None and _text(raw_note) == _text(head.note))


def _text(raw_note: bytes) -> bytes:
    return raw_note.partition(b"\n\n")[0]
