"""A replay on disk: one file with its own digest, replaced as a whole; what is torn or strange is no state at all."""

from __future__ import annotations

import json
import os
import sys
from array import array
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from certverify.leaf import SealLeaf
from certverify.merkle import HASH_BYTES
from certverify.replay import KeyUse, Replay
from certverify.status import SHARD_SLOTS
from certverify.trust import TrustList

_FORMAT = "certverify-replay/2"
_BLOCK_BYTES = 8 * SHARD_SLOTS
_HEADER_LINE_LIMIT = 1 << 24


def save_replay(replay: Replay, path: Path) -> None:
    """Replace the file at `path` by the replay, which stands between two batches. Durable when this returns."""
    digest = sha256()
    temporary = path.with_name(path.name + ".new")
    with temporary.open("wb") as file:
        for part in _parts(replay):
            digest.update(part)
            file.write(part)
        file.write(digest.digest())
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def load_replay(path: Path, trust_list: TrustList) -> Replay | None:
    """The replay kept at `path`; None when there is none, when it is damaged, or when its manifests no longer stand.

    They no longer stand when the trust list names another key under a kid that they used, no key, or one that does not
    speak for the days of its use: then the log is replayed from its beginning, under the new list.
    """
    try:
        content = path.read_bytes()
        if sha256(content[:-HASH_BYTES]).digest() != content[-HASH_BYTES:]:
            return None
        replay = _read(content, trust_list)
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None
    return replay if all(_stands(kid, use, trust_list) for kid, use in replay.key_uses.items()) else None


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _parts(replay: Replay) -> Iterator[bytes]:
    tree, seal = replay.tree, replay.seal
    if seal is None or not replay.between_batches:
        raise ValueError("a replay is kept between two batches")
    header = {
        "format": _FORMAT,
        "byte_order": sys.byteorder,
        "size": tree.size,
        "leaves": len(tree.leaves),
        "groups": len(tree.groups),
        "levels": [len(level) for level in tree.levels],
        "blocks": sorted(replay.slots.blocks),
        "sparse": [[number, len(few)] for number, few in sorted(replay.slots.sparse.items())],
        "used": replay.slots.used,
        "array": len(replay.array.content),
        "last_hour": replay.last_hour,
        "seal": [seal.index, seal.slots, seal.root.hex()],
        "key_uses": [
            [kid.hex(), use.raw_key.hex(), use.first_on.isoformat(), use.last_on.isoformat()]
            for kid, use in replay.key_uses.items()
        ],
        "notes": replay.notes,
    }
    yield json.dumps(header).encode() + b"\n"
    yield b"".join(tree.leaves)
    yield bytes(tree.groups)
    yield from map(bytes, tree.levels)
    for number in sorted(replay.slots.blocks):
        yield replay.slots.blocks[number].tobytes()
    for _, few in sorted(replay.slots.sparse.items()):
        yield array("q", few.keys()).tobytes()
        yield array("q", few.values()).tobytes()
    yield bytes(replay.array.content)


def _read(content: bytes, trust_list: TrustList) -> Replay:
    line, newline, _ = content[:_HEADER_LINE_LIMIT].partition(b"\n")
    header: dict[str, Any] = json.loads(line)
    if not newline or header["format"] != _FORMAT or header["byte_order"] != sys.byteorder:
        raise ValueError("another format")
    rest = _Cutter(content, len(line) + 1)
    replay = Replay(trust_list)
    leaves = rest.cut(header["leaves"] * HASH_BYTES)
    replay.tree.leaves = [leaves[at : at + HASH_BYTES] for at in range(0, len(leaves), HASH_BYTES)]
    replay.tree.groups = bytearray(rest.cut(header["groups"]))
    replay.tree.levels = [bytearray(rest.cut(length)) for length in header["levels"]]
    replay.tree.size = header["size"]
    for number in header["blocks"]:
        replay.slots.blocks[number] = array("q", rest.cut(_BLOCK_BYTES))
    for number, count in header["sparse"]:
        places = array("q", rest.cut(8 * count))
        replay.slots.sparse[number] = dict(zip(places, array("q", rest.cut(8 * count)), strict=True))
    replay.slots.used = header["used"]
    replay.array.fill(rest.cut(header["array"]))
    replay.last_hour = header["last_hour"]
    index, slots, root = header["seal"]
    replay.seal = SealLeaf(index, slots, bytes.fromhex(root))
    replay.key_uses = {
        bytes.fromhex(kid): KeyUse(bytes.fromhex(key), date.fromisoformat(first), date.fromisoformat(last))
        for kid, key, first, last in header["key_uses"]
    }
    replay.notes = [(index, words) for index, words in header["notes"]]
    if not replay.between_batches or replay.array.root() != replay.seal.root:
        raise ValueError("the state contradicts itself")
    return replay


class _Cutter:
    """Takes parts off the front of bytes, one after another. Raises ValueError at the end."""

    def __init__(self, content: bytes, at: int) -> None:
        self._content, self._at = content, at

    def cut(self, length: int) -> bytes:
        """The next `length` bytes."""
        part = self._content[self._at : self._at + length]
        if len(part) != length:
            raise ValueError("too short")
        self._at += length
        return part


def _stands(kid: bytes, use: KeyUse, trust_list: TrustList) -> bool:
    key = trust_list.record_keys.get(kid)
    return (
        key is not None
        and key.public_key.public_bytes_raw() == use.raw_key
        and key.speaks_for(use.first_on)
        and key.speaks_for(use.last_on)
    )
