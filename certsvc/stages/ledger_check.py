"""The self-check before signing: what was just stored is read back and checked with the reader's code.

One flipped bit in a signed tree can never be repaired; a mismatch here rolls back and stops the line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from certverify.errors import CertverifyError
from certverify.leaf import SealLeaf, decode_leaf
from certverify.merkle import leaf_hash, root_of_hashes, verify_consistency, verify_inclusion

from certsvc.errors import IntegrityError
from certsvc.formats.merkle import HASH_BYTES, consistency_proof, inclusion_proof
from certsvc.formats.tile import (
    EMPTY_EDGE,
    TILE_BYTES,
    TILE_WIDTH,
    EntryRun,
    TileNodes,
    TreeEdge,
    level_count,
    level_width,
    split_entries,
    split_hashes,
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


def check_append(
    transaction: LedgerTransaction, old: TreeEdge, old_root: bytes, size: int, root: bytes
) -> None:
    """Return when the stored leaves from `old.size` on lead from the old tree to the new root, seal last.

    Every new leaf is read back and hashed anew, every tile that grew is read back and compared, level by level; the
    consistency proof old -> new and the seal's inclusion proof are made from what was read and verified. The latter
    folds the whole right edge, hence the whole tree, into the root. Raises IntegrityError.
    """
    tiles = transaction.tiles_from(old.size, size)
    node = TileNodes(lambda level, number: tiles[level, number], size).node
    try:
        entries = _entries(transaction.entries_from(old.size), old.size)
        hashes = [leaf_hash(entry) for entry in entries]
        if len(hashes) != size - old.size:
            raise IntegrityError(_BROKEN)
        _require_tiles(tiles, old, b"".join(hashes))
        if old.size:
            verify_consistency(old.size, size, old_root, root, consistency_proof(node, old.size, size))
        seal = decode_leaf(entries[-1])
        if not isinstance(seal, SealLeaf) or seal.index != size - 1:
            raise IntegrityError(_BROKEN)
        verify_inclusion(size - 1, size, hashes[-1], inclusion_proof(node, size - 1, size), root)
    except (CertverifyError, ValueError, LookupError) as error:
        raise IntegrityError(_BROKEN) from error


def _entries(runs: Sequence[EntryRun], index: int) -> list[bytes]:
    """The entries of runs that follow one another from a log index on, each within its bundle."""
    entries: list[bytes] = []
    for run in runs:
        found = split_entries(run.entries)
        if (run.bundle, run.start) != divmod(index + len(entries), TILE_WIDTH):
            raise IntegrityError(_BROKEN)
        if not 0 < len(found) <= TILE_WIDTH - run.start:
            raise IntegrityError(_BROKEN)
        entries += found
    return entries


def _require_tiles(tiles: Mapping[tuple[int, int], bytes], old: TreeEdge, fresh: bytes) -> None:
    """Return when the tiles hold the old edge, the fresh leaf hashes, and above every full tile its root."""
    known, level = dict(tiles), 0
    while fresh:
        below = old.tiles[level] if level < len(old.tiles) else b""
        number, row, fresh = level_width(old.size, level) // TILE_WIDTH, below + fresh, b""
        for at in range(0, len(row), TILE_BYTES):
            tile = row[at : at + TILE_BYTES]
            if known.pop((level, number + at // TILE_BYTES)) != tile:
                raise IntegrityError(_BROKEN)
            if len(tile) == TILE_BYTES:
                fresh += root_of_hashes(split_hashes(tile))
        level += 1
    if any(tiles[at, number] != old.tiles[at] for at, number in known):
        raise IntegrityError(_BROKEN)
