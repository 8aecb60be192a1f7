"""`certsvc ledger rebuild`: published leaves that the database lacks are taken back out of the public tree.

The published entry bundles are the whole log. A database that was restored from an older backup may not sign (start-up
guard); after this it holds every published leaf, and what it had of the business behind them decides what people still
have to do. Nothing is signed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from certverify.checkpoint import open_checkpoint
from certverify.errors import CertverifyError
from certverify.leaf import EventLeaf, ManifestLeaf, SealLeaf, decode_leaf
from certverify.merkle import root_of_hashes
from certverify.note import VerifierKey

from certsvc.errors import ConflictError, IntegrityError
from certsvc.formats.leaf import EventKind
from certsvc.formats.merkle import EMPTY_ROOT, leaf_hash, tree_root
from certsvc.formats.status import CHUNK_SLOTS, LEAST_SLOTS, StatusArray, chunk_of
from certsvc.formats.tile import TILE_WIDTH, entry_runs
from certsvc.ports import Clock, LedgerHead, PublicTree
from certsvc.ports.ledger_rebuilding import (
    AdoptedEvent,
    LedgerRebuilding,
    PublishedEvent,
    RebuildTransaction,
)
from certsvc.stages.ledger_check import load_edge
from certsvc.stages.published_log import NO_WITNESSES, PublishedLog

_AT_ONCE = 64 * TILE_WIDTH
_BROKEN = "公开目录中的账本自相矛盾（第 {} 条附近），未作任何改动。请从镜像或见证方取得完整的公开目录后重试。"
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """How many leaves the database held before and holds now, and what became of the events among the new ones."""

    before: int
    now: int
    adopted: tuple[AdoptedEvent, ...]


class LedgerRebuild:
    """Re-ingest."""

    def __init__(
        self, store: LedgerRebuilding, tree: PublicTree, keys: Sequence[VerifierKey], clock: Clock
    ) -> None:
        """`keys`: those that may have signed checkpoints of this log."""
        self._store = store
        self._tree = tree
        self._keys = tuple(keys)
        self._clock = clock

    def run(self, *, from_scratch: bool = False) -> RebuildReport:
        """Take over what is published and not stored; with `from_scratch` all of it, whatever is stored of the log.

        One transaction; again, nothing more to do. Every leaf is hashed anew and the result must be the root that this
        log signed, the status array must be the one that the last seal states. Raises ConflictError when nothing is
        published, or (not `from_scratch`) when the stored log is no prefix of the published one, IntegrityError when
        the public tree contradicts itself.
        """
        log = PublishedLog(self._tree, self._keys)
        with self._store.rebuilding() as transaction:
            if from_scratch:
                transaction.erase_log()
            head = transaction.head()
            self._require_prefix(log, head)
            before = 0 if head is None else head.size
            if head is not None and before == log.size:
                return RebuildReport(before, before, ())
            return self._take_over(transaction, log, head)

    def _require_prefix(self, log: PublishedLog, head: LedgerHead | None) -> None:
        if head is None:
            return
        if head.size > log.size:
            raise ConflictError(
                "数据库中的账本比公开账本长，无需重建。请运行 certsvc ledger publish 补齐公开目录。"
            )
        if tree_root(log.node, head.size) != head.root:
            raise ConflictError(
                "数据库中的账本不是公开账本的前段，不能接续。请先运行 certsvc ledger fsck 查明原因；"
                "确认以公开账本为准后，再使用 --from-scratch。"
            )

    def _take_over(
        self, transaction: RebuildTransaction, log: PublishedLog, head: LedgerHead | None
    ) -> RebuildReport:
        before = 0 if head is None else head.size
        reader = _LeafReader(before)
        edge = load_edge(transaction, before, EMPTY_ROOT if head is None else head.root)
        for start in range(before, log.size, _AT_ONCE):
            entries = [log.entry(index) for index in range(start, min(start + _AT_ONCE, log.size))]
            hashes = [leaf_hash(entry) for entry in entries]
            edge, runs = edge.extend(hashes)
            transaction.append(runs, entry_runs(start, entries))
            for entry, hashed in zip(entries, hashes, strict=True):
                reader.take(entry, hashed)
        if edge.root != log.checkpoint.root or reader.seal is None or reader.seal.index != log.size - 1:
            raise IntegrityError(_BROKEN.format(log.size - 1))
        array = self._array(transaction, head, reader.seal, reader.events)
        new = self._head(log, array)
        if head is None:
            transaction.begin_log(new)
        else:
            transaction.move_head(head, new)
        changed = {chunk_of(event.slot) for event in reader.events}
        transaction.put_status_chunks({number: array.chunk(number) for number in changed})
        adopted = transaction.adopt(reader.events, self._clock.now())
        return RebuildReport(before, log.size, adopted)

    def _array(
        self,
        transaction: RebuildTransaction,
        head: LedgerHead | None,
        seal: SealLeaf,
        events: Iterable[PublishedEvent],
    ) -> StatusArray:
        slots = LEAST_SLOTS if head is None else head.status_slots
        array = StatusArray(slots, transaction.status_chunks(0, slots // CHUNK_SLOTS))
        array = array.grown(max(seal.slots, slots))
        for event in events:
            if event.slot >= array.slots:
                raise IntegrityError(_BROKEN.format(event.leaf_index))
            array[event.slot] = event.kind.status_after
        if (array.slots, array.root) != (seal.slots, seal.root):
            raise IntegrityError(_BROKEN.format(seal.index))
        return array

    def _head(self, log: PublishedLog, array: StatusArray) -> LedgerHead:
        try:
            signed = open_checkpoint(log.note, self._keys, NO_WITNESSES)
        except CertverifyError as error:
            raise IntegrityError(_BROKEN.format(log.size - 1)) from error
        signed_at = self._clock.now()
        if signed.cosigned_at is not None:
            signed_at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=signed.cosigned_at)
        return LedgerHead(
            size=log.size,
            root=log.checkpoint.root,
            status_slots=array.slots,
            shard_roots=array.shard_roots(),
            note=own_lines(log.note, self._keys),
            signed_at=signed_at,
        )


class _LeafReader:
    """Events with their manifests, and the last seal, out of leaves taken in order."""

    def __init__(self, first_index: int) -> None:
        self.events: list[PublishedEvent] = []
        self.seal: SealLeaf | None = None
        self._index = first_index
        self._open: list[tuple[int, EventLeaf, bytes]] = []

    def take(self, entry: bytes, hashed: bytes) -> None:
        try:
            leaf = decode_leaf(entry)
        except CertverifyError as error:
            raise IntegrityError(_BROKEN.format(self._index)) from error
        if isinstance(leaf, EventLeaf):
            self._open.append((self._index, leaf, hashed))
        elif isinstance(leaf, ManifestLeaf):
            self._close_batch(leaf)
        else:
            self.seal = leaf
        if self._open and isinstance(leaf, SealLeaf):
            raise IntegrityError(_BROKEN.format(self._index))
        self._index += 1

    def _close_batch(self, manifest: ManifestLeaf) -> None:
        root = root_of_hashes([hashed for _, _, hashed in self._open])
        first = self._index - len(self._open)
        if (manifest.first_index, manifest.count, manifest.root) != (first, len(self._open), root):
            raise IntegrityError(_BROKEN.format(self._index))
        self.events.extend(
            PublishedEvent(
                kind=EventKind(leaf.type),
                slot=leaf.slot,
                effective_on=_EPOCH + timedelta(days=leaf.effective_on),
                commitment=leaf.commitment,
                leaf_index=index,
                manifest_index=self._index,
            )
            for index, leaf, _ in self._open
        )
        self._open = []


def own_lines(raw_note: bytes, keys: Sequence[VerifierKey]) -> bytes:
    """The note with the log's own signature lines alone: as it was committed, before witnesses cosigned it."""
    text, _, lines = raw_note.decode().rpartition("\n\n")
    names = {key.name for key in keys}
    kept = [line for line in lines.splitlines(keepends=True) if line.split(" ")[1] in names]
    return f"{text}\n\n{''.join(kept)}".encode()
