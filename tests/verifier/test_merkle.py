"""Proofs: the definitions of RFC 6962, stored vectors, and a peer that we did not write."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from certverify.errors import ProofError
from certverify.merkle import leaf_hash, node_hash, root_of_hashes, verify_consistency, verify_inclusion
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from tests.verifier import builders

VECTORS = Path(__file__).parent.parent / "vectors" / "merkle"
HASHES = [leaf_hash(b"%d" % n) for n in range(70)]
SIZES = st.integers(1, 70)


def vectors(name: str) -> list[Any]:
    rows = json.loads((VECTORS / f"{name}.json").read_text())
    return [pytest.param(row, id=f"{number}-{row['what']}") for number, row in enumerate(rows)]


def holds(check: Any, *arguments: Any) -> bool:
    try:
        check(*arguments)
    except ProofError:
        return False
    return True


def raw(row: dict[str, Any], key: str) -> bytes:
    return base64.b64decode(row[key])


def proof_of(row: dict[str, Any]) -> list[bytes]:
    return [base64.b64decode(item) for item in row["proof"]]


@pytest.mark.parametrize("row", vectors("inclusion"))
def test_stored_inclusion_proofs_hold_or_fail_as_written(row: dict[str, Any]) -> None:
    told = holds(
        verify_inclusion, row["index"], row["size"], raw(row, "leaf"), proof_of(row), raw(row, "root")
    )
    assert told is row["holds"]


@pytest.mark.parametrize("row", vectors("consistency"))
def test_stored_consistency_proofs_hold_or_fail_as_written(row: dict[str, Any]) -> None:
    roots = raw(row, "root1"), raw(row, "root2")
    assert holds(verify_consistency, row["size1"], row["size2"], *roots, proof_of(row)) is row["holds"]


@given(st.integers(0, 70))
def test_the_root_is_that_of_the_recursive_definition(size: int) -> None:
    assert root_of_hashes(HASHES[:size]) == builders.mth(HASHES[:size])


@given(st.data(), SIZES)
def test_every_leaf_is_proven_in_every_tree(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = builders.path(index, HASHES[:size])
    verify_inclusion(index, size, HASHES[index], proof, builders.mth(HASHES[:size]))


def test_every_prefix_is_proven_in_every_tree_and_no_other_root_is() -> None:
    for size2 in range(1, 34):
        root2 = builders.mth(HASHES[:size2])
        for size1 in range(1, size2 + 1):
            proof = builders.consistency(size1, HASHES[:size2])
            verify_consistency(size1, size2, builders.mth(HASHES[:size1]), root2, proof)
            assert not holds(verify_consistency, size1, size2, HASHES[69], root2, proof)


def test_from_the_empty_tree_only_an_empty_proof_holds() -> None:
    empty = builders.mth([])
    verify_consistency(0, 5, empty, HASHES[0], [])
    assert not holds(verify_consistency, 0, 5, empty, HASHES[0], [HASHES[1]])
    assert not holds(verify_consistency, 0, 5, HASHES[1], HASHES[0], [])
    assert not holds(verify_consistency, 5, 5, HASHES[1], HASHES[0], [])


@settings(max_examples=60)
@given(st.data(), SIZES)
def test_a_flipped_bit_anywhere_in_an_inclusion_proof_is_noticed(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    parts = [HASHES[index], *builders.path(index, HASHES[:size]), builders.mth(HASHES[:size])]
    at, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    hurt = bytearray(parts[at])
    hurt[bit // 8] ^= 1 << bit % 8
    parts[at] = bytes(hurt)
    assert not holds(verify_inclusion, index, size, parts[0], parts[1:-1], parts[-1])


@settings(max_examples=25)
@given(st.data(), st.integers(1, 40))
def test_pymerkle_grows_the_same_trees_and_proves_the_same_leaves(data: st.DataObject, size: int) -> None:
    peer = InmemoryTree()
    entries = [b"entry %d" % n for n in range(size)]
    for entry in entries:
        peer.append_entry(entry)
    assert peer.get_root() == root_of_hashes([leaf_hash(entry) for entry in entries])
    index = data.draw(st.integers(0, size - 1))
    leaf = leaf_hash(entries[index])
    siblings = [item for item in peer.prove_inclusion(index + 1, size).path if item != leaf]
    verify_inclusion(index, size, leaf, siblings, peer.get_root())
    size1 = data.draw(st.integers(1, size))
    assert peer.get_root(size1) == root_of_hashes([leaf_hash(entry) for entry in entries[:size1]])


def test_leaves_and_nodes_are_hashed_apart() -> None:
    left, right = HASHES[:2]
    assert node_hash(left, right) != leaf_hash(left + right)
