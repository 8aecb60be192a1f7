"""Replay a public tree up to a signed checkpoint, and prove of everything found that the log has signed it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from certverify.checkpoint import Checkpoint
from certverify.errors import CertverifyError, TreeInconsistentError
from certverify.replay import Replay
from certverify.replay_bundles import KnownBundles
from certverify.replay_faults import Fault, FaultFoundError, RecordKeyUnknownError
from certverify.replay_state import load_replay, save_replay
from certverify.tree import TILE_BITS, TILE_WIDTH, PublicTree
from certverify.trust import TrustList

SECONDS_BETWEEN_SAVES = 60.0


class ForkFoundError(CertverifyError):
    """The log has signed two checkpoints of which neither is a prefix of the other; `kept_size` names the older one."""

    def __init__(self, kept_size: int) -> None:
        super().__init__(f"the checkpoint of size {kept_size} is no prefix of the log")
        self.kept_size = kept_size


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a replay has come: `taken` leaves of this run, at `size` of `goal`, after `seconds`."""

    taken: int
    size: int
    goal: int
    seconds: float

    @property
    def leaves_per_second(self) -> float:
        """The speed of this run."""
        return self.taken / self.seconds if self.seconds > 0 else 0.0


def _silent(progress: Progress) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Follower:
    """Keeps a replay of one log at `path`, and takes it on from checkpoint to checkpoint.

    `kept_roots` are roots that the log has signed before, by size: each is compared when the replay passes it.
    `tell` hears how far a long replay has come, after each bundle of 256 entries. It is saved on its way every
    `seconds_between_saves`; at its end as well when `saves_every_time`, else when so much time has passed. `resumed_at`:
    how many leaves the last run found replayed.
    """

    path: Path
    kept_roots: Mapping[int, bytes] = field(default_factory=dict)
    tell: Callable[[Progress], None] = _silent
    seconds_between_saves: float = SECONDS_BETWEEN_SAVES
    saves_every_time: bool = True
    saved_at: float = field(default_factory=time.monotonic, init=False)
    resumed_at: int = field(default=0, init=False)
    _replay: Replay | None = field(default=None, init=False)

    def save(self, replay: Replay) -> None:
        """Keep the replay, which stands between two batches."""
        save_replay(replay, self.path)
        self.saved_at = time.monotonic()

    def follow(
        self, tree: PublicTree, checkpoint: Checkpoint, signed_at: int, trust_list: TrustList
    ) -> Replay:
        """The replay of all leaves under `checkpoint`, which the log has signed at `signed_at` (POSIX time).

        Raises FaultFoundError and ForkFoundError for what the log has provably signed, TreeMissingError and
        TreeInconsistentError when the files are not there or do not lead to the checkpoint, RecordKeyUnknownError when
        only a newer trust list can tell, ReplayLimitError.
        A replay that has gone further than the checkpoint begins again.
        """
        replay = self._own(checkpoint.size, trust_list)
        self._replay = None  # a replay that is broken off is of no use; the next call reads the kept one
        _Run(self, replay, tree, checkpoint, signed_at).go()
        self._replay = replay
        return replay

    def _own(self, size: int, trust_list: TrustList) -> Replay:
        replay = self._replay
        if replay is None or replay.trust_list != trust_list:
            replay = load_replay(self.path, trust_list)
        if replay is None or replay.size > size:
            replay = Replay(trust_list)
        return replay


