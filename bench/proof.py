"""Proofs in a log of 10 million entries: how large they are, and how long the verifier takes to check them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from statistics import median

from certverify.merkle import leaf_hash, node_hash, verify_inclusion
from certverify.note import decode_verifier_key
from certverify.policy import decode_policy
from certverify.tlog_proof import decode_tlog_proof
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.timing import Measurement, Scale, Target, elapsed
from bench.versions import versions
from certsvc.formats.merkle import Node, inclusion_proof, tree_root
from certsvc.formats.note import (
    checkpoint_text,
    cosignature_line,
    cosignature_message,
    encode_note,
    encode_vkey,
    signature_line,
)
from certsvc.formats.status import CHUNK_BYTES, CHUNK_SLOTS
from certsvc.formats.tlog_proof import encode_tlog_proof

_ENTRIES = 10_000_000
_INDEX = 6_543_210
_ENTRY = bytes(120)
_CHUNKS = (1 << 25) // CHUNK_SLOTS
_ORIGIN, _COSIGNED_AT = "bench.example/log", 1_795_161_600
_CHECKS = 600


def measure(scale: Scale) -> list[Measurement]:
    """Bytes and microseconds of an inclusion proof, of a whole tlog-proof, and of the proof of a status chunk."""
    rounds, repeats = scale.rounds, max(1, round(_CHECKS * scale.seconds / 3))
    leaf = leaf_hash(_ENTRY)
    node = _nodes(leaf, _INDEX)
    path, root = inclusion_proof(node, _INDEX, _ENTRIES), tree_root(node, _ENTRIES)
    chunk = leaf_hash(bytes(CHUNK_BYTES))
    chunk_node = _nodes(chunk, 40_000)
    chunk_path, chunk_root = inclusion_proof(chunk_node, 40_000, _CHUNKS), tree_root(chunk_node, _CHUNKS)

    def microseconds(check: Callable[[], object]) -> float:
        taken = [elapsed(lambda: [check() for _ in range(repeats)]) for _ in range(rounds)]
        return median(taken) / repeats * 1e6

    def include() -> None:
        verify_inclusion(_INDEX, _ENTRIES, leaf_hash(_ENTRY), path, root)

    def include_chunk() -> None:
        verify_inclusion(40_000, _CHUNKS, leaf_hash(bytes(CHUNK_BYTES)), chunk_path, chunk_root)

    open_proof, raw_proof, verify_two = _tlog_proof(path, root)
    hashing = microseconds(lambda: _bare_hashes(len(path)))
    return [
        _bytes("inclusion_proof_bytes", "inclusion proof in a log of 10 million, the hashes", path),
        Measurement(
            "tlog_proof_bytes",
            "the same as a tlog-proof file with its signed checkpoint",
            len(raw_proof),
            "bytes",
            32 * len(path),
            "its hashes alone",
            versions("certverify"),
        ),
        _micro(
            "inclusion_check_us", "check of that inclusion proof", microseconds(include), hashing, len(path)
        ),
        Measurement(
            "tlog_proof_check_us",
            "check of that file: text, signature, cosignature, hashes",
            microseconds(open_proof),
            "µs",
            microseconds(verify_two),
            "two Ed25519 verifications",
            versions("certverify", "cryptography"),
            Target(1_000, at_least=False),
        ),
        _bytes("status_proof_bytes", "proof of a status chunk among 2^25 slots, the hashes", chunk_path),
        _micro(
            "status_check_us",
            "check of that chunk",
            microseconds(include_chunk),
            microseconds(lambda: _bare_hashes(len(chunk_path))),
            len(chunk_path),
        ),
    ]


def _nodes(leaf: bytes, index: int) -> Node:
    """A tree whose leaves are all equal but for `leaf` at `index`: its perfect subtrees are equal too, or hold that one."""
    filler = leaf_hash(b"filler")

    @cache
    def subtree(level: int, at: int, holds_leaf: bool) -> bytes:
        if level == 0:
            return leaf if holds_leaf else filler
        below = [(2 * at, False), (2 * at + 1, False)]
        if holds_leaf:
            below = [(child, index >> (level - 1) == child) for child, _ in below]
        left, right = (subtree(level - 1, child if held else 0, held) for child, held in below)
        return node_hash(left, right)

    def node(level: int, at: int) -> bytes:
        held = index >> level == at
        return subtree(level, at if held else 0, held)

    return node


def _tlog_proof(
    path: tuple[bytes, ...], root: bytes
) -> tuple[Callable[[], object], bytes, Callable[[], object]]:
    """What checks a tlog-proof file, the file, and what verifies two signatures alone."""
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, raw_key = private.public_key(), private.public_key().public_bytes_raw()
    text = checkpoint_text(_ORIGIN, _ENTRIES, root)
    message = cosignature_message(text, _COSIGNED_AT)
    signature, cosignature = private.sign(text.encode()), private.sign(message)
    lines = [
        signature_line(_ORIGIN, raw_key, signature),
        cosignature_line(_ORIGIN, raw_key, _COSIGNED_AT, cosignature),
    ]
    raw_proof = encode_tlog_proof(_INDEX, path, encode_note(text, lines))
    keys, policy = [decode_verifier_key(encode_vkey(_ORIGIN, raw_key))], decode_policy(b"quorum none\n")

    def verify_two() -> None:
        public.verify(signature, text.encode())
        public.verify(cosignature, message)

    return lambda: decode_tlog_proof(raw_proof).open(_ENTRY, keys, policy), raw_proof, verify_two


def _bare_hashes(count: int) -> None:
    pair = b"\x01" + bytes(64)
    for _ in range(count + 1):
        sha256(pair).digest()


def _bytes(key: str, what: str, path: tuple[bytes, ...]) -> Measurement:
    size, depth = sum(map(len, path)), len(path)
    floor_is = f"{depth} hashes of SHA-256"
    return Measurement(
        key, what, size, "bytes", 32 * depth, floor_is, versions("certverify"), Target(1_024, at_least=False)
    )


def _micro(key: str, what: str, value: float, floor: float, hashes: int) -> Measurement:
    floor_is = f"SHA-256, {hashes + 1} times"
    return Measurement(
        key, what, value, "µs", floor, floor_is, versions("certverify"), Target(1_000, at_least=False)
    )
