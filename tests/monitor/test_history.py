"""Two signed checkpoints: one history, a proven fork, or not to be told."""

from __future__ import annotations

from pathlib import Path

import pytest
from certverify.checkpoint import Checkpoint
from certverify.monitor_history import Relation, relation
from certverify.tree import PublicTree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.verifier.builders import leaf_hash, mth, tiles, write_files

SIZES = (1, 2, 255, 256, 257, 300, 511, 512, 700)
ENTRIES = [b"%d" % at for at in range(SIZES[-1])]
HASHES = [leaf_hash(entry) for entry in ENTRIES]
OTHERS = [*HASHES[:100], *(leaf_hash(b"other %d" % at) for at in range(600))]


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> dict[int, PublicTree]:
    made = {}
    for size in SIZES:
        folder: Path = tmp_path_factory.mktemp(f"tree{size}")
        write_files(folder, tiles(ENTRIES[:size]))
        made[size] = PublicTree(folder)
    return made


def at(size: int, hashes: list[bytes] = HASHES) -> Checkpoint:
    return Checkpoint("log", size, mth(hashes[:size]))


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_prefix_is_one_history_and_every_other_root_a_fork(
    trees: dict[int, PublicTree], data: st.DataObject
) -> None:
    size = data.draw(st.sampled_from(SIZES))
    smaller = data.draw(st.integers(0, size))
    tree = trees[size]
    assert tree.prefix_root(smaller, size) == mth(HASHES[:smaller])
    assert relation([tree], at(smaller), at(size)) is Relation.ONE_HISTORY
    assert relation([tree], at(size), at(smaller)) is Relation.ONE_HISTORY
    if smaller > 100:
        assert relation([tree], at(smaller, OTHERS), at(size)) is Relation.FORK


def test_tiles_of_another_tree_prove_nothing(trees: dict[int, PublicTree]) -> None:
    assert relation([trees[700]], at(300), at(512, OTHERS)) is Relation.UNPROVEN
    assert relation([], at(300), at(512)) is Relation.UNPROVEN
    assert relation([trees[2], trees[512]], at(300), at(512)) is Relation.ONE_HISTORY


def test_equal_sizes_need_no_tiles() -> None:
    assert relation([], at(300), at(300)) is Relation.ONE_HISTORY
    assert relation([], at(300), at(300, OTHERS)) is Relation.FORK
