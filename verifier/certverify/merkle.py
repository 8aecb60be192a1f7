"""The Merkle tree of RFC 6962 section 2, and the verification algorithms of RFC 9162 sections 2.1.3.2 and 2.1.4.2.

Names are those of the RFCs: `fn` and `sn` walk up the path of the leaf (or of the last leaf of the old tree) and of
the last leaf of the tree, `r`, `fr` and `sr` are the hashes rebuilt on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from certverify.errors import ProofError

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one log entry: SHA-256(0x00 || entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def root_of_hashes(hashes: Sequence[bytes]) -> bytes:
    """The Merkle Tree Hash over leaf hashes (or over equal-sized complete subtrees), in order; MTH({}) when empty.

    Pairing neighbours level by level and carrying an odd last node up gives the same tree as the recursive definition.
    """
    if not hashes:
        return EMPTY_ROOT
    row = list(hashes)
    while len(row) > 1:
        paired = [node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        row = [*paired, row[-1]] if len(row) % 2 else paired
    return row[0]


def verify_inclusion(index: int, size: int, hash_of_leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Return when `hash_of_leaf` is leaf `index` of the tree of `size` leaves with `root` (RFC 9162 2.1.3.2).

    Raises ProofError for a wrong hash, a proof that is too long or too short, or an index outside the tree.
    """
    if not 0 <= index < size:
        raise ProofError("the index lies outside the tree")
    _require_hashes(hash_of_leaf, root, *proof)
    fn, sn, r = index, size - 1, hash_of_leaf
    for p in proof:
        if sn == 0:
            raise ProofError("the proof is too long")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            fn, sn = _to_right_child(fn, sn)
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise ProofError("the proof is too short")
    if r != root:
        raise ProofError("the proof does not lead to the root")


def verify_consistency(size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> None:
    """Return when the tree (`size1`, `root1`) is a prefix of the tree (`size2`, `root2`) (RFC 9162 2.1.4.2).

    From the empty tree nothing can be proven, so nothing is asked but an empty proof and, for a known root, the right
    one. Raises ProofError.
    """
    if not 0 <= size1 <= size2:
        raise ProofError("the sizes are out of order")
    _require_hashes(root1, root2, *proof)
    if size1 in (0, size2):
        _verify_trivial(size1, size2, root1, root2, proof)
        return
    if not proof:
        raise ProofError("the proof is empty")
    path = list(proof) if size1 & (size1 - 1) else [root1, *proof]
    fn, sn = size1 - 1, size2 - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            raise ProofError("the proof is too long")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            fn, sn = _to_right_child(fn, sn)
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise ProofError("the proof is too short")
    if fr != root1 or sr != root2:
        raise ProofError("the proof does not lead to the roots")


def _verify_trivial(size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> None:
    if proof:
        raise ProofError("the proof must be empty")
    if size1 == 0 and root1 != EMPTY_ROOT:
        raise ProofError("not the root of the empty tree")
    if size1 == size2 and root1 != root2:
        raise ProofError("one size, two roots")


def _to_right_child(fn: int, sn: int) -> tuple[int, int]:
    """Climb while the node stands alone at the right edge: there it has no sibling to hash with."""
    while fn and not fn & 1:
        fn, sn = fn >> 1, sn >> 1
    return fn, sn


def _require_hashes(*hashes: bytes) -> None:
    if any(len(item) != HASH_BYTES for item in hashes):
        raise ProofError("a hash has 32 bytes")
