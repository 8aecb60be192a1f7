"""The short ways of a replay give what the long ones give: the growing tree, and the fields of an event."""

from __future__ import annotations

import random

import cbor2
import pytest
from certverify.errors import LeafError
from certverify.leaf import EventLeaf, decode_leaf
from certverify.merkle import root_of_hashes
from certverify.replay_leaf import event_fields
from certverify.replay_tree import GrowingTree
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier.builders import cbor, sha


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=600))
def test_the_growing_tree_has_the_root_of_its_leaves(hashes: list[bytes]) -> None:
    tree = GrowingTree()
    for one in hashes:
        tree.add(one)
    assert tree.root() == root_of_hashes(hashes)


@pytest.mark.parametrize("size", [255, 256, 257, 65_535, 65_536, 65_537, 66_000])
def test_the_growing_tree_has_the_root_at_the_borders_of_tiles(size: int) -> None:
    tree, hashes = GrowingTree(), [sha(b"%d" % at) for at in range(size)]
    for one in hashes:
        tree.add(one)
    assert tree.root() == root_of_hashes(hashes)


UINTS = st.one_of(
    st.integers(0, 30), st.integers(0, 300), st.integers(65_000, 66_000),
    st.integers((1 << 32) - 2, (1 << 32) + 2), st.integers((1 << 64) - 2, (1 << 64) + 1), st.integers(-2, 0),
)  # fmt: skip


SHORT_BYTES = st.one_of(st.binary(min_size=4, max_size=4), st.binary(max_size=5))


HASHES = st.one_of(st.binary(min_size=32, max_size=32), st.none(), st.binary(min_size=31, max_size=33))


LEAVES = st.tuples(
    st.sampled_from([1, 1, 1, 2]), st.integers(0, 12), st.sampled_from([-8, -8, -8, 8]), SHORT_BYTES,
    UINTS, UINTS, HASHES, UINTS, UINTS, HASHES,
).map(lambda fields: cbor(list(fields)))  # fmt: skip


GOOD_LEAVES = st.builds(
    lambda kind, kid, slot, chain, day, hour, committed: cbor(
        [1, kind, -8, kid, slot, *chain, day, hour, committed]
    ),
    st.integers(1, 10),
    st.binary(min_size=4, max_size=4),
    UINTS.map(abs),
    st.one_of(st.just((0, None)), st.tuples(UINTS, st.binary(min_size=32, max_size=32))),
    UINTS.map(abs),
    UINTS.map(abs),
    st.binary(min_size=32, max_size=32),
)


def _agree(raw_leaf: bytes) -> None:
    try:
        leaf = decode_leaf(raw_leaf)
    except LeafError:
        leaf = None
    fields = event_fields(raw_leaf)
    if isinstance(leaf, EventLeaf):
        assert fields is not None
        assert EventLeaf(*fields) == leaf  # type: ignore[arg-type]
    else:
        assert fields is None


@given(LEAVES)
def test_the_short_way_reads_what_the_strict_decoder_reads(raw_leaf: bytes) -> None:
    _agree(raw_leaf)


@given(GOOD_LEAVES, st.data())
def test_the_short_way_refuses_altered_bytes_as_the_strict_decoder_does(
    raw_leaf: bytes, data: st.DataObject
) -> None:
    _agree(raw_leaf)
    bent = bytearray(raw_leaf)
    at = data.draw(st.integers(0, len(bent) - 1))
    bent[at] = data.draw(st.integers(0, 255))
    _agree(bytes(bent))
    _agree(bytes(bent[:at]))
    _agree(bytes(bent) + b"\x00")


def test_the_short_way_refuses_longer_forms_of_integers() -> None:
    dice = random.Random(3)
    for value in (0, 5, 23, 24, 255, 256, 65_535, 65_536, 1 << 31, 1 << 33):
        good = [1, 1, -8, b"kidd", value, 0, None, 5, 6, dice.randbytes(32)]
        parts = [cbor(item) for item in good]
        for width, head in ((1, 0x18), (2, 0x19), (4, 0x1A), (8, 0x1B)):
            if value < 1 << 8 * width:
                parts[4] = bytes([head]) + value.to_bytes(width, "big")
                _agree(b"\x8a" + b"".join(parts))
    assert cbor2.loads(b"\x18\x05") == 5
