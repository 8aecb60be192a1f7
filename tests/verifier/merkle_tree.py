"""The Merkle tree by the recursive definitions of RFC 6962 section 2.1, beside which the verifier is tested."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def sha(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def split(n: int) -> int:
    return 1 << ((n - 1).bit_length() - 1)


def mth(hashes: Sequence[bytes]) -> bytes:
    if not hashes:
        return sha(b"")
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return sha(b"\x01" + mth(hashes[:k]) + mth(hashes[k:]))


def path(m: int, hashes: Sequence[bytes]) -> list[bytes]:
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if m < k:
        return [*path(m, hashes[:k]), mth(hashes[k:])]
    return [*path(m - k, hashes[k:]), mth(hashes[:k])]


def consistency(m: int, hashes: Sequence[bytes], whole: bool = True) -> list[bytes]:
    if m == len(hashes):
        return [] if whole else [mth(hashes)]
    k = split(len(hashes))
    if m <= k:
        return [*consistency(m, hashes[:k], whole), mth(hashes[k:])]
    return [*consistency(m - k, hashes[k:], False), mth(hashes[:k])]


def leaf_hash(entry: bytes) -> bytes:
    return sha(b"\x00" + entry)
