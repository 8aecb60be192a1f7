"""A public tree (C2SP tlog-tiles, docs/formats/ledger.md) in a folder or elsewhere: files in, verified parts out."""

from __future__ import annotations

from functools import lru_cache, reduce
from pathlib import Path
from struct import unpack_from

from certverify.errors import (
    LeafError,
    ProofError,
    StatusError,
    TreeInconsistentError,
    TreeMissingError,
)
from certverify.leaf import SealLeaf, decode_leaf
from certverify.merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    leaf_hash,
    node_hash,
    root_of_hashes,
    verify_consistency,
    verify_inclusion,
)
from certverify.note import MAX_NOTE_BYTES
from certverify.sources import FolderSource, Source
from certverify.status import (
    MAX_SLOTS,
    SHARD_BYTES,
    SHARD_SLOTS,
    array_root,
    decode_shard_roots,
    shard_root,
)

TILE_WIDTH = 256
TILE_BITS = 8
MAX_ENTRIES_BYTES = TILE_WIDTH * (2 + 0xFFFF)
_TILES_KEPT = 512


class PublicTree:
    """The files of one public tree.

    Nothing that a method returns is to be believed before it has been held against a signed checkpoint; the methods
    that take `size` and `root` do that, and raise TreeInconsistentError when the files do not agree with it. Missing
    files raise TreeMissingError.
    """

    def __init__(self, files: Path | Source) -> None:
        """`files`: a folder, or any other source."""
        self.source = FolderSource(files) if isinstance(files, Path) else files
        self._tile = lru_cache(maxsize=_TILES_KEPT)(self._read_tile)

    def raw_checkpoint(self) -> bytes:
        """The `checkpoint` file."""
        return self._read("checkpoint", MAX_NOTE_BYTES)

    def entry(self, index: int, size: int, root: bytes) -> bytes:
        """Entry `index` of the tree (`size`, `root`), proven to be included."""
        raw_entry = self._entry(index, size)
        proof = self.inclusion_proof(index, size)
        try:
            verify_inclusion(index, size, leaf_hash(raw_entry), proof, root)
        except ProofError as error:
            raise TreeInconsistentError(f"entry {index} is not in the tree of the checkpoint") from error
        return raw_entry

    def seal(self, size: int, root: bytes) -> SealLeaf:
        """The seal that is the last leaf of the tree (`size`, `root`)."""
        if size == 0:
            raise TreeInconsistentError("an empty log has no seal")
        try:
            leaf = decode_leaf(self.entry(size - 1, size, root))
        except LeafError as error:
            raise TreeInconsistentError("the last leaf cannot be read") from error
        if not isinstance(leaf, SealLeaf) or leaf.index != size - 1:
            raise TreeInconsistentError("the last leaf is not a seal of its own place")
        return leaf

    def shard(self, seal: SealLeaf, number: int) -> bytes:
        """Shard `number` of the array that `seal` states: 65,536 bytes that hash up to the seal's root."""
        raw_roots = self.raw_shard_roots(seal)
        try:
            roots = decode_shard_roots(raw_roots, seal.slots)
            if array_root(roots) != seal.root:
                raise TreeInconsistentError("the shard roots do not lead to the root of the seal")
            raw_shard = self.raw_shard(roots[number])
            if shard_root(raw_shard) != roots[number]:
                raise TreeInconsistentError("a shard does not have its root")
        except StatusError as error:
            raise TreeInconsistentError("the status files have the wrong size") from error
        return raw_shard

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """The RFC 6962 2.1.1 path of leaf `index` in the tree of `size` leaves, from the tiles."""
        if not 0 <= index < size:
            raise TreeInconsistentError("the index lies outside the tree")
        proof: list[bytes] = []
        low, high = 0, size
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                proof.append(self._range_hash(middle, high, size))
                high = middle
            else:
                proof.append(self._range_hash(low, middle, size))
                low = middle
        return proof[::-1]

    def consistency_proof(self, size1: int, size2: int) -> list[bytes]:
        """The RFC 6962 2.1.2 proof that the tree of `size1` leaves is a prefix of that of `size2`, from the tiles."""
        if not 0 <= size1 <= size2:
            raise TreeInconsistentError("the sizes are out of order")
        if size1 in (0, size2):
            return []
        proof: list[bytes] = []
        low, high, whole_old_tree = 0, size2, True
        while size1 != high:
            middle = low + _split(high - low)
            if size1 <= middle:
                proof.append(self._range_hash(middle, high, size2))
                high = middle
            else:
                proof.append(self._range_hash(low, middle, size2))
                low, whole_old_tree = middle, False
        if not whole_old_tree:
            proof.append(self._range_hash(low, high, size2))
        return proof[::-1]

    def verify_prefix(self, size1: int, root1: bytes, size2: int, root2: bytes) -> None:
        """Return when the tree seen before is a prefix of this one; otherwise raise TreeInconsistentError."""
        try:
            verify_consistency(size1, size2, root1, root2, self.consistency_proof(size1, size2))
        except ProofError as error:
            raise TreeInconsistentError("an earlier checkpoint is no prefix of this tree") from error

    def root(self, size: int) -> bytes:
        """The root over the first `size` leaves, from the tiles."""
        return self._range_hash(0, size, size) if size else EMPTY_ROOT

    def prefix_root(self, size1: int, size2: int) -> bytes:
        """The root over the first `size1` leaves, from the tiles of the tree of `size2` leaves.

        It is what the log of (`size2`, root) has at that size when `verify_prefix` accepts it.
        """
        if not 0 <= size1 <= size2:
            raise TreeInconsistentError("the sizes are out of order")
        low, peaks = 0, list[bytes]()
        while low < size1:
            width = 1 << ((size1 - low).bit_length() - 1)
            peaks.append(self._range_hash(low, low + width, size2))
            low += width
        return reduce(lambda right, left: node_hash(left, right), reversed(peaks)) if peaks else EMPTY_ROOT

    def raw_tile(self, level: int, number: int, width: int) -> bytes:
        """The first `width` hashes of a tile, as published."""
        path = f"tile/{level}/{tile_path(number)}"
        raw_tile = self._read_either(path, width, TILE_WIDTH * HASH_BYTES)
        if len(raw_tile) not in (width * HASH_BYTES, TILE_WIDTH * HASH_BYTES):
            raise TreeInconsistentError(f"{path} has the wrong size")
        return raw_tile[: width * HASH_BYTES]

    def raw_entries(self, number: int, width: int) -> list[bytes]:
        """The first `width` entries of an entry bundle, as published."""
        path = f"tile/entries/{tile_path(number)}"
        entries = split_entries(self._read_either(path, width, MAX_ENTRIES_BYTES))
        if len(entries) not in (width, TILE_WIDTH):
            raise TreeInconsistentError(f"{path} holds another number of entries")
        return entries[:width]

    def raw_shard_roots(self, seal: SealLeaf) -> bytes:
        """The file of shard roots of a seal, as published."""
        return self._read(f"status/{seal.index}/roots", MAX_SLOTS // SHARD_SLOTS * HASH_BYTES)

    def raw_shard(self, root: bytes) -> bytes:
        """The shard with that root, as published."""
        return self._read(f"status/shard/{root.hex()}", SHARD_BYTES)

    def _range_hash(self, low: int, high: int, size: int) -> bytes:
        """The Merkle Tree Hash of leaves `low` to `high`, a range that the recursion of RFC 6962 splits off."""
        width = high - low
        if width & (width - 1):
            middle = low + _split(width)
            return node_hash(self._range_hash(low, middle, size), self._range_hash(middle, high, size))
        tile_level, height = divmod(width.bit_length() - 1, TILE_BITS)
        first = low >> (tile_level * TILE_BITS)
        tile = self._tile(tile_level, first // TILE_WIDTH, size)
        start = first % TILE_WIDTH * HASH_BYTES
        part = tile[start : start + (HASH_BYTES << height)]
        return root_of_hashes([part[at : at + HASH_BYTES] for at in range(0, len(part), HASH_BYTES)])

    def _read_tile(self, level: int, number: int, size: int) -> bytes:
        return self.raw_tile(
            level, number, min(TILE_WIDTH, (size >> (level * TILE_BITS)) - number * TILE_WIDTH)
        )

    def _entry(self, index: int, size: int) -> bytes:
        if not 0 <= index < size:
            raise TreeInconsistentError("the index lies outside the tree")
        number, offset = divmod(index, TILE_WIDTH)
        path = f"tile/entries/{tile_path(number)}"
        raw_entries = self._read_either(path, min(TILE_WIDTH, size - number * TILE_WIDTH), MAX_ENTRIES_BYTES)
        entries = split_entries(raw_entries)
        if offset >= len(entries):
            raise TreeInconsistentError(f"{path} holds too few entries")
        return entries[offset]

    def _read_either(self, path: str, width: int, limit: int) -> bytes:
        """The partial file of that width, or the full one that has replaced it."""
        if width == TILE_WIDTH:
            return self._read(path, limit)
        try:
            return self._read(f"{path}.p/{width}", limit)
        except TreeMissingError:
            return self._read(path, limit)

    def _read(self, path: str, limit: int) -> bytes:
        return self.source.read(path, limit)


def tile_path(number: int) -> str:
    """The path of tile `number`: three digits a folder, `x` before all but the last (tlog-tiles, Merkle Tree)."""
    parts = [f"{number % 1000:03d}"]
    while number := number // 1000:
        parts.append(f"x{number % 1000:03d}")
    return "/".join(reversed(parts))


def split_entries(raw_entries: bytes) -> list[bytes]:
    """The entries of an entry bundle (uint16 length before each). Raises TreeInconsistentError."""
    entries, at = [], 0
    while at < len(raw_entries):
        if at + 2 > len(raw_entries):
            raise TreeInconsistentError("an entry bundle is cut off")
        (length,) = unpack_from(">H", raw_entries, at)
        entry = raw_entries[at + 2 : at + 2 + length]
        if len(entry) != length:
            raise TreeInconsistentError("an entry bundle is cut off")
        entries.append(entry)
        at += 2 + length
    return entries


def _split(width: int) -> int:
    """The largest power of two smaller than `width`."""
    return 1 << ((width - 1).bit_length() - 1)
