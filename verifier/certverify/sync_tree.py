"""The part of a public tree that a mirror keeps: verified file by file on its way in, from the top of the tree down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from certverify.checkpoint import Checkpoint
from certverify.errors import StatusError, TreeInconsistentError
from certverify.leaf import SealLeaf
from certverify.merkle import HASH_BYTES, leaf_hash, root_of_hashes
from certverify.status import array_root, decode_shard_roots, shard_root
from certverify.sync_folder import MirrorFolder
from certverify.tree import TILE_BITS, TILE_WIDTH, PublicTree, tile_path


@dataclass(slots=True)
class Shards:
    """How many shards the state has, and how many of them had to be fetched."""

    all: int = 0
    fetched: int = 0


class TreeKeeper:
    """Brings the files of one checkpoint into a folder. Methods raise TreeMissingError and TreeInconsistentError."""

    def __init__(
        self,
        tree: PublicTree,
        checkpoint: Checkpoint,
        folder: MirrorFolder,
        tell: Callable[[int, int], None] | None = None,
    ) -> None:
        """`tell` is called now and then with how many entry bundles are there, of how many."""
        self._tree = tree
        self._size, self._root = checkpoint.size, checkpoint.root
        self._folder = folder
        self._tell = tell
        self._tiles: dict[tuple[int, int], bytes] = {}
        self.needed: set[str] = set()
        self.repaired = 0
        """Files that were there and were not what they must be."""

    def right_edge(self) -> SealLeaf:
        """Keep the tiles and the entry bundle on the way to the last leaf; the seal that stands there."""
        if self._size == 0:
            raise TreeInconsistentError("an empty log has no seal")
        if self._tree.root(self._size) != self._root:
            raise TreeInconsistentError("the tiles do not have the root of the checkpoint")
        for level in reversed(range(self._levels())):
            self._keep_tile(level, (self._width_of(level) - 1) // TILE_WIDTH)
        self._keep_entries((self._size - 1) // TILE_WIDTH)
        return self._tree.seal(self._size, self._root)

    def status(self, seal: SealLeaf) -> Shards:
        """Keep the shard roots of the seal, and every shard that is not there yet."""
        raw_roots = self._tree.raw_shard_roots(seal)
        try:
            roots = decode_shard_roots(raw_roots, seal.slots)
            if array_root(roots) != seal.root:
                raise TreeInconsistentError("the shard roots do not lead to the root of the seal")
            found = Shards(all=len(roots))
            for root in dict.fromkeys(roots):
                found.fetched += self._keep_shard(root)
        except StatusError as error:
            raise TreeInconsistentError("the status files have the wrong size") from error
        self._keep(f"status/{seal.index}/roots", raw_roots)
        return found

    def whole_log(self) -> None:
        """Keep every tile and every entry bundle. What is there already is not fetched again."""
        for level in reversed(range(self._levels())):
            for number in range(-(-self._width_of(level) // TILE_WIDTH)):
                self._keep_tile(level, number)
            above = [key for key in self._tiles if key[0] > level + 1]
            for key in above:
                del self._tiles[key]
        bundles = -(-self._size // TILE_WIDTH)
        for number in range(bundles):
            self._keep_entries(number)
            if self._tell is not None:
                self._tell(number + 1, bundles)

    def _levels(self) -> int:
        return (self._size.bit_length() - 1) // TILE_BITS + 1

    def _width_of(self, level: int) -> int:
        """How many hashes a level has."""
        return self._size >> (level * TILE_BITS)

    def _keep_tile(self, level: int, number: int) -> None:
        width = min(TILE_WIDTH, self._width_of(level) - number * TILE_WIDTH)
        path = f"tile/{level}/{_named(number, width)}"
        kept = self._folder.read(path) if width == TILE_WIDTH else None
        if kept is not None and self._is_tile(kept, level, number):
            self.needed.add(path)
            return
        self.repaired += kept is not None
        raw_tile = self._tree.raw_tile(level, number, width)
        if width == TILE_WIDTH and not self._is_tile(raw_tile, level, number):
            raise TreeInconsistentError(f"{path} is not the tile of the checkpoint")
        self._keep(path, raw_tile)

    def _is_tile(self, raw_tile: bytes, level: int, number: int) -> bool:
        """Whether these are the hashes of a full tile, by what the tile above says of it."""
        if len(raw_tile) != TILE_WIDTH * HASH_BYTES:
            return False
        return root_of_hashes(list(_hashes(raw_tile))) == self._hash_of(level, number)

    def _hash_of(self, level: int, number: int) -> bytes:
        """What the tile above says of a full tile."""
        return self._hashes_of(level + 1, number // TILE_WIDTH)[number % TILE_WIDTH]

    def _hashes_of(self, level: int, number: int) -> list[bytes]:
        raw_tile = self._tiles.get((level, number))
        if raw_tile is None:
            width = min(TILE_WIDTH, self._width_of(level) - number * TILE_WIDTH)
            path = f"tile/{level}/{_named(number, width)}"
            if path not in self.needed:
                self._keep_tile(level, number)
            kept = self._folder.read(path)
            if kept is None or len(kept) != width * HASH_BYTES:
                kept = self._tree.raw_tile(level, number, width)
            raw_tile = self._tiles[level, number] = kept
        return list(_hashes(raw_tile))

    def _keep_entries(self, number: int) -> None:
        width = min(TILE_WIDTH, self._size - number * TILE_WIDTH)
        path = f"tile/entries/{_named(number, width)}"
        hashes = self._hashes_of(0, number)[:width]
        kept = self._folder.read(path) if width == TILE_WIDTH else None
        if kept is not None and _holds(kept, hashes):
            self.needed.add(path)
            self._tiles.pop((0, number), None)
            return
        self.repaired += kept is not None
        entries = self._tree.raw_entries(number, width)
        if list(map(leaf_hash, entries)) != hashes:
            raise TreeInconsistentError(f"{path} does not hold the entries of the checkpoint")
        self._tiles.pop((0, number), None)
        self._keep(path, b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries))

    def _keep_shard(self, root: bytes) -> int:
        path = f"status/shard/{root.hex()}"
        kept = self._folder.read(path)
        if kept is not None and _has_root(kept, root):
            self.needed.add(path)
            return 0
        self.repaired += kept is not None
        raw_shard = self._tree.raw_shard(root)
        if shard_root(raw_shard) != root:
            raise TreeInconsistentError("a shard does not have its root")
        self._keep(path, raw_shard)
        return 1

    def _keep(self, path: str, content: bytes) -> None:
        self.needed.add(path)
        if self._folder.read(path) != content:
            self._folder.keep(path, content)


def _named(number: int, width: int) -> str:
    return tile_path(number) if width == TILE_WIDTH else f"{tile_path(number)}.p/{width}"


def _hashes(raw_tile: bytes) -> Iterator[bytes]:
    return (raw_tile[at : at + HASH_BYTES] for at in range(0, len(raw_tile), HASH_BYTES))


def _holds(raw_bundle: bytes, hashes: list[bytes]) -> bool:
    """Whether an entry bundle that was kept holds the entries of these hashes."""
    found, at = [], 0
    while at + 2 <= len(raw_bundle):
        end = at + 2 + int.from_bytes(raw_bundle[at : at + 2], "big")
        found.append(leaf_hash(raw_bundle[at + 2 : end]))
        at = end
    return at == len(raw_bundle) and found == hashes


def _has_root(raw_shard: bytes, root: bytes) -> bool:
    try:
        return shard_root(raw_shard) == root
    except StatusError:
        return False
