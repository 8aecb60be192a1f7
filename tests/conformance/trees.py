"""Public trees of any entries at any size, by the service's encoders, and the proofs that both halves make of them."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from certverify.tree import PublicTree

from certsvc.formats.merkle import Node, consistency_proof, inclusion_proof, leaf_hash
from certsvc.formats.note import (
    checkpoint_text,
    cosignature_line,
    cosignature_message,
    encode_note,
    encode_vkey,
    signature_line,
)
from certsvc.formats.tile import (
    EMPTY_EDGE,
    TILE_WIDTH,
    TileNodes,
    TreeEdge,
    encode_entries,
    entries_path,
    new_tiles,
    tile_path,
    tile_width,
)
from tests.ledger.conftest import LOG_KEY, ORIGIN


class GrowingTree:
    """A tree in a folder that is published again and again; each checkpoint is kept in the folder `earlier`."""

    def __init__(self, home: Path) -> None:
        self.public, self.earlier = home / "public", home / "earlier"
        self.earlier.mkdir(parents=True)
        self.entries: list[bytes] = []
        self.edge: TreeEdge = EMPTY_EDGE
        self._tiles: dict[tuple[int, int], bytes] = {}
        self._write("vkey", f"{encode_vkey(ORIGIN, LOG_KEY.public_key)}\n".encode())

    def grow(self, entries: Sequence[bytes]) -> None:
        """Append a batch and publish."""
        old_size = self.edge.size
        self.edge, runs = self.edge.extend([leaf_hash(entry) for entry in entries])
        for run in runs:
            self._tiles[run.level, run.tile] = self._tiles.get((run.level, run.tile), b"") + run.hashes
        self.entries += entries
        for level, number, width in new_tiles(old_size, self.edge.size):
            self._write(tile_path(level, number, width), self._tiles[level, number])
            if level == 0:
                bundle = self.entries[number * TILE_WIDTH : number * TILE_WIDTH + width]
                self._write(entries_path(number, width), encode_entries(bundle))
        note = signed_checkpoint(self.edge.size, self.edge.root)
        self._write("checkpoint", note)
        (self.earlier / f"{self.edge.size}").write_bytes(note)

    def _write(self, path: str, content: bytes) -> None:
        target = self.public / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def signed_checkpoint(size: int, root: bytes, cosigned_at: int = 1_795_161_600) -> bytes:
    """A checkpoint of the test log with its signature and cosignature."""
    text = checkpoint_text(ORIGIN, size, root)
    cosignature = LOG_KEY.sign(cosignature_message(text, cosigned_at))
    lines = [
        signature_line(ORIGIN, LOG_KEY.public_key, LOG_KEY.sign(text.encode())),
        cosignature_line(ORIGIN, LOG_KEY.public_key, cosigned_at, cosignature),
    ]
    return encode_note(text, lines)


def published_nodes(public: Path, size: int) -> Node:
    """The writer's nodes over the tiles of a public tree."""

    def read(level: int, number: int) -> bytes:
        return (public / tile_path(level, number, tile_width(size, level, number))).read_bytes()

    return TileNodes(read, size).node


def write_proofs(file: Path, public: Path, size: int, numbers: Sequence[int]) -> int:
    """Proofs by both halves of the leaves and prefixes with these numbers, as the outsider reads them; how many."""
    node, reader = published_nodes(public, size), PublicTree(public)
    proofs: list[dict[str, Any]] = []
    for number in numbers:
        leaf = inclusion_proof(node, number, size), reader.inclusion_proof(number, size)
        prefix = consistency_proof(node, number + 1, size), reader.consistency_proof(number + 1, size)
        proofs += [{"index": number, "size": size, "proof": _b64(proof)} for proof in leaf]
        proofs += [{"old_size": number + 1, "size": size, "proof": _b64(proof)} for proof in prefix]
    file.write_text(json.dumps(proofs))
    return len(proofs)


def _b64(proof: Sequence[bytes]) -> list[str]:
    return [b64encode(item).decode() for item in proof]
