"""The tree core against the reader's own algorithms, and the shape of tiles and bundles."""

from __future__ import annotations

import pytest
from certverify.errors import ProofError
from certverify.merkle import root_of_hashes, verify_consistency, verify_inclusion
from hypothesis import given, settings
from hypothesis import strategies as st

from certsvc.formats.merkle import (
    EMPTY_ROOT,
    ListTree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    tree_root,
)
from certsvc.formats.tile import (
    EMPTY_EDGE,
    TileNodes,
    encode_entries,
    entries_path,
    entry_at,
    entry_runs,
    new_tiles,
    split_entries,
    tile_path,
    tile_width,
)

HASHES = [leaf_hash(index.to_bytes(4, "big")) for index in range(1400)]


def tiles_of(sizes: list[int]) -> tuple[dict[tuple[int, int], bytes], int, bytes]:
    """Tiles, size and root after appending batches of these sizes."""
    edge, tiles = EMPTY_EDGE, dict[tuple[int, int], bytes]()
    for size in sizes:
        edge, runs = edge.extend(HASHES[edge.size : edge.size + size])
        for run in runs:
            known = tiles.get((run.level, run.tile), b"")
            assert len(known) == run.start * 32
            tiles[run.level, run.tile] = known + run.hashes
    return tiles, edge.size, edge.root


@given(st.lists(st.integers(1, 300), min_size=1, max_size=4))
@settings(max_examples=30, deadline=None)
def test_batches_of_any_size_give_the_tree_of_all_leaves(sizes: list[int]) -> None:
    tiles, size, root = tiles_of(sizes)
    assert root == root_of_hashes(HASHES[:size])
    assert tree_root(TileNodes(lambda level, number: tiles[level, number], size).node, size) == root
    widths = {key: len(tile) // 32 for key, tile in tiles.items()}
    assert widths == {(level, number): width for level, number, width in new_tiles(0, size)}


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_proofs_out_of_tiles_satisfy_the_reader(data: st.DataObject) -> None:
    tiles, size, root = tiles_of([data.draw(st.integers(1, 1400))])
    node = TileNodes(lambda level, number: tiles[level, number], size).node
    index = data.draw(st.integers(0, size - 1))
    verify_inclusion(index, size, HASHES[index], inclusion_proof(node, index, size), root)
    old = data.draw(st.integers(1, size))
    old_root = root_of_hashes(HASHES[:old])
    verify_consistency(old, size, old_root, root, consistency_proof(node, old, size))


@pytest.mark.parametrize("size", range(1, 18))
def test_every_proof_of_a_small_tree_holds_and_no_other_does(size: int) -> None:
    tree = ListTree(HASHES[:size])
    for index in range(size):
        proof = tree.inclusion_proof(index)
        verify_inclusion(index, size, HASHES[index], proof, tree.root)
        with pytest.raises(ProofError):
            verify_inclusion(index, size, HASHES[index + 1], proof, tree.root)
    for old in range(1, size + 1):
        proof = consistency_proof(tree.node, old, size)
        verify_consistency(old, size, ListTree(HASHES[:old]).root, tree.root, proof)
        with pytest.raises(ProofError):
            verify_consistency(old, size, HASHES[20], tree.root, proof)


def test_there_is_no_proof_out_of_range() -> None:
    tree = ListTree(HASHES[:4])
    for index in (-1, 4):
        with pytest.raises(ValueError):
            inclusion_proof(tree.node, index, 4)
    for old in (0, 5):
        with pytest.raises(ValueError):
            consistency_proof(tree.node, old, 4)
    assert tree_root(tree.node, 0) == EMPTY_ROOT == EMPTY_EDGE.root


@pytest.mark.parametrize(
    ("level", "number", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 999, 1, "tile/0/999.p/1"),
        (1, 1000, 256, "tile/1/x001/000"),
        (63, 1234067, 255, "tile/63/x001/x234/067.p/255"),
    ],
)
def test_tile_paths_are_those_of_the_specification(level: int, number: int, width: int, path: str) -> None:
    assert tile_path(level, number, width) == path
    assert entries_path(number, width) == path.replace(f"tile/{level}/", "tile/entries/")


def test_a_tile_is_never_empty_nor_wider_than_256() -> None:
    for width in (0, 257):
        with pytest.raises(ValueError):
            tile_path(0, 0, width)


def test_a_tree_of_70000_has_the_tiles_that_the_specification_counts() -> None:
    tiles = list(new_tiles(0, 70_000))
    assert sum(level == 0 and width == 256 for level, _, width in tiles) == 273
    assert [tile for tile in tiles if tile[2] != 256] == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert list(new_tiles(0, 256)) == [(0, 0, 256), (1, 0, 1)]
    assert tile_width(70_000, 0, 274) == 0


def test_growth_names_only_tiles_that_changed() -> None:
    assert list(new_tiles(300, 300)) == []
    assert list(new_tiles(300, 301)) == [(0, 1, 45)]
    assert list(new_tiles(511, 513)) == [(0, 1, 256), (0, 2, 1), (1, 0, 2)]


@given(st.lists(st.binary(max_size=40), max_size=30))
def test_entries_of_a_bundle_come_back(entries: list[bytes]) -> None:
    assert split_entries(encode_entries(entries)) == entries


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=30), st.data())
def test_one_entry_is_found_without_splitting_the_bundle(entries: list[bytes], data: st.DataObject) -> None:
    bundle, position = encode_entries(entries), data.draw(st.integers(0, len(entries) - 1))
    assert entry_at(bundle, position) == entries[position]
    for cut in (bundle, bundle[:-1]):
        with pytest.raises(ValueError):
            entry_at(cut, len(entries) if cut is bundle else len(entries) - 1)


@pytest.mark.parametrize("bundle", [b"\0", b"\0\1", b"\0\0\0\5abcd"])
def test_a_bundle_that_is_cut_off_is_refused(bundle: bytes) -> None:
    with pytest.raises(ValueError):
        split_entries(bundle)


def test_runs_of_entries_are_cut_at_the_borders_of_bundles() -> None:
    runs = entry_runs(250, [b"x"] * 300)
    assert [(run.bundle, run.start, len(run.entries) // 3) for run in runs] == [
        (0, 250, 6),
        (1, 0, 256),
        (2, 0, 38),
    ]


@given(st.integers(0, 300), st.integers(0, 300))
@settings(max_examples=40, deadline=None)
def test_an_edge_that_grows_twice_is_the_edge_that_grew_once(first: int, second: int) -> None:
    twice = EMPTY_EDGE.extend(HASHES[:first])[0].extend(HASHES[first : first + second])[0]
    once = EMPTY_EDGE.extend(HASHES[: first + second])[0]
    assert (twice.size, twice.root) == (once.size, once.root)


@pytest.mark.parametrize(("level", "index"), [(0, 5), (1, 2), (2, 1), (3, 0)])
def test_a_subtree_that_is_not_complete_has_no_root(level: int, index: int) -> None:
    with pytest.raises(IndexError):
        ListTree(HASHES[:5]).node(level, index)
