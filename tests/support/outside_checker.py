"""Outsiders of a log: one who checks everything that is public, and one who remembers every checkpoint ever shown.

Both read the public folder and the public keys, with the reader's code (certverify) alone. What they find wrong is an
AssertionError that says what.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from types import TracebackType

import cbor2
from certverify import ed25519
from certverify.checkpoint import Checkpoint, decode_checkpoint, open_checkpoint
from certverify.errors import CertverifyError
from certverify.leaf import EventLeaf, EventType, ManifestLeaf, SealLeaf, decode_leaf
from certverify.merkle import leaf_hash, node_hash, root_of_hashes
from certverify.note import VerifierKey
from certverify.policy import Policy
from certverify.tree import PublicTree, split_entries, tile_path

_NO_WITNESSES = Policy(logs=(), witnesses={}, groups={}, quorum=None)
_OPENING = {EventType.ISSUED, EventType.CREDIT_OPENED, EventType.HISTORICAL}
_CHUNK_BYTES, _SHARD_CHUNKS = 256, 256


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What the outsiders believe: the log's verifier keys, and the record keys (raw, by their 4-byte names)."""

    log: Sequence[VerifierKey]
    record: Mapping[bytes, bytes]


@dataclass(slots=True)
class Audit:
    """A public tree that was found to be in order."""

    checkpoint: Checkpoint
    hashes: list[bytes]
    events: dict[int, EventLeaf] = field(default_factory=dict)
    seals: set[int] = field(default_factory=set)
    array: bytearray = field(default_factory=bytearray)

    def status(self, slot: int) -> int:
        """The value of a slot."""
        return self.array[slot >> 1] >> 4 * (slot & 1) & 15


class RightEdge:
    """The roots of ever larger trees: complete subtrees from the left, largest first."""

    def __init__(self) -> None:
        self.size = 0
        self._nodes: list[tuple[int, bytes]] = []

    def add(self, hash_of_leaf: bytes) -> None:
        """One more leaf."""
        height, node = 0, hash_of_leaf
        while self._nodes and self._nodes[-1][0] == height:
            height, node = height + 1, node_hash(self._nodes.pop()[1], node)
        self._nodes.append((height, node))
        self.size += 1

    @property
    def root(self) -> bytes:
        """The root over all leaves so far (at least one)."""
        node = self._nodes[-1][1]
        for _, left in reversed(self._nodes[:-1]):
            node = node_hash(left, node)
        return node


def check_public_tree(folder: Path, keys: PublicKeys) -> Audit:
    """Everything that anybody could hold against the log, held against it.

    1. The checkpoint opens under the log's key. 2. Every leaf is there and all of them hash to its root; every tile
    says the same. 3. Events stand in batches that the authority's manifest covers, and on each slot in their order.
    4. At every seal the array replayed so far has the seal's root; the last leaf is a seal. 5. The published shards are
    that array. Raises AssertionError.
    """
    try:
        return _audit(folder, keys)
    except (CertverifyError, OSError, ValueError) as error:
        raise AssertionError(f"the public tree is refused: {error!r}") from error


def nothing_published_yet(folder: Path) -> bool:
    """Whether there is no checkpoint."""
    return not (folder / "checkpoint").exists()


def _audit(folder: Path, keys: PublicKeys) -> Audit:
    raw_note = (folder / "checkpoint").read_bytes()
    checkpoint = open_checkpoint(raw_note, keys.log, _NO_WITNESSES).checkpoint
    entries = _entries(folder, checkpoint.size)
    audit = Audit(checkpoint, [leaf_hash(entry) for entry in entries])
    assert root_of_hashes(audit.hashes) == checkpoint.root, "the leaves do not hash to the root"
    _check_tiles(folder, audit.hashes)
    _Replay(audit, keys).run([decode_leaf(entry) for entry in entries])
    _check_shards(folder, audit)
    return audit


def _entries(folder: Path, size: int) -> list[bytes]:
    entries: list[bytes] = []
    for number, width in _tile_widths(size):
        raw = _either(folder / "tile" / "entries", number, width)
        cut = split_entries(raw)[:width]
        assert len(cut) == width, f"bundle {number} is short"
        entries.extend(cut)
    return entries


