"""The guard before every signature: what the world was shown is a prefix of what is about to be signed.

Three things tell what was shown: the published checkpoint; the public files, which may be there without it or reach
beyond it; and the last checkpoint that this machine was about to show, kept apart from both.

A process may find an older database at any time, not only when it starts: a standby that missed the end took over, a
backup was put back underneath. So what was shown is looked at every time; the comparison by proof is made only when it,
or the head, is not as it was.
"""

from __future__ import annotations

from collections.abc import Sequence

from certverify.checkpoint import Checkpoint, decode_checkpoint, open_checkpoint
from certverify.errors import CertverifyError
from certverify.note import VerifierKey

from certsvc.errors import IntegrityError, OlderDatabase
from certsvc.formats.tile import TileNodes
from certsvc.ports import LastCheckpoint, LedgerHead, PublicTree
from certsvc.stages.published_log import (
    CHECKPOINT_PATH,
    NO_WITNESSES,
    read_published_note,
    require_same_history,
)
from certsvc.stages.shown_files import StoredTiles, require_no_other_files, require_nothing_beyond


class OwnHistory:
    """What one process knows to have been shown."""

    def __init__(
        self, tree: PublicTree, keys: Sequence[VerifierKey], last: LastCheckpoint | None = None
    ) -> None:
        self._tree = tree
        self._keys = tuple(keys)
        self._last = last
        self._checkpoint: Checkpoint | None = None
        self._known: tuple[bytes | None, bytes | None] = None, None
        self._size = -1

    def require(self, head: LedgerHead | None, stored: StoredTiles) -> None:
        """Return when the stored head goes on from all that was shown, and from any checkpoint that was seen before.

        Raises OlderDatabase; IntegrityError for another history, or a checkpoint that is not one that this log signed.
        """
        seen = self._tree.read(CHECKPOINT_PATH), None if self._last is None else self._last.read()
        if head is None or not self._is_known(seen, head):
            published = read_published_note(self._tree, self._keys)
            node = TileNodes(stored.tile, 0 if head is None else head.size).node
            require_same_history(self._checkpoint if published is None else published[1], head, node)
            if published is None:
                require_no_other_files(self._tree, head, stored)
            else:
                self._checkpoint = published[1]
                require_nothing_beyond(self._tree, 0 if head is None else head.size)
            if seen[1] is not None and _text(seen[1]) != _text(seen[0]):
                self._require_after(self._opened(seen[1]), head, stored)
            seen = None if published is None else published[0], seen[1]
        elif seen[0] is not None and seen[0] != self._known[0]:
            self._checkpoint, _ = decode_checkpoint(seen[0])
        self._known = seen
        self._size = 0 if head is None else head.size

    def _is_known(self, seen: tuple[bytes | None, bytes | None], head: LedgerHead) -> bool:
        """Whether a head no smaller than the last one stands beside the same notes, or is itself what they show."""
        if self._size < 0 or head.size < self._size:
            return False
        return all(
            now == before or (now is not None and _text(now) == _text(head.note))
            for now, before in zip(seen, self._known, strict=True)
        )

    def _opened(self, raw_note: bytes) -> Checkpoint:
        try:
            return open_checkpoint(raw_note, self._keys, NO_WITNESSES).checkpoint
        except CertverifyError as error:
            raise IntegrityError(
                "last-checkpoint 不是本账本签发的检查点，或已被改动，已停止签发。处理办法见 docs/operations.md（启动保护）。"
            ) from error

    def _require_after(self, last: Checkpoint, head: LedgerHead | None, stored: StoredTiles) -> None:
        size = 0 if head is None else head.size
        if last.size > size:
            raise OlderDatabase(
                f"本机准备公开过 {last.size} 条的账本（last-checkpoint），数据库中只有 {size} 条，可能恢复了旧备份。"
                "继续签发会使账本分叉，已拒绝。处理办法见 docs/operations.md（启动保护）。"
            )
        try:
            require_same_history(last, head, TileNodes(stored.tile, size).node)
        except IntegrityError as error:
            raise IntegrityError(
                f"本机准备公开过的检查点（last-checkpoint，{last.size} 条）与数据库中的账本不是同一历史，已停止签发。"
                "处理办法见 docs/operations.md（启动保护）。"
            ) from error


def _text(raw_note: bytes | None) -> bytes | None:
    return None if raw_note is None else raw_note.partition(b"\n\n")[0]
