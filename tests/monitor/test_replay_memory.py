"""What is not proven takes memory in proportion to its own bytes; what is proven, in proportion to what it says."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from certverify import replay_bundles
from certverify.checkpoint import decode_checkpoint
from certverify.errors import TreeInconsistentError
from certverify.merkle import leaf_hash
from certverify.replay import DENSE_FROM, Replay, SlotIndex
from certverify.replay_bundles import KnownBundles
from certverify.replay_faults import Fault, FaultFoundError
from certverify.replay_follow import Follower
from certverify.replay_tree import GrowingTree
from certverify.tree import PublicTree
from certverify.trust import TrustList

from tests.monitor.logs import HandLog, honest_log
from tests.verifier.builders import NOW, SLOTS

SIGNED_AT = int(NOW.timestamp())
SHARDS = 600
MEGABYTE = 1 << 20


def wide_log() -> HandLog:
    """One event in each of many shards, no manifest yet, in an array of two million slots."""
    log = HandLog(slots=SLOTS * 1024)
    for shard in range(SHARDS):
        log.entries.append(log.event(shard * SLOTS).entries.pop())
    return log


def replay_of(trust_list: TrustList) -> Replay:
    replay = Replay(trust_list)
    replay.not_after = SIGNED_AT
    return replay


def memory_of(step: Callable[[], object]) -> int:
    """The greatest number of bytes in use during a step."""
    gc.collect()
    tracemalloc.start()
    try:
        step()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_unproven_leaves_over_many_shards_take_no_more_than_their_own_bytes(trust_list: TrustList) -> None:
    log, replay = wide_log(), replay_of(trust_list)
    list(replay.take(log.entries[:1]))
    unproven = log.entries[1:]
    assert sum(map(len, unproven)) < 59_000
    assert memory_of(lambda: list(replay.take(unproven))) < 2 * MEGABYTE
    assert replay.slots.used == 0


def test_proven_leaves_over_many_shards_are_kept_sparsely(trust_list: TrustList, tmp_path: Path) -> None:
    log = wide_log().manifest().seal()
    tree = PublicTree(log.write(tmp_path / "public"))
    checkpoint, _ = decode_checkpoint(tree.raw_checkpoint())
    follower = Follower(tmp_path / "replay")
    replay = follower.follow(tree, checkpoint, SIGNED_AT, trust_list)
    assert (replay.slots.used, replay.slots.blocks) == (SHARDS, {})
    assert (tmp_path / "replay").stat().st_size < len(log.array) + MEGABYTE
    log.event(5 * SLOTS, 3).manifest().seal()
    tree = PublicTree(log.write(tmp_path / "public"))
    checkpoint, _ = decode_checkpoint(tree.raw_checkpoint())
    later = Follower(tmp_path / "replay").follow(tree, checkpoint, SIGNED_AT, trust_list)
    assert (later.slots.used, later.slots.last(5 * SLOTS)) == (SHARDS, len(log.entries) - 3)


def test_a_shard_that_fills_is_kept_as_an_array_and_nothing_is_lost() -> None:
    index, slots = SlotIndex(), [7 * number % SLOTS for number in range(DENSE_FROM + 100)]
    for number, slot in enumerate(slots):
        index.put(slot, number)
        assert (0 in index.blocks) == (number + 1 >= DENSE_FROM)
    assert [index.last(slot) for slot in slots] == list(range(len(slots)))
    index.put(slots[0], 99_999)
    assert (index.last(slots[0]), index.last(SLOTS - 1), index.used) == (99_999, None, len(slots))


def test_a_state_with_full_and_sparse_shards_comes_back(trust_list: TrustList, tmp_path: Path) -> None:
    log = HandLog(slots=2 * SLOTS).issue(*range(DENSE_FROM + 5)).issue(SLOTS + 9)
    tree = PublicTree(log.write(tmp_path / "public"))
    checkpoint, _ = decode_checkpoint(tree.raw_checkpoint())
    first = Follower(tmp_path / "replay").follow(tree, checkpoint, SIGNED_AT, trust_list)
    again = Follower(tmp_path / "replay")
    second = again.follow(tree, checkpoint, SIGNED_AT, trust_list)
    assert again.resumed_at == len(log.entries)
    assert second.slots == first.slots
    assert (set(second.slots.blocks), set(second.slots.sparse)) == ({0}, {1})


def test_a_slot_outside_the_array_is_never_stored(trust_list: TrustList) -> None:
    log, replay = HandLog(), replay_of(trust_list)
    log.add(HandLog(slots=8 * SLOTS).event(7 * SLOTS).entries[1]).manifest().seal()
    with pytest.raises(FaultFoundError) as found:
        list(replay.take(log.entries))
    assert (found.value.fault, replay.slots.used) == (Fault.SLOT_OUTSIDE, 0)


# --- entries that are read once more ---


class _Counting(PublicTree):
    reads = 0

    def raw_entries(self, number: int, width: int) -> list[bytes]:
        self.reads += 1
        return super().raw_entries(number, width)


def known(folder: Path, log: HandLog) -> tuple[KnownBundles, _Counting, GrowingTree]:
    tree, grown = _Counting(log.write(folder)), GrowingTree()
    for entry in log.entries:
        grown.add(leaf_hash(entry))
    return KnownBundles(tree, grown, len(log.entries)), tree, grown


def test_an_earlier_entry_is_read_once_for_its_whole_bundle(tmp_path: Path) -> None:
    log = honest_log(6)
    bundles, tree, _ = known(tmp_path, log)
    assert [bundles.entry(at) for at in range(len(log.entries))] == log.entries
    assert tree.reads == 3


@pytest.mark.parametrize("bent", [0, 17, 255, 256, 300])
def test_a_bundle_is_believed_as_a_whole_or_not_at_all(tmp_path: Path, bent: int) -> None:
    log = honest_log(4)
    bundles, _, _ = known(tmp_path, log)
    log.entries[bent] = log.entries[bent][:-1] + bytes([log.entries[bent][-1] ^ 1])
    log.write(tmp_path)
    number = bent // 256 * 256
    with pytest.raises(TreeInconsistentError):
        bundles.entry(number + 5)
    assert bundles.bytes_kept == 0


def test_an_unfinished_bundle_is_read_again_when_it_has_grown(tmp_path: Path) -> None:
    log = honest_log(2)
    tree, grown = _Counting(log.write(tmp_path)), GrowingTree()
    bundles = KnownBundles(tree, grown, len(log.entries))
    for index, entry in enumerate(log.entries[:20]):
        grown.add(leaf_hash(entry))
        assert bundles.entry(index) == entry
    with pytest.raises(LookupError):
        bundles.entry(20)


def test_bundles_are_kept_up_to_so_many_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = honest_log(12)
    bundles, tree, _ = known(tmp_path, log)
    for at in range(0, len(log.entries), 256):
        bundles.entry(at)
    whole, reads = bundles.bytes_kept, tree.reads
    assert whole > sum(map(len, log.entries))
    monkeypatch.setattr(replay_bundles, "BYTES_KEPT", whole // 2)
    bundles, tree, _ = known(tmp_path, log)
    for at in range(0, len(log.entries), 256):
        bundles.entry(at)
        assert bundles.bytes_kept <= whole // 2
    assert tree.reads == reads
    bundles.entry(0)
    assert tree.reads == reads + 1
