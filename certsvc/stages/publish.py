"""Stage `publish`: what is committed is shown, the checkpoint last; only what the public tree proves is released.

The checkpoint is shown with the cosignatures that the operator's policy asks for, or not at all: without them the one
of before stays, everything else is there, and publishing again finishes.

Publishing twice shows the same: every file but the checkpoint (and the few static ones) is immutable. A process killed
between commit and publication is repaired by publishing again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Protocol

from certverify.checkpoint import open_checkpoint
from certverify.errors import CertverifyError
from certverify.leaf import EventLeaf, decode_leaf
from certverify.note import VerifierKey
from certverify.policy import decode_policy

from certsvc.errors import ConflictError, IntegrityError, NotWitnessed
from certsvc.formats.merkle import HASH_BYTES, ListTree, leaf_hash
from certsvc.formats.note import encode_vkey
from certsvc.formats.status import CHUNK_BYTES, SHARD_CHUNKS, encode_roots, roots_path, shard_path
from certsvc.formats.tile import (
    TILE_WIDTH,
    encode_entries,
    entries_path,
    new_tiles,
    split_entries,
    split_hashes,
    tile_path,
)
from certsvc.ports import LastCheckpoint, LedgerHead, LedgerStore, LedgerTransaction, LoggedEvent, PublicTree
from certsvc.stages.ledger_check import load_edge
from certsvc.stages.ledger_head_check import require_signed_head
from certsvc.stages.own_history import OwnHistory
from certsvc.stages.published_log import (
    CHECKPOINT_PATH,
    PublishedLog,
    carries,
    read_published_note,
    tree_nodes,
)
from certsvc.stages.trust_files import POLICY_PATH
from certsvc.stages.witnessing import Presented, presented

_TILES_AT_ONCE = 64
_DAMAGED = "数据库中的账本内容与账本头不符，已停止公开。请按运维手册核查数据库。"
Files = Mapping[str, bytes] | Callable[[], Mapping[str, bytes]]
_NO_FILES: Mapping[str, bytes] = {}


class Cosigners(Protocol):
    """Those who cosign what is shown (Witnessing)."""

    def is_met_by(self, raw_note: bytes) -> bool:
        """Whether the cosignatures of a note suffice."""
        ...

    def cosign(self, tree: Presented, size_now: Callable[[], int]) -> bytes:
        """The note with cosignatures that suffice. Raises NotWitnessed, IntegrityError."""
        ...


class Publisher:
    """Writes the public tree. One publisher works at a time; the others wait."""

    def __init__(
        self,
        store: LedgerStore,
        tree: PublicTree,
        keys: Sequence[VerifierKey],
        witnesses: Cosigners | None = None,
        last: LastCheckpoint | None = None,
    ) -> None:
        """`keys`: those of the log, the one in force first. Without `witnesses` the checkpoint is shown as it was signed.

        `last`: where a checkpoint is kept before it is shown.
        """
        self._store = store
        self._tree = tree
        self._keys = tuple(keys)
        self._witnesses = witnesses
        self._last = last

    def publish(self, files: Files = _NO_FILES) -> LedgerHead:
        """Show everything up to the stored head; the head shown. `files` (the trust material) are replaced where they
        changed, in the order given; a function is asked for them once this publisher's turn has come. The checkpoint
        is written last, with its cosignatures.

        Raises IntegrityError when the public tree, this machine, or a witness has seen another history than the database
        (OlderDatabase: a longer one); NotWitnessed when everything is there but the checkpoint, which lacks cosignatures.
        """
        with self._tree.exclusive():
            with self._store.transaction() as transaction:
                head, shown, shards = self._plan(transaction)
            self._show_tiles(shown, head.size)
            for root, shard in shards.items():
                self._tree.put(shard_path(root), shard)
            self._tree.put(roots_path(head.size - 1), encode_roots(head.shard_roots))
            vkey = encode_vkey(self._keys[0].name, self._keys[0].raw_key) + "\n"
            given = files() if callable(files) else files
            for path, content in {"vkey": vkey.encode(), **given}.items():
                if self._tree.read(path) != content:
                    self._tree.replace(path, content)
            if not self.shows(head):
                if self._last is not None:
                    self._last.keep(head.note)
                self._tree.replace(CHECKPOINT_PATH, self._cosigned(head))
            return head

    def shows(self, head: LedgerHead) -> bool:
        """Whether the published checkpoint is that of the head, with the cosignatures that are asked for now."""
        raw_note = self._tree.read(CHECKPOINT_PATH)
        if raw_note is None or not carries(raw_note, head.note):
            return False
        return self._meets_public_policy(raw_note) and (
            self._witnesses is None or self._witnesses.is_met_by(raw_note)
        )

    def is_behind(self) -> bool:
        """Whether the public tree does not show the checkpoint that was signed last."""
        head = self._stored_head()
        return head is not None and not self.shows(head)

    def release(self, events: Sequence[LoggedEvent]) -> tuple[int, ...]:
        """The leaf indices of the events, each verified in the *published* tree with the reader's code.

        Raises IntegrityError for the first that the tree does not prove: wrong leaf, wrong proof, not published yet.
        """
        log = PublishedLog(self._tree, self._keys)
        for event in events:
            _require_leaf(log.prove(event.leaf_index).leaf, event)
        return tuple(event.leaf_index for event in events)

    def _cosigned(self, head: LedgerHead) -> bytes:
        """The note as it may be shown: as the operator's policy asks, and as the public one tells outsiders to ask."""
        note = head.note
        if self._witnesses is not None:
            tree = presented(head.note, partial(tree_nodes, self._tree))
            note = self._witnesses.cosign(tree, self._stored_size)
        if not self._meets_public_policy(note):
            raise NotWitnessed(
                "等待见证：共签不满足已公开的策略文件 policy，检查点暂不公开。"
                "如已放宽见证策略，请先由信任根签署，见 docs/operations.md（见证方）。"
            )
        return note

    def _meets_public_policy(self, raw_note: bytes) -> bool:
        raw_policy = self._tree.read(POLICY_PATH)
        if raw_policy is None:
            return True
        try:
            policy = decode_policy(raw_policy)
        except CertverifyError as error:
            raise IntegrityError(
                "公开目录中的策略文件 policy 无法解读，已停止公开。请按运维手册核查。"
            ) from error
        try:
            return open_checkpoint(raw_note, self._keys, policy).quorum_met
        except CertverifyError:
            return False

    def _stored_size(self) -> int:
        head = self._stored_head()
        return 0 if head is None else head.size

    def _stored_head(self) -> LedgerHead | None:
        with self._store.transaction() as transaction:
            return transaction.head()

    def _plan(self, transaction: LedgerTransaction) -> tuple[LedgerHead, int, dict[bytes, bytes]]:
        """The head to show, the size already shown, and the shards (by root) that are not shown yet."""
        head = transaction.head()
        if head is None:
            raise ConflictError("账本尚未建立。请先运行 certsvc init。")
        require_signed_head(head, self._keys)
        OwnHistory(self._tree, self._keys, self._last).require(head, transaction)
        published = read_published_note(self._tree, self._keys)
        load_edge(transaction, head.size, head.root)
        shown = 0 if published is None else published[1].size
        known = self._shown_shards(shown)
        shards = {
            root: _read_shard(transaction, number, root)
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
        if width == TILE_WIDTH:
            _require(_root(hashes) == _hash_above(transaction, level, number))
        yield tile_path(level, number, width), hashes
        if level == 0:
            entries = _bundle(transaction, number)[:width]
            _require([leaf_hash(entry) for entry in entries] == split_hashes(hashes))
            yield entries_path(number, width), encode_entries(entries)


def _bundle(transaction: LedgerTransaction, number: int) -> list[bytes]:
    try:
        return split_entries(transaction.bundle(number))
    except ValueError as error:
        raise IntegrityError(_DAMAGED) from error


def _hash_above(transaction: LedgerTransaction, level: int, number: int) -> bytes:
    """The hash of a full tile as the level above states it."""
    above, place = divmod(number, TILE_WIDTH)
    return transaction.tile(level + 1, above)[place * HASH_BYTES : (place + 1) * HASH_BYTES]


def _read_shard(transaction: LedgerTransaction, number: int, root: bytes) -> bytes:
    first = number * SHARD_CHUNKS
    stored = transaction.status_chunks(first, SHARD_CHUNKS)
    chunks = [stored.get(first + at, bytes(CHUNK_BYTES)) for at in range(SHARD_CHUNKS)]
    _require(ListTree([leaf_hash(chunk) for chunk in chunks]).root == root)
    return b"".join(chunks)


def _root(hashes: bytes) -> bytes:
    return ListTree(split_hashes(hashes)).root


def _require(sound: bool) -> None:
    """What is published can never be taken back: nothing is shown that does not lead to the root of the head."""
    if not sound:
        raise IntegrityError(_DAMAGED)


def _require_leaf(entry: bytes, event: LoggedEvent) -> None:
    try:
        leaf = decode_leaf(entry)
    except CertverifyError as error:
        raise IntegrityError(f"公开账本第 {event.leaf_index} 条无法解读，已停止处理。") from error
    if not isinstance(leaf, EventLeaf) or (leaf.slot, leaf.commitment) != (event.slot, event.commitment):
        raise IntegrityError(f"公开账本第 {event.leaf_index} 条不是所登记的事件，已停止处理。")
