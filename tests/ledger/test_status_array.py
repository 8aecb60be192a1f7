"""The status array: values, growth by doubling, roots and proofs that the reader accepts; random free slots."""

from __future__ import annotations

import pytest
from certverify.leaf import SealLeaf, decode_leaf
from certverify.merkle import leaf_hash, root_of_hashes, verify_consistency, verify_inclusion
from certverify.status import Status, array_root, shard_root, status_in_chunk, status_in_shard
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from certsvc.adapters.ledger_schema import status_space
from certsvc.errors import ConflictError
from certsvc.formats.leaf import EventKind, SlotStatus
from certsvc.formats.merkle import consistency_proof
from certsvc.formats.status import (
    LEAST_SLOTS,
    SHARD_SLOTS,
    StatusArray,
    chunk_of,
    roots_path,
    shard_path,
)
from certsvc.formats.tile import TileNodes
from certsvc.stages.bundling import collect_evidence
from certsvc.stages.published_log import PublishedLog, log_key
from tests.ledger.conftest import LOG_KEY, House, event_on, open_house

SLOT_VALUES = st.dictionaries(st.integers(0, 2 * SHARD_SLOTS - 1), st.sampled_from(SlotStatus), max_size=12)


@given(SLOT_VALUES)
@settings(max_examples=15, deadline=None)
def test_the_reader_finds_every_value_and_the_same_root(values: dict[int, SlotStatus]) -> None:
    array = StatusArray(2 * SHARD_SLOTS)
    for slot, value in values.items():
        array[slot] = value
    shards = [array.shard(0), array.shard(1)]
    assert array_root([shard_root(shard) for shard in shards]) == array.root
    assert tuple(shard_root(shard) for shard in shards) == array.shard_roots()
    for slot, value in values.items():
        assert array[slot] == value
        number = chunk_of(slot)
        assert status_in_chunk(array.chunk(number), slot) == Status(value)
        assert status_in_shard(shards[slot // SHARD_SLOTS], slot) == Status(value)
        proof = array.chunk_proof(number)
        verify_inclusion(number, 512, leaf_hash(array.chunk(number)), proof, array.root)


def test_neighbours_share_a_byte_and_do_not_touch_each_other() -> None:
    array = StatusArray()
    array[10], array[11] = SlotStatus.HISTORICAL, SlotStatus.REVOKED
    assert array.chunk(0)[5] == 0x37
    array[10] = SlotStatus.VALID
    assert array[11] is SlotStatus.REVOKED


def test_a_grown_array_keeps_its_values_and_hashes_like_one_made_large() -> None:
    small, large = StatusArray(), StatusArray(4 * LEAST_SLOTS)
    for slot in (0, 511, 512, LEAST_SLOTS - 1):
        small[slot] = large[slot] = SlotStatus.SUSPENDED
    assert small.grown(4 * LEAST_SLOTS).root == large.root
    assert small.grown(LEAST_SLOTS) is small
    with pytest.raises(ValueError):
        large.grown(LEAST_SLOTS)


@given(SLOT_VALUES, SLOT_VALUES)
@settings(max_examples=15, deadline=None)
def test_growth_between_two_writes_gives_the_array_of_both(
    before: dict[int, SlotStatus], after: dict[int, SlotStatus]
) -> None:
    """Whether or not the smaller one was hashed before it grew."""
    small, large = StatusArray(2 * LEAST_SLOTS), StatusArray(8 * LEAST_SLOTS)
    small.put(before.items())
    assert not before or small.root
    late = dict(list(before.items())[:3])
    small.put((slot, SlotStatus.VOIDED) for slot in late)
    grown = small.grown(8 * LEAST_SLOTS)
    grown.put((4 * slot, value) for slot, value in after.items())
    large.put([*before.items(), *((slot, SlotStatus.VOIDED) for slot in late)])
    large.put((4 * slot, value) for slot, value in after.items())
    assert grown.shard_roots() == large.shard_roots()
    assert grown.root == large.root


def test_many_slots_are_set_at_once_and_the_last_value_of_a_slot_counts() -> None:
    array = StatusArray()
    touched = array.put([(10, 3), (11, 7), (10, 1), (600, 2)])
    assert touched == {0, 1}
    assert [array[slot] for slot in (10, 11, 600)] == [1, 7, 2]


@pytest.mark.parametrize("slots", [0, LEAST_SLOTS // 2, LEAST_SLOTS + 1, 3 * LEAST_SLOTS])
def test_an_array_has_a_power_of_two_of_slots(slots: int) -> None:
    with pytest.raises(ValueError):
        StatusArray(slots)


@pytest.mark.parametrize("slot", [-1, LEAST_SLOTS])
def test_a_slot_outside_the_array_has_no_status(slot: int) -> None:
    with pytest.raises(IndexError):
        StatusArray()[slot]


def test_an_incremental_root_is_the_root_of_all_chunks() -> None:
    array = StatusArray()
    for slot in range(0, LEAST_SLOTS, 7919):
        array[slot] = SlotStatus.VALID
        assert array.root
    chunks = [leaf_hash(array.chunk(number)) for number in range(256)]
    assert array.root == root_of_hashes(chunks)


def test_allotted_slots_are_distinct_and_spread_over_the_array(house: House) -> None:
    slots = house.slots(400) + house.slots(400)
    assert len(set(slots)) == 800
    assert slots != sorted(slots)
    quarters = [sum(slot * 4 // LEAST_SLOTS == quarter for slot in slots) for quarter in range(4)]
    assert all(120 < count < 280 for count in quarters)


def test_slots_cannot_be_taken_before_the_log_has_begun(house: House) -> None:
    with house.engine.begin() as connection:
        connection.execute(status_space.delete())
    with pytest.raises(ConflictError):
        house.slots(1)


def test_shards_and_proofs_of_before_a_doubling_still_hold_after_it(house: House) -> None:
    """The old shard stands under its root as before, and the old seal is proven in the larger log."""
    ledger = house.ledger()
    small = ledger.record(house.issue(3))
    assert small is not None
    house.publisher().publish()
    before = PublishedLog(house.tree, [log_key(LOG_KEY)])
    evidence = [collect_evidence(before, event) for event in small.events]
    shards = {root: house.tree.read(shard_path(root)) for root in small.head.shard_roots}
    with house.engine.begin() as connection:
        connection.execute(update(status_space).values(slots=4 * LEAST_SLOTS))
    large = ledger.record(house.issue(600, start=4))
    assert large is not None
    house.publisher().publish()
    assert (large.head.status_slots, len(large.head.shard_roots)) == (4 * LEAST_SLOTS, 4)
    assert {root: house.tree.read(shard_path(root)) for root in shards} == shards
    after = PublishedLog(house.tree, [log_key(LOG_KEY)])
    old, new = before.checkpoint, after.checkpoint
    for one in evidence:
        verify_inclusion(one.issue.index, old.size, leaf_hash(one.issue.leaf), one.issue.proof, old.root)
        assert after.prove(one.issue.index).leaf == one.issue.leaf
    with house.store.transaction() as transaction:
        proof = consistency_proof(TileNodes(transaction.tile, new.size).node, old.size, new.size)
    verify_consistency(old.size, new.size, old.root, new.root, proof)
    seal_index = small.head.size - 1
    seal = decode_leaf(after.prove(seal_index).leaf)
    assert isinstance(seal, SealLeaf)
    assert (seal.slots, seal.root) == (LEAST_SLOTS, array_root(list(small.head.shard_roots)))
    assert after.read(roots_path(seal_index)) == b"".join(small.head.shard_roots)
    again = open_house(house.home, house.url, house.clock)
    assert again.ledger().record(again.issue(1, start=604)) is not None
    again.engine.dispose()


def test_the_array_doubles_before_it_is_half_full_and_the_next_seal_says_so(house: House) -> None:
    ledger = house.ledger()
    (first,) = house.issue(1)
    ledger.record([first])
    with house.engine.begin() as connection:
        connection.execute(update(status_space).values(taken=LEAST_SLOTS // 2 - 3))
    assert max(house.slots(2)) < LEAST_SLOTS
    grown = house.slots(64)
    assert max(grown) >= LEAST_SLOTS
    far = max(grown)
    batch = ledger.record([event_on(far, 2), event_on(first.slot, 1, EventKind.REVOKED)])
    assert batch is not None
    assert (batch.head.status_slots, len(batch.head.shard_roots)) == (2 * LEAST_SLOTS, 2)
    house.publisher().publish()
    log = PublishedLog(house.tree, [log_key(LOG_KEY)])
    values = [
        status_in_chunk(collect_evidence(log, event).status.chunk, event.slot) for event in batch.events
    ]
    assert values == [Status.VALID, Status.REVOKED]
