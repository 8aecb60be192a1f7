"""Old files of a public folder that no fresh checkpoint needs: superseded status files and partial tiles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from certsvc.formats.merkle import HASH_BYTES
from certsvc.formats.tile import read_tile_path, split_hashes, tile_width


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many files were removed."""

    partial_tiles: int
    status_files: int


def prune_folder(folder: Path, size: int, before: datetime) -> Pruned:
    """Remove what was written before an instant and is superseded. `size`: of the published log. Called while nobody publishes.

    Partial tiles go when the full one stands beside them (C2SP tlog-tiles, "Partial Tiles"), but for those that the published
    size needs: the tiles may be far ahead of it. Roots of older seals than its last leaf go, and shards that no remaining
    roots name. Entries, full tiles and everything newer stay. A process killed here leaves files that the next call
    removes: roots go before the shards that only they name.
    """
    moment = before.timestamp()
    partial = sum(_remove(path) for path in _superseded_tiles(folder, size, moment))
    status = sum(_remove(path) for path in _old_roots(folder, size - 1, moment))
    status += sum(_remove(path) for path in _unnamed_shards(folder, moment))
    return Pruned(partial, status)


def _superseded_tiles(folder: Path, size: int, moment: float) -> Iterator[Path]:
    for partials in sorted((folder / "tile").rglob("*.p")):
        full = partials.with_suffix("")
        if full.is_file() and full.stat().st_mtime < moment:
            for path in sorted(partials.iterdir()):
                found = read_tile_path(path.relative_to(folder).as_posix())
                if found is not None and found[2] != tile_width(size, found[0] or 0, found[1]):
                    yield path


def _old_roots(folder: Path, newest_seal: int, moment: float) -> Iterator[Path]:
    for roots in sorted((folder / "status").glob("*/roots")):
        if int(roots.parent.name) < newest_seal and roots.stat().st_mtime < moment:
            yield roots


def _unnamed_shards(folder: Path, moment: float) -> Iterator[Path]:
    named: set[str] = set()
    for roots in (folder / "status").glob("*/roots"):
        content = roots.read_bytes()
        named.update(root.hex() for root in split_hashes(content[: len(content) // HASH_BYTES * HASH_BYTES]))
    for shard in sorted((folder / "status/shard").glob("*")):
        if shard.name not in named and shard.stat().st_mtime < moment:
            yield shard


def _remove(path: Path) -> int:
    """Remove a file, and its folder when it was the last in it; 1."""
    path.unlink()
    if path.parent.name != "shard" and not any(path.parent.iterdir()):
        path.parent.rmdir()
    return 1
