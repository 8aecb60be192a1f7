"""Tiles and entry bundles of C2SP tlog-tiles: paths, widths, growth at the right edge."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from certsvc.formats.merkle import EMPTY_ROOT, HASH_BYTES, ListTree, node_hash, parent_row

TILE_WIDTH = 256
TILE_HEIGHT = 8
TILE_BYTES = TILE_WIDTH * HASH_BYTES
_TILE_PATH = re.compile(
    r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
)
TileSource = Callable[[int, int], bytes]


def _number_path(number: int) -> str:
    elements = [f"{number % 1000:03d}"]
    while number := number // 1000:
        elements.append(f"x{number % 1000:03d}")
    return "/".join(reversed(elements))


def _suffix(width: int) -> str:
    if not 1 <= width <= TILE_WIDTH:
        raise ValueError("a tile is 1 to 256 wide")
    return "" if width == TILE_WIDTH else f".p/{width}"


def tile_path(level: int, number: int, width: int = TILE_WIDTH) -> str:
    """The public path of a tile of hashes, partial when `width` is below 256."""
    return f"tile/{level}/{_number_path(number)}{_suffix(width)}"


def entries_path(number: int, width: int = TILE_WIDTH) -> str:
    """The public path of an entry bundle."""
    return f"tile/entries/{_number_path(number)}{_suffix(width)}"


def read_tile_path(path: str) -> tuple[int | None, int, int] | None:
    """(level, number, width) of the path of a tile, level None of an entry bundle; None for any other path."""
    found = _TILE_PATH.fullmatch(path)
    if found is None:
        return None
    level, number, width = found.groups()
    return (
        None if level == "entries" else int(level),
        int(number.replace("/", "").replace("x", "")),
        TILE_WIDTH if width is None else int(width),
    )


def level_width(size: int, level: int) -> int:
    """How many hashes stand at a tile level of a tree of `size` leaves."""
    return size >> (TILE_HEIGHT * level)


def tile_width(size: int, level: int, number: int) -> int:
    """The width of one tile in a tree of `size` leaves: 0 (no such tile) to 256."""
    return max(0, min(TILE_WIDTH, level_width(size, level) - number * TILE_WIDTH))


def level_count(size: int) -> int:
    """How many tile levels a tree of `size` leaves has."""
    return (size.bit_length() + TILE_HEIGHT - 1) // TILE_HEIGHT


def new_tiles(old_size: int, size: int) -> Iterator[tuple[int, int, int]]:
    """(level, number, width) of every tile that a tree of `size` has and the one of `old_size` had not."""
    for level in range(level_count(size)):
        old_width, width = level_width(old_size, level), level_width(size, level)
        if old_width == width:
            continue
        for number in range(old_width // TILE_WIDTH, -(-width // TILE_WIDTH)):
            yield level, number, tile_width(size, level, number)


def encode_entries(entries: Iterable[bytes]) -> bytes:
    """Entries of a bundle, each after its uint16 length. Raises struct.error above 65,535 bytes."""
    length = struct.Struct(">H").pack
    return b"".join([length(len(entry)) + entry for entry in entries])


def split_entries(bundle: bytes) -> list[bytes]:
    """The entries of a bundle. Raises ValueError when a length does not fit."""
    entries: list[bytes] = []
    at, whole = 0, len(bundle)
    while at < whole:
        start = at + 2
        at = start + (bundle[at] << 8 | bundle[at + 1]) if start <= whole else whole + 1
        if at > whole:
            raise ValueError("an entry bundle is cut off")
        entries.append(bundle[start:at])
    return entries


def entry_at(bundle: bytes, position: int) -> bytes:
    """One entry of a bundle, or of a run of entries. Raises ValueError when it ends before."""
    at, end = 0, 0
    for _ in range(position + 1):
        at = end + 2
        end = at + int.from_bytes(bundle[end:at], "big")
    if end == at or end > len(bundle):
        raise ValueError("an entry bundle is cut off")
    return bundle[at:end]


def split_hashes(hashes: bytes) -> list[bytes]:
    """The single hashes of a tile."""
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]


@dataclass(frozen=True, slots=True)
class HashRun:
    """Consecutive new hashes of one tile, from position `start` on."""

    level: int
    tile: int
    start: int
    hashes: bytes


@dataclass(frozen=True, slots=True)
class EntryRun:
    """Consecutive new entries of one bundle, from position `start` on, each after its uint16 length."""

    bundle: int
    start: int
    entries: bytes


def entry_runs(first_index: int, entries: Sequence[bytes]) -> list[EntryRun]:
    """Entries from a log index on, cut at the borders of the bundles."""
    runs, taken = [], 0
    while taken < len(entries):
        bundle, start = divmod(first_index + taken, TILE_WIDTH)
        cut = entries[taken : taken + TILE_WIDTH - start]
        runs.append(EntryRun(bundle, start, encode_entries(cut)))
        taken += len(cut)
    return runs


@dataclass(frozen=True, slots=True)
class TreeEdge:
    """The right edge: the hashes of the partial tile of each level (b"" where the level ends full)."""

    size: int
    tiles: tuple[bytes, ...]

    @property
    def root(self) -> bytes:
        """The Merkle tree hash, folded from the edge alone."""
        root: bytes | None = None
        for row in self.tiles:
            for peak in _peaks(row):
                root = peak if root is None else node_hash(peak, root)
        return EMPTY_ROOT if root is None else root

    def extend(self, leaf_hashes: Sequence[bytes]) -> tuple[TreeEdge, list[HashRun]]:
        """The edge after more leaves, and the hashes that became part of tiles."""
        tiles: list[bytes] = []
        runs: list[HashRun] = []
        fresh = b"".join(leaf_hashes)
        level = 0
        while fresh or level < len(self.tiles):
            below = self.tiles[level] if level < len(self.tiles) else b""
            first = level_width(self.size, level) // TILE_WIDTH
            partial, level_runs, fresh = _grow(level, first, below, fresh)
            tiles.append(partial)
            runs.extend(level_runs)
            level += 1
        return TreeEdge(self.size + len(leaf_hashes), tuple(tiles)), runs


EMPTY_EDGE = TreeEdge(0, ())


def _peaks(row: bytes) -> Iterator[bytes]:
    """Roots of the perfect subtrees that a row of hashes falls into, from right to left."""
    while row:
        if len(row) // HASH_BYTES & 1:
            yield row[-HASH_BYTES:]
        row = parent_row(row)


def _grow(level: int, tile: int, below: bytes, fresh: bytes) -> tuple[bytes, list[HashRun], bytes]:
    """Fill one level from tile number `tile` on: its partial tile, the runs, the roots for the level above."""
    runs: list[HashRun] = []
    full_roots: list[bytes] = []
    taken = 0
    while taken < len(fresh):
        added = fresh[taken : taken + TILE_BYTES - len(below)]
        taken += len(added)
        runs.append(HashRun(level, tile, len(below) // HASH_BYTES, added))
        below += added
        if len(below) == TILE_BYTES:
            full_roots.append(ListTree.of_row(below).root)
            below, tile = b"", tile + 1
    return below, runs, b"".join(full_roots)


class TileNodes:
    """Tree nodes read out of tiles. `source(level, number)` gives a tile's hashes for a tree of `size`."""

    def __init__(self, source: TileSource, size: int) -> None:
        self._source = source
        self._size = size
        self._trees: dict[tuple[int, int], ListTree] = {}

    def tile(self, level: int, number: int) -> ListTree:
        """One tile as a small tree; read once."""
        key = level, number
        if key not in self._trees:
            width = tile_width(self._size, level, number)
            self._trees[key] = ListTree.of_row(self._source(level, number)[: width * HASH_BYTES])
        return self._trees[key]

    def node(self, level: int, index: int) -> bytes:
        """The perfect subtree root (see merkle.Node). Raises IndexError when a tile is too short."""
        tile_level, height = divmod(level, TILE_HEIGHT)
        number, within = divmod(index << height, TILE_WIDTH)
        return self.tile(tile_level, number).node(height, within >> height)
