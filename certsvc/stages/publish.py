"""Stage `publish`: what is committed is shown, the checkpoint last; only what the public tree proves is released.

Publishing twice shows the same: every file but the checkpoint (and the few static ones) is immutable. A process killed
between commit and publication is repaired by publishing again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from certverify.errors import CertverifyError
from certverify.leaf import EventLeaf, decode_leaf
from certverify.note import VerifierKey

from certsvc.errors import ConflictError, IntegrityError
from certsvc.formats.merkle import HASH_BYTES
from certsvc.formats.note import encode_vkey
from certsvc.formats.status import CHUNK_BYTES, SHARD_CHUNKS, encode_roots, roots_path, shard_path
from certsvc.formats.tile import (
    TileNodes,
    encode_entries,
    entries_path,
    new_tiles,
    split_entries,
    split_hashes,
    tile_path,
)
from certsvc.ports import LedgerHead, LedgerStore, LedgerTransaction, LoggedEvent, PublicTree
from certsvc.stages.published_log import (
    CHECKPOINT_PATH,
    PublishedLog,
    read_published_note,
    require_same_history,
)

_TILES_AT_ONCE = 64
_NO_FILES: Mapping[str, bytes] = {}


class Publisher:
    """Writes the public tree. One publisher works at a time; the others wait."""

    def __init__(self, store: LedgerStore, tree: PublicTree, keys: Sequence[VerifierKey]) -> None:
        """`keys`: those of the log, the one in force first."""
        self._store = store
        self._tree = tree
        self._keys = tuple(keys)

    def publish(self, files: Mapping[str, bytes] = _NO_FILES) -> LedgerHead:
        """Show everything up to the stored head; the head shown. `files` (policy, tables.json, trust-list.json) are
        replaced where they changed, in the order given.

        Raises ConflictError or IntegrityError when the public tree shows another history than the database.
        """
        with self._tree.exclusive():
            with self._store.transaction() as transaction:
                head, shown, shards = self._plan(transaction)
            self._show_tiles(shown, head.size)
            for root, shard in shards.items():
                self._tree.put(shard_path(root), shard)
            self._tree.put(roots_path(head.size - 1), encode_roots(head.shard_roots))
            vkey = encode_vkey(self._keys[0].name, self._keys[0].raw_key) + "\n"
            for path, content in {"vkey": vkey.encode(), **files, CHECKPOINT_PATH: head.note}.items():
                if self._tree.read(path) != content:
                    self._tree.replace(path, content)
            return head

    def release(self, events: Sequence[LoggedEvent]) -> tuple[int, ...]:
        """The leaf indices of the events, each verified in the *published* tree with the reader's code.

        Raises IntegrityError for the first that the tree does not prove: wrong leaf, wrong proof, not published yet.
        """
        log = PublishedLog(self._tree, self._keys)
        for event in events:
            _require_leaf(log.prove(event.leaf_index).leaf, event)
        return tuple(event.leaf_index for event in events)

    def _plan(self, transaction: LedgerTransaction) -> tuple[LedgerHead, int, dict[bytes, bytes]]:
        """The head to show, the size already shown, and the shards (by root) that are not shown yet."""
        head = transaction.head()
        if head is None:
            raise ConflictError("账本尚未建立。请先运行 certsvc init。")
        published = read_published_note(self._tree, self._keys)
        checkpoint = None if published is None else published[1]
        require_same_history(checkpoint, head, TileNodes(transaction.tile, head.size).node)
        shown = 0 if checkpoint is None else checkpoint.size
        known = self._shown_shards(shown)
        shards = {
            root: _read_shard(transaction, number)
            for number, root in enumerate(head.shard_roots)
            if root not in known
        }
        return head, shown, shards

    def _shown_shards(self, shown: int) -> frozenset[bytes]:
        roots = self._tree.read(roots_path(shown - 1)) if shown else None
        return frozenset(split_hashes(roots or b""))

    def _show_tiles(self, shown: int, size: int) -> None:
        wanted = new_tiles(shown, size)
        while cut := list(islice(wanted, _TILES_AT_ONCE)):
            with self._store.transaction() as transaction:
                files = dict(_tile_files(transaction, cut))
            for path, content in files.items():
                self._tree.put(path, content)


def _tile_files(
    transaction: LedgerTransaction, wanted: Sequence[tuple[int, int, int]]
) -> Iterator[tuple[str, bytes]]:
    for level, number, width in wanted:
        hashes = transaction.tile(level, number)[: width * HASH_BYTES]
        if len(hashes) != width * HASH_BYTES:
            raise IntegrityError("数据库中的账本哈希不完整，已停止公开。请按运维手册核查数据库。")
        yield tile_path(level, number, width), hashes
        if level == 0:
            entries = split_entries(transaction.bundle(number))[:width]
            yield entries_path(number, width), encode_entries(entries)


def _read_shard(transaction: LedgerTransaction, number: int) -> bytes:
    first = number * SHARD_CHUNKS
    chunks = transaction.status_chunks(first, SHARD_CHUNKS)
    return b"".join(chunks.get(first + at, bytes(CHUNK_BYTES)) for at in range(SHARD_CHUNKS))


def _require_leaf(entry: bytes, event: LoggedEvent) -> None:
    try:
        leaf = decode_leaf(entry)
    except CertverifyError as error:
        raise IntegrityError(f"公开账本第 {event.leaf_index} 条无法解读，已停止处理。") from error
    if not isinstance(leaf, EventLeaf) or (leaf.slot, leaf.commitment) != (event.slot, event.commitment):
        raise IntegrityError(f"公开账本第 {event.leaf_index} 条不是所登记的事件，已停止处理。")
