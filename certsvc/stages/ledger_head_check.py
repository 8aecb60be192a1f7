"""The stored head is what the log has signed, and the stored array what its last seal commits to.

Rows can be changed by whoever administers the database, consistently and without any key: a leaf with its hashes and a
new head, a value of the array with its roots. Built upon, they would be signed with the next batch. Both are therefore
held against signatures: the head against its own note, the array against the seal in the tree of that note.
"""

from __future__ import annotations

from collections.abc import Sequence

from certverify.checkpoint import open_checkpoint
from certverify.errors import CertverifyError
from certverify.leaf import SealLeaf, decode_leaf
from certverify.merkle import leaf_hash
from certverify.note import VerifierKey
from certverify.status import array_root

from certsvc.errors import IntegrityError
from certsvc.formats.merkle import HASH_BYTES
from certsvc.formats.tile import TILE_WIDTH, split_entries
from certsvc.ports import LedgerHead, LedgerTransaction
from certsvc.stages.published_log import NO_WITNESSES

_HEAD = "账本头不是本账本签发过的内容，数据库可能已被改动，已停止签发。请按运维手册核查数据库。"
_ARRAY = "状态表与最近一次封印不符，数据库可能已被改动，已停止签发。请按运维手册核查数据库。"


def require_signed_head(head: LedgerHead, keys: Sequence[VerifierKey]) -> None:
    """Return when the note of the head is a checkpoint of its size and root, signed by a key of the log and cosigned by
    it at the time of the head, without one wrong signature. Raises IntegrityError.
    """
    try:
        signed = open_checkpoint(head.note, keys, NO_WITNESSES)
    except CertverifyError as error:
        raise IntegrityError(_HEAD) from error
    stated = (signed.checkpoint.size, signed.checkpoint.root, signed.cosigned_at)
    if stated != (head.size, head.root, int(head.signed_at.timestamp())):
        raise IntegrityError(_HEAD)


def require_sealed_array(transaction: LedgerTransaction, head: LedgerHead) -> None:
    """Return when the head's shard roots lead to the root of the seal that is the last leaf. Raises IntegrityError."""
    number, offset = divmod(head.size - 1, TILE_WIDTH)
    at = offset * HASH_BYTES
    try:
        entry = split_entries(transaction.bundle(number))[offset]
        seal = decode_leaf(entry)
    except (CertverifyError, ValueError, IndexError) as error:
        raise IntegrityError(_ARRAY) from error
    in_tree = leaf_hash(entry) == transaction.tile(0, number)[at : at + HASH_BYTES]
    stated = (seal.slots, seal.root) if in_tree and isinstance(seal, SealLeaf) else None
    if stated != (head.status_slots, array_root(head.shard_roots)):
        raise IntegrityError(_ARRAY)