def _check_tiles(folder: Path, hashes: list[bytes]) -> None:
    level, row = 0, hashes
    while row:
        for number, width in _tile_widths(len(row)):
            expected = b"".join(row[number * 256 : number * 256 + width])
            tile = _either(folder / "tile" / str(level), number, width)
            assert tile[: len(expected)] == expected, f"tile {level}/{number} is wrong"
        row = [root_of_hashes(row[at : at + 256]) for at in range(0, len(row) // 256 * 256, 256)]
        level += 1


def _tile_widths(size: int) -> Iterator[tuple[int, int]]:
    for first in range(0, size, 256):
        yield first // 256, min(256, size - first)


def _either(folder: Path, number: int, width: int) -> bytes:
    path = folder / tile_path(number)
    partial = path.with_name(f"{path.name}.p") / str(width)
    return (partial if width < 256 and partial.exists() else path).read_bytes()


class _Replay:
    """Steps 3 and 4 of `check_public_tree`."""

    def __init__(self, audit: Audit, keys: PublicKeys) -> None:
        self._audit, self._keys = audit, keys
        self._last: dict[int, tuple[int, bytes]] = {}
        self._chunk_hashes: list[bytes] = []
        self._uncovered: list[int] = []

    def run(self, leaves: Sequence[EventLeaf | ManifestLeaf | SealLeaf]) -> None:
        pending: list[EventLeaf] = []
        for index, leaf in enumerate(leaves):
            if isinstance(leaf, EventLeaf):
                self._event(index, leaf)
                pending.append(leaf)
            elif isinstance(leaf, ManifestLeaf):
                self._manifest(index, leaf)
            else:
                assert not self._uncovered, f"no manifest covers the events before the seal {index}"
                self._seal(index, leaf, pending)
                pending = []
        assert isinstance(leaves[-1], SealLeaf), "the last leaf is not a seal"

    def _event(self, index: int, leaf: EventLeaf) -> None:
        seq, prev = self._last.get(leaf.slot, (-1, None))
        assert (leaf.seq, leaf.prev) == (seq + 1, prev), f"event {index} does not follow on its slot"
        assert (leaf.seq == 0) == (leaf.type in _OPENING), f"event {index} of this kind cannot stand here"
        self._last[leaf.slot] = (leaf.seq, self._audit.hashes[index])
        self._audit.events[index] = leaf
        self._uncovered.append(index)

    def _manifest(self, index: int, leaf: ManifestLeaf) -> None:
        covered = list(range(leaf.first_index, leaf.first_index + leaf.count))
        assert self._uncovered == covered, f"the manifest {index} does not cover its batch"
        assert root_of_hashes([self._audit.hashes[at] for at in covered]) == leaf.root
        assert all(self._audit.events[at].kid == leaf.kid for at in covered)
        said = [1, 100, -8, leaf.kid, leaf.first_index, leaf.count, leaf.root]
        message = b"certsvc/manifest/v1\x00" + cbor2.dumps(said, canonical=True)
        ed25519.verify(ed25519.public_key(self._keys.record[leaf.kid]), leaf.signature, message)
        self._uncovered = []

    def _seal(self, index: int, leaf: SealLeaf, pending: Sequence[EventLeaf]) -> None:
        assert leaf.index == index, "a seal names another place"
        array = self._audit.array
        assert len(array) <= leaf.slots // 2, "the array has shrunk"
        array.extend(bytes(leaf.slots // 2 - len(array)))
        empty = leaf_hash(bytes(_CHUNK_BYTES))
        self._chunk_hashes.extend([empty] * (len(array) // _CHUNK_BYTES - len(self._chunk_hashes)))
        for event in pending:
            at, shift = event.slot >> 1, 4 * (event.slot & 1)
            array[at] = array[at] & (0xF0 >> shift) | event.type.status_after << shift
        for chunk in {event.slot >> 9 for event in pending}:
            self._chunk_hashes[chunk] = leaf_hash(bytes(array[chunk * 256 : chunk * 256 + 256]))
        assert root_of_hashes(self._chunk_hashes) == leaf.root, f"the seal {index} has another array"
        self._audit.seals.add(index)


def _check_shards(folder: Path, audit: Audit) -> None:
    size, root, array = audit.checkpoint.size, audit.checkpoint.root, bytes(audit.array)
    tree = PublicTree(folder)
    seal = tree.seal(size, root)
    shard_bytes = _CHUNK_BYTES * _SHARD_CHUNKS
    for number in range(len(array) // shard_bytes):
        shard = tree.shard(seal, number)
        assert shard == array[number * shard_bytes : (number + 1) * shard_bytes], f"shard {number} differs"


class LogKeeper:
    """Remembers every checkpoint that was ever to be seen: looks at the file all the time, in a thread of its own."""

    def __init__(self, folder: Path, every: float = 0.002) -> None:
        self._path = folder / "checkpoint"
        self._every = every
        self._ended = Event()
        self._thread = Thread(target=self._watch, name="log keeper", daemon=True)
        self.seen: dict[bytes, None] = {}

    def __enter__(self) -> LogKeeper:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self.look()

    def _watch(self) -> None:
        while not self._ended.wait(self._every):
            self.look()

    def look(self) -> None:
        """Look once."""
        try:
            self.seen.setdefault(self._path.read_bytes())
        except FileNotFoundError:
            return

    def require_one_history(self, audit: Audit, keys: PublicKeys) -> int:
        """Every checkpoint seen is signed by the log, ends with a seal, and is a prefix of the audited tree; they were
        shown in the order of their sizes and times. How many. Raises AssertionError."""
        shown = [open_checkpoint(raw, keys.log, _NO_WITNESSES) for raw in self.seen]
        sizes = [one.checkpoint.size for one in shown]
        assert sizes == sorted(sizes), "a smaller checkpoint was shown after a larger one"
        times = [one.cosigned_at or 0 for one in shown]
        assert times == sorted(times), "an older checkpoint was shown after a newer one"
        roots = {one.checkpoint.size: one.checkpoint.root for one in shown}
        assert {(one.checkpoint.size, one.checkpoint.root) for one in shown} == set(roots.items()), (
            "two roots of one size"
        )
        edge = RightEdge()
        for hash_of_leaf in audit.hashes:
            edge.add(hash_of_leaf)
            if edge.size in roots:
                assert edge.size - 1 in audit.seals, (
                    f"the checkpoint of size {edge.size} does not end with a seal"
                )
                assert roots.pop(edge.size) == edge.root, f"the checkpoint of size {edge.size} is no prefix"
        assert not roots, f"checkpoints larger than the tree were shown: {sorted(roots)}"
        return len(shown)


def shown_size(folder: Path) -> int:
    """The size in the published checkpoint, 0 without one."""
    path = folder / "checkpoint"
    return decode_checkpoint(path.read_bytes())[0].size if path.exists() else 0


def wait_for_size(folder: Path, size: int, seconds: float = 120) -> None:
    """Return once the published checkpoint has at least that many leaves."""
    end = time.monotonic() + seconds
    while shown_size(folder) < size:
        assert time.monotonic() < end, f"nothing of size {size} was published"
        time.sleep(0.01)
