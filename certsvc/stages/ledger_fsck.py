"""`certsvc ledger fsck`: the stored log and the public tree held against each other, every leaf read and hashed anew.

Nothing is written. What the service relies on when it appends (right edge, status array) is a small part of what is
stored; this reads all of it, and decodes leaves with the reader's code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from certverify.checkpoint import Checkpoint
from certverify.note import VerifierKey
from certverify.trust import TrustList

from certsvc.errors import IntegrityError, OlderDatabase
from certsvc.formats.merkle import HASH_BYTES, ListTree, leaf_hash
from certsvc.formats.status import CHUNK_BYTES, CHUNK_SLOTS, encode_roots, roots_path, shard_path
from certsvc.formats.tile import (
    TILE_WIDTH,
    EntryRun,
    HashRun,
    TileNodes,
    TreeEdge,
    encode_entries,
    entries_path,
    split_entries,
    tile_path,
    tile_width,
)
from certsvc.ports import LedgerHead, PublicTree
from certsvc.ports.ledger_reading import LedgerReading, LedgerSnapshot
from certsvc.stages.ledger_faults import FaultCode, Faults
from certsvc.stages.ledger_head_check import require_signed_head
from certsvc.stages.ledger_replay import LeafReplay
from certsvc.stages.published_log import read_published_note, require_same_history
from certsvc.stages.trust_check import check_trust

Told = Callable[[int, int], None]
"""How many leaves of how many were read."""


@dataclass(frozen=True, slots=True)
class FsckReport:
    """What was read, and what was wrong with it."""

    leaves: int
    published: int
    faults: Faults

    @property
    def sound(self) -> bool:
        """Nothing was wrong."""
        return not self.faults.counts


class LedgerFsck:
    """The check."""

    def __init__(
        self,
        reading: LedgerReading,
        tree: PublicTree,
        keys: Sequence[VerifierKey],
        trust_files: Mapping[str, bytes] | None = None,
    ) -> None:
        """`keys`: those that may have signed checkpoints of this log. `trust_files`: the trust material that must be shown, as
        far as it is known byte for byte; None for a log that shows none.
        """
        self._trust_files = trust_files
        self._reading = reading
        self._tree = tree
        self._keys = tuple(keys)

    def check(self, told: Told = lambda _read, _of: None) -> FsckReport:
        """Read everything once. Memory: a few bytes a leaf and half a byte a slot."""
        faults = Faults()
        published = self._published(faults)
        shows_trust = self._trust_files is not None and published is not None
        trust_list = check_trust(self._tree, self._trust_files or {}, faults) if shows_trust else None
        with self._reading.snapshot() as snapshot:
            head = snapshot.head()
            if head is None:
                if published is not None:
                    faults.add(FaultCode.NO_LOG)
                return FsckReport(0, 0 if published is None else published.size, faults)
            self._check_note(head, faults)
            shown = 0 if published is None else published.size
            walk = _Walk(snapshot, head, self._tree, shown, faults, trust_list)
            leaves = walk.run(told)
            _check_status(snapshot, head, walk.replay, faults)
            for number, version in snapshot.misplaced_certificates():
                faults.add(FaultCode.CERTIFICATE_LEAF, f"{number}/{version}")
            self._check_history(snapshot, head, published, faults)
        return FsckReport(leaves, shown, faults)

    def _published(self, faults: Faults) -> Checkpoint | None:
        try:
            published = read_published_note(self._tree, self._keys)
        except IntegrityError:
            faults.add(FaultCode.PUBLIC_CHECKPOINT)
            return None
        return None if published is None else published[1]

    def _check_note(self, head: LedgerHead, faults: Faults) -> None:
        try:
            require_signed_head(head, self._keys)
        except IntegrityError:
            faults.add(FaultCode.HEAD_NOTE)

    def _check_history(
        self, snapshot: LedgerSnapshot, head: LedgerHead, published: Checkpoint | None, faults: Faults
    ) -> None:
        try:
            require_same_history(published, head, TileNodes(snapshot.tile, head.size).node)
        except OlderDatabase:
            faults.add(FaultCode.PUBLIC_AHEAD)
        except (IntegrityError, IndexError, ValueError):
            faults.add(FaultCode.PUBLIC_HISTORY)


class _Walk:
    """One pass over the entries, then over the levels above them; the public files beside what they show."""

    def __init__(
        self,
        snapshot: LedgerSnapshot,
        head: LedgerHead,
        tree: PublicTree,
        shown: int,
        faults: Faults,
        trust_list: TrustList | None,
    ) -> None:
        self._snapshot, self._head, self._tree, self._faults = snapshot, head, tree, faults
        self._shown = min(shown, head.size)
        self.replay = LeafReplay(snapshot.logged_rows(), head.status_slots, faults, trust_list)

    def run(self, told: Told) -> int:
        """Read all; how many leaves are stored."""
        above: list[bytes] = []
        partials: list[bytes] = []
        leaves = 0
        stored = _tiles(self._snapshot.hash_runs(0))
        for number, entries in _bundles(self._snapshot.entry_runs(), self._faults):
            hashes = [leaf_hash(entry) for entry in entries]
            self._compare_stored(0, number, hashes, stored)
            self._compare_public_entries(number, entries)
            self._compare_public_tile(0, number, hashes)
            for entry, hashed in zip(entries, hashes, strict=True):
                self.replay.take(leaves, entry, hashed)
                leaves += 1
                if leaves == self._shown:
                    self._compare_shards(leaves)
            if len(hashes) == TILE_WIDTH:
                above.append(ListTree(hashes).root)
            else:
                partials = [b"".join(hashes)]
            told(leaves, self._head.size)
        self._expect_no_more(0, stored)
        self.replay.end()
        edge = TreeEdge(leaves, (*(partials or [b""]), *self._levels_above(above)))
        if leaves != self._head.size:
            self._faults.add(FaultCode.HEAD_SIZE, f"{leaves} / {self._head.size}")
        if edge.root != self._head.root:
            self._faults.add(FaultCode.HEAD_ROOT)
        return leaves

    def _compare_shards(self, shown: int) -> None:
        """The public status files are those of the array as the seal of the published checkpoint found it."""
        array = self.replay.array
        roots = array.shard_roots()
        _compare(self._tree, roots_path(shown - 1), encode_roots(roots), self._faults)
        for number, root in enumerate(roots):
            _compare(self._tree, shard_path(root), array.shard(number), self._faults)

    def _levels_above(self, hashes: list[bytes]) -> Iterator[bytes]:
        """The partial tile of each level from 1 on, every tile compared on the way."""
        level = 0
        while hashes:
            level += 1
            stored, above = _tiles(self._snapshot.hash_runs(level)), []
            partial = b""
            for number, start in enumerate(range(0, len(hashes), TILE_WIDTH)):
                cut = hashes[start : start + TILE_WIDTH]
                self._compare_stored(level, number, cut, stored)
                self._compare_public_tile(level, number, cut)
                if len(cut) == TILE_WIDTH:
                    above.append(ListTree(cut).root)
                else:
                    partial = b"".join(cut)
            self._expect_no_more(level, stored)
            yield partial
            hashes = above
        for empty in range(level + 1, self._snapshot.highest_level() + 1):
            self._expect_no_more(empty, _tiles(self._snapshot.hash_runs(empty)))

    def _compare_stored(
        self, level: int, number: int, hashes: Sequence[bytes], stored: Iterator[tuple[int, bytes]]
    ) -> None:
        if next(stored, None) != (number, b"".join(hashes)):
            self._faults.add(FaultCode.HASHES, tile_path(level, number, len(hashes)))

    def _expect_no_more(self, level: int, stored: Iterator[tuple[int, bytes]]) -> None:
        for number, _ in stored:
            self._faults.add(FaultCode.HASHES, tile_path(level, number))

    def _compare_public_entries(self, number: int, entries: Sequence[bytes]) -> None:
        width = tile_width(self._shown, 0, number)
        if width:
            _compare(self._tree, entries_path(number, width), encode_entries(entries[:width]), self._faults)

    def _compare_public_tile(self, level: int, number: int, hashes: Sequence[bytes]) -> None:
        width = tile_width(self._shown, level, number)
        if width:
            _compare(self._tree, tile_path(level, number, width), b"".join(hashes[:width]), self._faults)


def _bundles(runs: Iterator[EntryRun], faults: Faults) -> Iterator[tuple[int, list[bytes]]]:
    """Entry bundles in order, up to the first that cannot be read or does not follow."""
    number, entries = 0, list[bytes]()
    for run in runs:
        if len(entries) == TILE_WIDTH:
            yield number, entries
            number, entries = number + 1, []
        try:
            added = split_entries(run.entries)
        except ValueError:
            added = []
        if (run.bundle, run.start) != (number, len(entries)) or not added:
            faults.add(FaultCode.ENTRIES, entries_path(run.bundle))
            break
        entries = [*entries, *added]
        if len(entries) > TILE_WIDTH:
            faults.add(FaultCode.ENTRIES, entries_path(run.bundle))
            return
    if entries:
        yield number, entries


def _tiles(runs: Iterator[HashRun]) -> Iterator[tuple[int, bytes]]:
    """Tiles as they are stored: number and all bytes of their runs, a run out of place included (it will not compare)."""
    number, content = -1, b""
    for run in runs:
        if run.tile != number:
            if number >= 0:
                yield number, content
            number, content = run.tile, b""
        gap = run.start * HASH_BYTES - len(content)
        content += bytes(max(gap, 0)) + run.hashes
    if number >= 0:
        yield number, content


def _check_status(snapshot: LedgerSnapshot, head: LedgerHead, replay: LeafReplay, faults: Faults) -> None:
    array = replay.array
    if array.slots != head.status_slots or array.shard_roots() != head.shard_roots:
        faults.add(FaultCode.STATUS_ROOTS)
    stored = dict(snapshot.status_chunks())
    for number in range(array.slots // CHUNK_SLOTS):
        if stored.pop(number, bytes(CHUNK_BYTES)) != array.chunk(number):
            faults.add(FaultCode.STATUS_CHUNK, number)
    for number in stored:
        faults.add(FaultCode.STATUS_CHUNK, number)
    room = snapshot.slot_count()
    if room is None or room.counted != room.taken or room.slots < array.slots:
        faults.add(FaultCode.SLOT_COUNT)
    for slot in snapshot.events_without_slot():
        faults.add(FaultCode.SLOT_FREE, slot)


def _compare(tree: PublicTree, path: str, expected: bytes, faults: Faults) -> None:
    shown = tree.read(path)
    if shown is None:
        faults.add(FaultCode.PUBLIC_MISSING, path)
    elif shown != expected:
        faults.add(FaultCode.PUBLIC_FILE, path)
