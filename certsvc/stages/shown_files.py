"""What public files say of the log that was shown, where the checkpoint is missing or older than they are.

Tiles and entries are written before the checkpoint that needs them, and never removed while nothing larger stands
beside them: a file beyond the stored log tells of a larger one that was committed here.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Protocol

from certverify.errors import CertverifyError
from certverify.leaf import SealLeaf, decode_leaf
from certverify.status import array_root

from certsvc.errors import IntegrityError, OlderDatabase
from certsvc.formats.merkle import HASH_BYTES
from certsvc.formats.status import encode_roots
from certsvc.formats.tile import (
    TILE_WIDTH,
    encode_entries,
    entries_path,
    level_width,
    read_tile_path,
    split_entries,
    split_hashes,
    tile_path,
)
from certsvc.ports import LedgerHead, PublicTree

_ROOTS = re.compile(r"status/([0-9]{1,19})/roots")


class StoredTiles(Protocol):
    """What is read of the stored log (LedgerTransaction)."""

    def tile(self, level: int, number: int) -> bytes:
        """All hashes stored of a tile, at most 256."""
        ...

    def bundle(self, number: int) -> bytes:
        """All entries stored of an entry bundle, each after its uint16 length."""
        ...


def require_nothing_beyond(tree: PublicTree, size: int) -> None:
    """Return when no file shows a leaf beyond `size`: every larger log has one beside the last tile of this one.

    Raises OlderDatabase.
    """
    number, width = divmod(size, TILE_WIDTH)
    for path_of in (partial(tile_path, 0), entries_path):
        full = path_of(number)
        if tree.read(full) is not None:
            raise _older(full, size)
        for path in tree.paths(full + ".p"):
            found = read_tile_path(path)
            if found is not None and found[2] > width:
                raise _older(path, size)


def require_no_other_files(tree: PublicTree, head: LedgerHead | None, stored: StoredTiles) -> None:
    """Return when every tile, entry bundle and list of status roots there is shows the stored log, or a prefix of it.

    Reads all of them. Raises OlderDatabase for one beyond the head, IntegrityError for one with other bytes.
    """
    size = 0 if head is None else head.size
    require_nothing_beyond(tree, size)
    reader = _StoredFiles(stored)
    for path in tree.paths("tile"):
        found = read_tile_path(path)
        if found is None:
            continue
        level, number, width = found
        if number * TILE_WIDTH + width > level_width(size, level or 0):
            raise _older(path, size)
        if tree.read(path) != reader.content(level, number, width):
            raise _other(path)
    for path in tree.paths("status"):
        roots = _ROOTS.fullmatch(path)
        if roots is None:
            continue
        index = int(roots[1])
        if index >= size:
            raise _older(path, size)
        raw_roots = tree.read(path) or b""
        if head is not None and index == size - 1:
            same = raw_roots == encode_roots(head.shard_roots)
        else:
            same = reader.seals(index, raw_roots)
        if not same:
            raise _other(path)


class _StoredFiles:
    """Public files as the stored log has them; the last tile and bundle that were read are kept."""

    def __init__(self, stored: StoredTiles) -> None:
        self._stored = stored
        self._tile: tuple[tuple[int, int], bytes] = (-1, -1), b""
        self._bundle: tuple[int, list[bytes]] = -1, []

    def content(self, level: int | None, number: int, width: int) -> bytes:
        if level is None:
            return encode_entries(self._entries(number)[:width])
        if self._tile[0] != (level, number):
            self._tile = (level, number), self._stored.tile(level, number)
        return self._tile[1][: width * HASH_BYTES]

    def seals(self, index: int, raw_roots: bytes) -> bool:
        """Whether the leaf is a seal over these roots."""
        number, offset = divmod(index, TILE_WIDTH)
        try:
            seal = decode_leaf(self._entries(number)[offset])
            return isinstance(seal, SealLeaf) and seal.root == array_root(split_hashes(raw_roots))
        except (CertverifyError, ValueError, IndexError):
            return False

    def _entries(self, number: int) -> list[bytes]:
        if self._bundle[0] != number:
            try:
                self._bundle = number, split_entries(self._stored.bundle(number))
            except ValueError:
                self._bundle = number, []
        return self._bundle[1]


def _older(path: str, size: int) -> OlderDatabase:
    return OlderDatabase(
        f"公开目录中的 {path} 超出数据库中的账本（{size} 条）：可能恢复了旧备份，或公开的检查点被删除、替换。"
        "继续签发会使账本分叉，已拒绝。请勿删除公开目录，处理办法见 docs/operations.md（启动保护）。"
    )


def _other(path: str) -> IntegrityError:
    return IntegrityError(
        f"公开目录中的 {path} 与数据库中的账本不一致，已停止签发。处理办法见 docs/operations.md（启动保护）。"
    )
