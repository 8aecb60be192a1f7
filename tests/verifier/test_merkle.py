"""Proofs: the definitions of RFC 6962, stored vectors, the service's prover, and a peer that we did not write."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from certverify.errors import ProofError
from certverify.merkle import leaf_hash, node_hash, root_of_hashes, verify_consistency, verify_inclusion
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import ConsistencyProof, InclusionProof, InmemoryTree, InvalidProof

from certsvc.formats.merkle import ListTree, consistency_proof
from scripts.make_merkle_vectors import make_vectors
from tests.verifier import builders

VECTORS = Path(__file__).parent.parent / "vectors" / "merkle"
HASHES = [leaf_hash(b"%d" % n) for n in range(70)]
SIZES = st.integers(1, 70)
LARGE = 4_000
ENTRIES = [b"entry %d" % n for n in range(LARGE)]
Proof = list[bytes]


@cache
def vectors(name: str) -> tuple[list[bytes], list[dict[str, Any]]]:
    """The hashes and the cases of a file; the cases name hashes by their place."""
    file = json.loads((VECTORS / f"{name}.json").read_text())
    return [base64.b64decode(item) for item in file["hashes"]], file["cases"]


@cache
def large_tree() -> ListTree:
    return ListTree([leaf_hash(entry) for entry in ENTRIES])


@cache
def peer_tree() -> InmemoryTree:
    peer = InmemoryTree()
    for entry in ENTRIES[:600]:
        peer.append_entry(entry)
    return peer


def holds(check: Any, *arguments: Any) -> bool:
    try:
        check(*arguments)
    except ProofError:
        return False
    return True


def test_the_generator_still_writes_the_stored_proofs() -> None:
    for name, content in make_vectors().items():
        assert content == (VECTORS / name).read_bytes(), f"{name} differs"


def test_stored_inclusion_proofs_hold_or_fail_as_written() -> None:
    hashes, cases = vectors("inclusion")
    for case in cases:
        leaf, root, proof = hashes[case["leaf"]], hashes[case["root"]], [hashes[at] for at in case["proof"]]
        told = holds(verify_inclusion, case["index"], case["size"], leaf, proof, root)
        assert told is case["holds"], case


def test_stored_consistency_proofs_hold_or_fail_as_written() -> None:
    hashes, cases = vectors("consistency")
    for case in cases:
        roots, proof = (hashes[case["root1"]], hashes[case["root2"]]), [hashes[at] for at in case["proof"]]
        told = holds(verify_consistency, case["size1"], case["size2"], *roots, proof)
        assert told is case["holds"], case


def test_the_services_prover_writes_the_stored_good_proofs() -> None:
    tree = ListTree([leaf_hash(b"leaf %d" % n) for n in range(1000)])
    hashes, cases = vectors("inclusion")
    for case in cases:
        if case["what"] == "good":
            nodes = ListTree([tree.node(0, at) for at in range(case["size"])])
            assert list(nodes.inclusion_proof(case["index"])) == [hashes[at] for at in case["proof"]]
            assert nodes.root == hashes[case["root"]]
    hashes, cases = vectors("consistency")
    for case in cases:
        if case["what"] == "good":
            made = consistency_proof(tree.node, case["size1"], case["size2"])
            assert list(made) == [hashes[at] for at in case["proof"]]


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


def spoiled(proof: Proof, dice: Callable[[int], int]) -> Iterator[tuple[str, Proof]]:
    """The proof with one bit flipped, and with a hash dropped, added, doubled or swapped with its neighbour."""
    yield "added", [*proof, HASHES[0]]
    yield "put before", [HASHES[0], *proof]
    if proof:
        at, bit = dice(len(proof) - 1), dice(255)
        hurt = bytearray(proof[at])
        hurt[bit // 8] ^= 1 << bit % 8
        yield "flipped", [*proof[:at], bytes(hurt), *proof[at + 1 :]]
        yield "dropped", [*proof[:at], *proof[at + 1 :]]
        yield "doubled", [*proof[:at], proof[at], *proof[at:]]
    if len(proof) > 1:
        at = dice(len(proof) - 2)
        yield "swapped", [*proof[:at], proof[at + 1], proof[at], *proof[at + 2 :]]


@settings(max_examples=80, deadline=None)
@given(st.data(), st.integers(1, LARGE))
def test_a_proof_of_the_service_holds_in_a_tree_of_thousands_and_no_spoiled_one_does(
    data: st.DataObject, size2: int
) -> None:
    def dice(highest: int) -> int:
        return data.draw(st.integers(0, highest))

    hashes = [large_tree().node(0, at) for at in range(size2)]
    tree, index = ListTree(hashes), dice(size2 - 1)
    root2, proof = tree.root, list(tree.inclusion_proof(index))
    assert root2 == builders.mth(hashes)
    assert proof == builders.path(index, hashes)
    verify_inclusion(index, size2, hashes[index], proof, root2)
    for how, changed in spoiled(proof, dice):
        assert not holds(verify_inclusion, index, size2, hashes[index], changed, root2), how
    size1 = index + 1
    root1, proof = builders.mth(hashes[:size1]), list(consistency_proof(tree.node, size1, size2))
    assert proof == builders.consistency(size1, hashes)
    verify_consistency(size1, size2, root1, root2, proof)
    for how, changed in spoiled(proof, dice):
        assert not holds(verify_consistency, size1, size2, root1, root2, changed), how


def test_every_leaf_and_every_prefix_of_every_tree_up_to_64_is_proven_at_its_place_alone() -> None:
    trees = [ListTree(HASHES[:size]) for size in range(65)]
    roots = [builders.mth(HASHES[:size]) for size in range(65)]
    for size2 in range(1, 65):
        for size1 in range(1, size2 + 1):
            index, tree = size1 - 1, trees[size2]
            proof = tree.inclusion_proof(index)
            verify_inclusion(index, size2, HASHES[index], proof, roots[size2])
            other = (index + 1) % size2
            assert other == index or not holds(
                verify_inclusion, other, size2, HASHES[index], proof, roots[size2]
            )
            proof = consistency_proof(tree.node, size1, size2)
            verify_consistency(size1, size2, roots[size1], roots[size2], proof)
            assert not holds(verify_consistency, size1, size2, roots[size1 - 1], roots[size2], proof)


# pymerkle follows RFC 9162 in hashing and in the shape of its trees (SHA-256, prefixes 0x00 and 0x01). Its inclusion proofs
# begin with the leaf and name the side of every hash; ours become such by adding both, which its verifier recomputes.


def as_peer_inclusion(index: int, size: int, leaf: bytes, proof: Proof) -> InclusionProof:
    rule = peer_tree().prove_inclusion(index + 1, size).rule
    return InclusionProof("sha256", True, size, index + 1, rule, [leaf, *proof])


def peer_accepts(proof: InclusionProof | ConsistencyProof, *arguments: bytes, **sizes: int) -> bool:
    try:
        proof.verify(*arguments, algorithm="sha256", **sizes)
    except InvalidProof:
        return False
    return True


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(1, 600))
def test_pymerkle_grows_the_same_trees_and_takes_and_gives_the_same_inclusion_proofs(
    data: st.DataObject, size: int
) -> None:
    tree, index = (
        ListTree([leaf_hash(entry) for entry in ENTRIES[:size]]),
        data.draw(st.integers(0, size - 1)),
    )
    assert peer_tree().get_root(size) == tree.root
    leaf, proof = tree.node(0, index), list(tree.inclusion_proof(index))
    assert peer_tree().prove_inclusion(index + 1, size).path == [leaf, *proof]
    for changed in (proof, *(changed for _, changed in spoiled(proof, lambda highest: highest // 2))):
        told = holds(verify_inclusion, index, size, leaf, changed, tree.root)
        peer = as_peer_inclusion(index, size, leaf, changed)
        assert peer_accepts(peer, leaf, tree.root, index=index + 1, size=size) is told


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(2, 600))
def test_pymerkle_proves_the_same_prefixes(data: st.DataObject, size2: int) -> None:
    tree, size1 = (
        ListTree([leaf_hash(entry) for entry in ENTRIES[:size2]]),
        data.draw(st.integers(1, size2 - 1)),
    )
    root1 = ListTree([leaf_hash(entry) for entry in ENTRIES[:size1]]).root
    assert peer_tree().get_root(size1) == root1
    proof = list(consistency_proof(tree.node, size1, size2))
    peer = peer_tree().prove_consistency(size1, size2)
    # pymerkle splits the old tree down to its last leaf, so the paths differ; what they prove must not.
    for old in (root1, flip(root1)):
        for new in (tree.root, flip(tree.root)):
            told = holds(verify_consistency, size1, size2, old, new, proof)
            assert peer_accepts(peer, old, new, prior_size=size1, later_size=size2) is told
            assert told is (old == root1 and new == tree.root)


def flip(content: bytes) -> bytes:
    return bytes([content[0] ^ 1]) + content[1:]


def test_leaves_and_nodes_are_hashed_apart() -> None:
    left, right = HASHES[:2]
    assert node_hash(left, right) != leaf_hash(left + right)
