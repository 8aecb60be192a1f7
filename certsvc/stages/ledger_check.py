"""The self-check before signing: what was just stored is read back and checked with the reader's code.

One flipped bit in a signed tree can never be repaired; a mismatch here rolls back and stops the line.
"""

from __future__ import annotations

from certverify.errors import CertverifyError
from certverify.leaf import SealLeaf, decode_leaf
from certverify.merkle import leaf_hash, verify_consistency, verify_inclusion

from certsvc.errors import IntegrityError
from certsvc.formats.merkle import HASH_BYTES, consistency_proof, inclusion_proof
from certsvc.formats.tile import (
    EMPTY_EDGE,
    TILE_WIDTH,
    TileNodes,
    TreeEdge,
    level_count,
    level_width,
    split_entries,
)
from certsvc.ports import LedgerTransaction

_BROKEN = "账本自检未通过：存储的内容与账本头不符。本批未签发，已停止处理。请按运维手册核查数据库。"


def load_edge(transaction: LedgerTransaction, size: int, root: bytes) -> TreeEdge:
    """The right edge out of the stored tiles. Raises IntegrityError when it does not hash to the root."""
    tiles = []
    for level in range(level_count(size)):
        number, width = divmod(level_width(size, level), TILE_WIDTH)
        tiles.append(transaction.tile(level, number)[: width * HASH_BYTES] if width else b"")
    edge = TreeEdge(size, tuple(tiles)) if size else EMPTY_EDGE
    if edge.root != root:
        raise IntegrityError(_BROKEN)
    return edge


def check_append(transaction: LedgerTransaction, old: TreeEdge, size: int, root: bytes) -> None:
    """Return when the stored leaves from `old.size` on lead from the old tree to the new root, seal last.

    Every new leaf is read back and hashed anew; the consistency proof old -> new and the seal's inclusion proof are
    made from the stored tiles and verified. Raises IntegrityError.
    """
    nodes = TileNodes(transaction.tile, size)
    try:
        entries = _stored_entries(transaction, old.size, size)
        hashes = [leaf_hash(entry) for entry in entries]
        if hashes != [nodes.node(0, index) for index in range(old.size, size)]:
            raise IntegrityError(_BROKEN)
        if old.extend(hashes)[0].root != root:
            raise IntegrityError(_BROKEN)
        if old.size:
            verify_consistency(old.size, size, old.root, root, consistency_proof(nodes.node, old.size, size))
        seal = decode_leaf(entries[-1])
        if not isinstance(seal, SealLeaf) or seal.index != size - 1:
            raise IntegrityError(_BROKEN)
        verify_inclusion(size - 1, size, hashes[-1], inclusion_proof(nodes.node, size - 1, size), root)
    except (CertverifyError, ValueError, IndexError) as error:
        raise IntegrityError(_BROKEN) from error


def _stored_entries(transaction: LedgerTransaction, start: int, end: int) -> list[bytes]:
    entries: list[bytes] = []
    first_bundle = start // TILE_WIDTH
    for number in range(first_bundle, (end - 1) // TILE_WIDTH + 1):
        entries.extend(split_entries(transaction.bundle(number)))
    return entries[start - first_bundle * TILE_WIDTH : end - first_bundle * TILE_WIDTH]
