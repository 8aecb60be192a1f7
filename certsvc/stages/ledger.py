"""Stage `ledger`: queued events become leaves of the public log.

One transaction holds a whole batch:

1. The head is locked, and compared with the published checkpoint; the first time also with what the witnesses have
   seen (start-up guard).
2. Waiting events become event leaves, in the order in which they were queued; the authority signs their manifest;
   the status array takes their values; the seal commits to it.
3. Leaves and tile hashes are stored, read back and checked with the reader's code.
4. Only then is the checkpoint signed; the array's changed chunks are stored, the events marked, and the head moved by
   compare-and-swap.

The right edge and the array stay in memory between batches. They count only while the head in the database is the one
that they belong to; the array out of the database counts only when it hashes to the head's shard roots.

Nothing signed leaves the process before the commit. A crash before it leaves nothing; after it, publishing again
shows what was committed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import repeat

from certverify import ed25519
from certverify.errors import SignatureError
from certverify.note import VerifierKey

from certsvc.errors import ConflictError, IntegrityError
from certsvc.formats.calendar_units import hour_number
from certsvc.formats.leaf import (
    EventEncoder,
    Manifest,
    Seal,
    encode_manifest_leaf,
    encode_seal_leaf,
    manifest_signing_bytes,
)
from certsvc.formats.merkle import EMPTY_ROOT, ListTree, leaf_hash
from certsvc.formats.note import (
    checkpoint_text,
    cosignature_line,
    cosignature_message,
    encode_note,
    signature_line,
)
from certsvc.formats.status import CHUNK_SLOTS, LEAST_SLOTS, StatusArray
from certsvc.formats.tile import EMPTY_EDGE, TreeEdge, entry_runs
from certsvc.ports import (
    Clock,
    LastCheckpoint,
    LedgerHead,
    LedgerStore,
    LedgerTransaction,
    LoggedEvent,
    LogSigner,
    PendingEvent,
    PublicTree,
    QueuedEvents,
    RecordSigner,
)
from certsvc.ports.witness import StartGuard
from certsvc.stages.ledger_check import check_append, load_edge
from certsvc.stages.ledger_head_check import require_sealed_array, require_signed_head
from certsvc.stages.own_history import OwnHistory
from certsvc.stages.published_log import log_key
from certsvc.stages.slot_chains import event_leaves

MOST_EVENTS = 1000


@dataclass(frozen=True, slots=True)
class AppendedBatch:
    """What one batch added: its events, which have the leaves from `first_index` on, and the head after it."""

    queued: QueuedEvents
    first_index: int
    head: LedgerHead

    @property
    def manifest_index(self) -> int:
        """The leaf after the events."""
        return self.first_index + len(self.queued)

    @property
    def events(self) -> tuple[LoggedEvent, ...]:
        """The events with their leaves."""
        own, leaves = self.queued, range(self.first_index, self.manifest_index)
        rows = zip(own.ids, own.slots, own.commitments, leaves, repeat(self.manifest_index))
        return tuple(LoggedEvent(*row) for row in rows)


class Ledger:
    """The only writer of the log. Any number of processes may run one; the head row lets them take turns."""

    def __init__(
        self,
        store: LedgerStore,
        tree: PublicTree,
        clock: Clock,
        record_signer: RecordSigner,
        log_signer: LogSigner,
        retiring: Sequence[LogSigner] = (),
        guard: StartGuard | None = None,
        known_keys: Sequence[VerifierKey] = (),
        last: LastCheckpoint | None = None,
    ) -> None:
        """`retiring`: log keys of before, which go on signing beside the one in force while checkers change over.
        `known_keys`: those and all before them, under which a published checkpoint is read back.

        `guard`: the witnesses, asked before the first signature. `last`: what this machine was about to show last.
        """
        self._store = store
        self._clock = clock
        self._authority = record_signer
        self._operators = (log_signer, *retiring)
        self._known_keys = tuple(known_keys) or tuple(log_key(one) for one in self._operators)
        self._own_history = OwnHistory(tree, self._known_keys, last)
        self._guard = guard
        self._guarded = False
        self._status: StatusArray | None = None
        self._edge = EMPTY_ROOT, EMPTY_EDGE
        self._signed: LedgerHead | None = None

    def start_log(self) -> bool:
        """Begin the log with a bare seal over an empty array. False when it has begun already.

        Raises OlderDatabase when the public tree shows a log that the database does not hold.
        """
        with self._asked_transaction() as transaction:
            if self._guarded_head(transaction, to_sign=False) is not None:
                return False
            array = StatusArray(LEAST_SLOTS)
            empty = LedgerHead(0, EMPTY_ROOT, LEAST_SLOTS, (), b"", self._clock.now())
            transaction.begin_log(self._append(transaction, empty, [], [], array))
            return True

    def record(
        self, events: Sequence[PendingEvent] = (), *, within: LedgerTransaction | None = None
    ) -> AppendedBatch | None:
        """Queue the given events, then log the oldest waiting ones (at most 1,000) as one batch; None: nothing waits.

        `within` is the caller's transaction; without it the batch has its own. Events that are logged already are not
        logged again. Raises ConflictError (out of order, no log, clock gone back), IntegrityError (the line stops).
        """
        if within is not None:
            return self._record(within, events)
        with self._asked_transaction() as transaction:
            return self._record(transaction, events)

    def require_own_history(self) -> None:
        """Ask the start-up guard before anything is committed that the log must prove. Raises as `record`.

        Witnesses that do not answer are no reason to decide nothing: only signing waits for them.
        """
        with self._asked_transaction() as transaction:
            self._now_after(self._required_head(transaction, to_sign=False))

    def refresh_checkpoint(self) -> LedgerHead:
        """Sign the same tree anew with the present time, so that an idle log stays fresh; publish afterwards."""
        with self._asked_transaction() as transaction:
            head = self._required_head(transaction)
            load_edge(transaction, head.size, head.root)
            renewed = self._sign(head, self._now_after(head))
            transaction.move_head(head, renewed)
            return renewed

    def _record(self, transaction: LedgerTransaction, events: Sequence[PendingEvent]) -> AppendedBatch | None:
        head = self._required_head(transaction)
        now = self._now_after(head)
        if events:
            transaction.queue(events, now)
        queued = transaction.pending(MOST_EVENTS)
        if not queued:
            return None
        encoder = EventEncoder(self._authority.kid, hour_number(now))
        array = self._array(transaction, head).grown(transaction.status_slots())
        self._status = array
        entries, hashes = event_leaves(transaction, queued, encoder, array)
        values = {kind: int(kind.status_after) for kind in set(queued.kinds)}
        changed = array.put(zip(queued.slots, map(values.__getitem__, queued.kinds), strict=True))
        entries.append(self._manifest(head.size, hashes))
        batch = AppendedBatch(queued, head.size, self._append(transaction, head, entries, hashes, array))
        transaction.put_status_chunks({number: array.chunk(number) for number in changed})
        transaction.mark_logged(queued.ids, batch.first_index, batch.manifest_index)
        transaction.move_head(head, batch.head)
        return batch

    def _manifest(self, first_index: int, hashes: list[bytes]) -> bytes:
        manifest = Manifest(self._authority.kid, first_index, len(hashes), ListTree(hashes).root)
        message = manifest_signing_bytes(manifest)
        signature = self._authority.sign(message)
        _require_signature(self._authority.public_key, signature, message)
        return encode_manifest_leaf(manifest, signature)

    def _append(
        self,
        transaction: LedgerTransaction,
        head: LedgerHead,
        entries: list[bytes],
        hashes: list[bytes],
        array: StatusArray,
    ) -> LedgerHead:
        """Store the entries and their seal, check what was stored, sign. Does not move the head.

        `hashes`: those leaf hashes that are known already, of the first entries.
        """
        edge = self._edge_of(transaction, head)
        seal = Seal(head.size + len(entries), array.slots, array.root)
        batch = [*entries, encode_seal_leaf(seal)]
        leaf_hashes = [*hashes, *(leaf_hash(entry) for entry in batch[len(hashes) :])]
        new_edge, runs = edge.extend(leaf_hashes)
        transaction.append(runs, entry_runs(head.size, batch))
        root = new_edge.root
        check_append(transaction, edge, head.root, new_edge.size, root)
        self._edge = root, new_edge
        unsigned = replace(
            head,
            size=new_edge.size,
            root=root,
            status_slots=array.slots,
            shard_roots=array.shard_roots(),
        )
        return self._sign(unsigned, self._now_after(head))

    def _edge_of(self, transaction: LedgerTransaction, head: LedgerHead) -> TreeEdge:
        """The right edge of the head's tree: the one in memory when it is that, else out of the store."""
        root, edge = self._edge
        if (edge.size, root) == (head.size, head.root):
            return edge
        return load_edge(transaction, head.size, head.root)

    def _sign(self, head: LedgerHead, now: datetime) -> LedgerHead:
        timestamp = int(now.timestamp())
        text = checkpoint_text(self._operators[0].origin, head.size, head.root)
        lines = [line for signer in self._operators for line in _signature_lines(signer, text, timestamp)]
        self._signed = replace(head, note=encode_note(text, lines), signed_at=now)
        return self._signed

    def _array(self, transaction: LedgerTransaction, head: LedgerHead) -> StatusArray:
        """The array that the head commits to: the one in memory when it is that, else out of the store."""
        known = self._status
        if known is not None and known.slots == head.status_slots and known.shard_roots() == head.shard_roots:
            return known
        chunks = transaction.status_chunks(0, head.status_slots // CHUNK_SLOTS)
        stored = StatusArray(head.status_slots, chunks)
        if stored.shard_roots() != head.shard_roots:
            raise IntegrityError("状态表与账本头不符，已停止处理。请按运维手册核查数据库。")
        require_sealed_array(transaction, head)
        return stored

    def _required_head(self, transaction: LedgerTransaction, *, to_sign: bool = True) -> LedgerHead:
        head = self._guarded_head(transaction, to_sign=to_sign)
        if head is None:
            raise ConflictError("账本尚未建立。请先运行 certsvc init。")
        return head

    @contextmanager
    def _asked_transaction(self) -> Iterator[LedgerTransaction]:
        """A transaction; the first ones after the witnesses were asked, which takes longer than a lock may be held."""
        if self._guard is not None and not self._guarded:
            self._guard.ask()
        with self._store.transaction() as transaction:
            yield transaction

    def _guarded_head(self, transaction: LedgerTransaction, *, to_sign: bool) -> LedgerHead | None:
        head = transaction.head()
        if head is not None and head != self._signed:
            require_signed_head(head, self._known_keys)
        self._own_history.require(head, transaction)
        if not self._guarded:
            if self._guard is not None:
                self._guard.require(head, to_sign=to_sign)
            self._guarded = to_sign
        return head

    def _now_after(self, head: LedgerHead) -> datetime:
        now = self._clock.now()
        if now < head.signed_at:
            raise ConflictError("系统时间早于账本最近一次签发的时间，已拒绝签发。请校准系统时间后重试。")
        return now


def _signature_lines(signer: LogSigner, text: str, timestamp: int) -> tuple[str, str]:
    message = cosignature_message(text, timestamp)
    signature, cosignature = signer.sign(text.encode()), signer.sign(message)
    _require_signature(signer.public_key, signature, text.encode())
    _require_signature(signer.public_key, cosignature, message)
    return (
        signature_line(signer.origin, signer.public_key, signature),
        cosignature_line(signer.origin, signer.public_key, timestamp, cosignature),
    )


def _require_signature(public_key: bytes, signature: bytes, message: bytes) -> None:
    try:
        ed25519.verify(ed25519.public_key(public_key), signature, message)
    except SignatureError as error:
        raise IntegrityError("刚生成的账本签名未通过验证，已停止签发。请检查签名设备。") from error
