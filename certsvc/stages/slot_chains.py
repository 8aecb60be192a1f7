"""The chain of events on a slot: each event leaf names the hash of the one before it, and counts one further."""

from __future__ import annotations

from collections.abc import Sequence

from certverify.errors import CertverifyError
from certverify.leaf import EventLeaf, decode_leaf
from certverify.merkle import leaf_hash

from certsvc.errors import IntegrityError
from certsvc.ports import LedgerTransaction, QueuedEvent, StoredLeaf

FIRST_ON_SLOT: tuple[int, bytes | None] = (0, None)


def newest_events(
    transaction: LedgerTransaction, queued: Sequence[QueuedEvent]
) -> dict[int, tuple[int, bytes | None]]:
    """By slot: the number that its next event will have, and the hash of its newest leaf. Slots without a leaf are left out.

    The newest leaf is read out of the log and decoded with the reader's code. Raises IntegrityError when the log holds
    another leaf there, or one whose hash is another.
    """
    places = {one.slot: one.last_leaf for one in queued if one.last_leaf is not None}
    if not places:
        return {}
    leaves = transaction.leaves_at(places.values())
    return {slot: _next(leaves.get(index), index, slot) for slot, index in places.items()}


def _next(stored: StoredLeaf | None, index: int, slot: int) -> tuple[int, bytes]:
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
    return leaf.seq + 1, stored.hash
