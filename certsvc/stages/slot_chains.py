"""The chain of events on a slot: each event leaf names the hash of the one before it, and counts one further."""

from __future__ import annotations

from certverify.errors import CertverifyError
from certverify.leaf import EventLeaf, decode_leaf

from certsvc.errors import IntegrityError
from certsvc.formats.leaf import EventEncoder, EventKind
from certsvc.formats.merkle import leaf_hash, leaf_hashes
from certsvc.formats.status import StatusArray
from certsvc.ports import LedgerTransaction, QueuedEvents, StoredLeaf

Chain = tuple[int, bytes | None]
"""The number that the next event on a slot has, and the leaf hash of the one before it."""
_UNOPENED: Chain = (0, None)
_MARK_LOST = (
    "状态位 {} 的现值不是其最近一次已登记事件的结果，入账标记可能被改动，已停止处理。请按运维手册核查数据库。"
)


def event_leaves(
    transaction: LedgerTransaction, queued: QueuedEvents, encoder: EventEncoder, array: StatusArray
) -> tuple[list[bytes], list[bytes]]:
    """Entries and leaf hashes of queued events; `array`: the statuses before them.

    Raises IntegrityError when the first event on a slot does not open it, or a later one does, and when the array knows
    of another newest event than the marks of the outbox: somebody took a mark off, and a leaf would be there twice.
    """
    newest = _newest_leaves(transaction, queued)
    _require_statuses(queued, newest, array)
    chains: dict[int, Chain] = {slot: (leaf.seq + 1, hashed) for slot, (leaf, hashed) in newest.items()}
    if chains or len(set(queued.slots)) < len(queued):
        return _chained(queued, encoder, chains)
    if not all(kind.opens_slot for kind in set(queued.kinds)):
        for kind, slot in zip(queued.kinds, queued.slots, strict=True):
            _require_order(kind, slot, is_open=False)
    entries = encoder.encode_first(queued.kinds, queued.slots, queued.effective_on, queued.commitments)
    return entries, leaf_hashes(entries)


def _chained(
    queued: QueuedEvents, encoder: EventEncoder, chains: dict[int, Chain]
) -> tuple[list[bytes], list[bytes]]:
    entries: list[bytes] = []
    hashes: list[bytes] = []
    for kind, slot, effective_on, commitment in zip(
        queued.kinds, queued.slots, queued.effective_on, queued.commitments, strict=True
    ):
        seq, prev = chains.get(slot, _UNOPENED)
        _require_order(kind, slot, is_open=prev is not None)
        entries.append(encoder.encode(kind, slot, seq, prev, effective_on, commitment))
        hashes.append(leaf_hash(entries[-1]))
        chains[slot] = seq + 1, hashes[-1]
    return entries, hashes


def _require_order(kind: EventKind, slot: int, *, is_open: bool) -> None:
    if kind.opens_slot == is_open:
        raise IntegrityError(f"状态位 {slot} 的事件顺序不符，已停止处理。请核查待登记事件。")


def _require_statuses(
    queued: QueuedEvents, newest: dict[int, tuple[EventLeaf, bytes]], array: StatusArray
) -> None:
    highest = max(queued.slots)
    if highest >= array.slots:
        raise IntegrityError(f"状态位 {highest} 在状态表之外，已停止处理。请核查待登记事件。")
    for slot, (leaf, _) in newest.items():
        if array[slot] != int(leaf.type.status_after):
            raise IntegrityError(_MARK_LOST.format(slot))
    unopened = [slot for slot in queued.slots if slot not in newest] if newest else queued.slots
    taken = array.first_taken(unopened)
    if taken is not None:
        raise IntegrityError(_MARK_LOST.format(taken))


def _newest_leaves(
    transaction: LedgerTransaction, queued: QueuedEvents
) -> dict[int, tuple[EventLeaf, bytes]]:
    """Of the slots that have a leaf, with its hash. The newest one is read out of the log and decoded with the reader's code.

    Raises IntegrityError when the log holds another leaf there, or one whose hash is another.
    """
    places = transaction.newest_leaves(queued)
    leaves = transaction.leaves_at(places.values())
    return {slot: _read(leaves.get(index), index, slot) for slot, index in places.items()}


def _read(stored: StoredLeaf | None, index: int, slot: int) -> tuple[EventLeaf, bytes]:
    broken = IntegrityError(
        f"账本第 {index} 条与状态位 {slot} 的事件不符，已停止处理。请按运维手册核查数据库。"
    )
    if stored is None or leaf_hash(stored.entry) != stored.hash:
        raise broken
    try:
        leaf = decode_leaf(stored.entry)
    except CertverifyError as error:
        raise broken from error
    if not isinstance(leaf, EventLeaf) or leaf.slot != slot:
        raise broken
    return leaf, stored.hash