@dataclass(slots=True)
class _Run:
    """One replay of one tree under one checkpoint."""

    follower: Follower
    replay: Replay
    tree: PublicTree
    checkpoint: Checkpoint
    signed_at: int

    def go(self) -> None:
        replay, goal = self.replay, self.checkpoint.size
        begun_at = time.monotonic()
        begun_size = self.follower.resumed_at = replay.size
        replay.not_after = self.signed_at
        replay.read_entry = KnownBundles(self.tree, replay.tree, goal).entry
        self._require_known_start()
        while replay.size < goal:
            self._bundle()
            now = time.monotonic()
            self.follower.tell(Progress(replay.size - begun_size, replay.size, goal, now - begun_at))
            if self._save_is_due(now):
                self._save_midway()
        if replay.tree.root() != self.checkpoint.root:
            raise TreeInconsistentError("the entries do not hash to the root of the checkpoint")
        self._compare_right_edge()
        if not replay.between_batches:
            raise FaultFoundError(Fault.BATCH_SHAPE, max(0, replay.size - 1))
        if replay.size != begun_size and (
            self.follower.saves_every_time or self._save_is_due(time.monotonic())
        ):
            self.follower.save(replay)

    def _bundle(self, to_seal: bool = False) -> None:
        """Take the entries of one bundle that are not taken yet; `to_seal`: only up to the next seal in it."""
        replay = self.replay
        number, offset = divmod(replay.size, TILE_WIDTH)
        width = min(TILE_WIDTH, self.checkpoint.size - number * TILE_WIDTH)
        hashes = b"".join(replay.tree.leaves)
        hashes += self._take(self.tree.raw_entries(number, width)[offset:], to_seal)
        if self.tree.raw_tile(0, number, width)[: len(hashes)] != hashes:
            raise TreeInconsistentError(f"tile {number} of level 0 does not hold the hashes of its entries")
        if replay.size % TILE_WIDTH == 0:
            self._compare_full_tiles(number)

    def _take(self, entries: list[bytes], to_seal: bool) -> bytes:
        """Replay entries; their leaf hashes. A fault is raised once it is proven, a kept root compared at its size."""
        replay, kept_roots, hashes = self.replay, self.follower.kept_roots, list[bytes]()
        try:
            for hash_of_leaf in replay.take(entries):
                hashes.append(hash_of_leaf)
                if replay.size in kept_roots and replay.tree.root() != kept_roots[replay.size]:
                    self._prove_prefix()
                    raise ForkFoundError(replay.size)
                if to_seal and replay.between_batches:
                    break
        except (FaultFoundError, RecordKeyUnknownError):
            self._prove_prefix()
            raise
        return b"".join(hashes)

    def _save_midway(self) -> None:
        """Keep what is replayed so far, once a batch has ended and all of it is proven to be the log's."""
        while self.replay.size < self.checkpoint.size and not self.replay.between_batches:
            self._bundle(to_seal=True)
        if self.replay.between_batches:
            self._prove_prefix()
            self.follower.save(self.replay)

    def _save_is_due(self, now: float) -> bool:
        return now - self.follower.saved_at > self.follower.seconds_between_saves

    def _prove_prefix(self) -> None:
        """Return when the leaves taken so far are the log's: a prefix of the signed tree. Raises
        TreeInconsistentError."""
        replay, checkpoint = self.replay, self.checkpoint
        self.tree.verify_prefix(replay.size, replay.tree.root(), checkpoint.size, checkpoint.root)

    def _require_known_start(self) -> None:
        """The hashes of the unfinished tile are where they were; everything before is proven by the root at the end."""
        if self.replay.size:
            self._prove_prefix()

    def _compare_full_tiles(self, number: int) -> None:
        """Compare the tiles of higher levels that bundle `number` has completed."""
        level = 1
        while (number + 1) % TILE_WIDTH == 0:
            number //= TILE_WIDTH
            self._compare_tile(level, number, TILE_WIDTH)
            level += 1

    def _compare_right_edge(self) -> None:
        """Compare the partial tiles of higher levels at the checkpoint's size."""
        level, count = 1, self.checkpoint.size >> TILE_BITS
        while count:
            number, width = divmod(count, TILE_WIDTH)
            if width:
                self._compare_tile(level, number, width)
            level, count = level + 1, count >> TILE_BITS

    def _compare_tile(self, level: int, number: int, width: int) -> None:
        if self.tree.raw_tile(level, number, width) != self.replay.tree.tile(level, number)[: width * 32]:
            raise TreeInconsistentError(f"tile {number} of level {level} is not what the entries make it")
