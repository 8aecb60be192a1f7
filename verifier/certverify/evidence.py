"""The parts that bundles are made of: leaves, chunks and openings with their proofs, as presented, none of them verified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from certverify.errors import JsonError
from certverify.strict_json import base64_bytes, items, only_keys, whole_number

MAX_BUNDLE_BYTES = 1 << 20
MAX_PROOF_HASHES = 64
SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class ProvenLeaf:
    """A leaf as presented, its log index, and its inclusion proof in the tree of the checkpoint."""

    index: int
    raw_leaf: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ProvenChunk:
    """A chunk of the status array as presented, its number, and its proof in the status tree of the seal."""

    index: int
    chunk: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens the commitment of an event: the salt, and the private payload of docs/formats/content.md."""

    salt: bytes
    payload: bytes


def read_proven_leaf(value: object) -> ProvenLeaf:
    """The leaf in an object of `index`, `leaf` and `proof`. Raises JsonError."""
    fields = only_keys(value, ("index", "leaf", "proof"))
    return ProvenLeaf(
        whole_number(fields["index"]), base64_bytes(fields["leaf"]), read_hashes(fields["proof"])
    )


def read_proven_chunk(value: object) -> ProvenChunk:
    """The chunk in an object of `chunk_index`, `chunk` and `proof`. Raises JsonError."""
    fields = only_keys(value, ("chunk_index", "chunk", "proof"))
    return ProvenChunk(
        whole_number(fields["chunk_index"]), base64_bytes(fields["chunk"]), read_hashes(fields["proof"])
    )


def read_opening(value: object) -> Opening | None:
    """The opening in an object of `salt` and `payload`; None for null, where the content stays closed. Raises JsonError."""
    if value is None:
        return None
    opening = only_keys(value, ("salt", "payload"))
    salt = base64_bytes(opening["salt"])
    if len(salt) != SALT_BYTES:
        raise JsonError("a salt has 32 bytes")
    return Opening(salt, base64_bytes(opening["payload"]))


def read_hashes(value: object) -> tuple[bytes, ...]:
    """The hashes of a proof, their lengths unchecked. Raises JsonError."""
    listed = items(value)
    if len(listed) > MAX_PROOF_HASHES:
        raise JsonError("a proof is too long")
    return tuple(map(base64_bytes, listed))


def without(fields: dict[str, Any], *left_out: str) -> dict[str, Any]:
    """The object without some of its keys."""
    return {key: value for key, value in fields.items() if key not in left_out}
