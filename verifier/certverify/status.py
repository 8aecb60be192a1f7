"""The status array: 4 bits a slot, chunks of 256 bytes, shards of 65,536 bytes (docs/formats/ledger.md)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from certverify.errors import StatusError
from certverify.merkle import HASH_BYTES, leaf_hash, root_of_hashes

CHUNK_BYTES = 256
CHUNK_SLOTS = 2 * CHUNK_BYTES
SHARD_SLOTS = 1 << 17
SHARD_BYTES = SHARD_SLOTS // 2
MIN_SLOTS = SHARD_SLOTS
MAX_SLOTS = 1 << 34


class Status(IntEnum):
    """The values of a slot."""

    UNASSIGNED = 0
    VALID = 1
    SUSPENDED = 2
    REVOKED = 3
    WRITTEN_OFF = 4
    VOIDED = 5
    SUPERSEDED = 6
    HISTORICAL = 7


def is_array_size(slots: int) -> bool:
    """Whether a status array may have this many slots: a power of two, at least one shard."""
    return MIN_SLOTS <= slots <= MAX_SLOTS and slots & (slots - 1) == 0


def status_in_chunk(chunk: bytes, slot: int) -> Status:
    """The status of `slot`, read from its chunk. Raises StatusError, also for the unassigned values 8 to 15."""
    return _nibble(chunk, CHUNK_BYTES, slot % CHUNK_SLOTS)


def status_in_shard(shard: bytes, slot: int) -> Status:
    """The status of `slot`, read from its shard. Raises StatusError."""
    return _nibble(shard, SHARD_BYTES, slot % SHARD_SLOTS)


def shard_root(shard: bytes) -> bytes:
    """The node 8 levels above the chunks of a shard. Raises StatusError."""
    if len(shard) != SHARD_BYTES:
        raise StatusError("a shard has 65,536 bytes")
    return root_of_hashes(
        [leaf_hash(shard[start : start + CHUNK_BYTES]) for start in range(0, SHARD_BYTES, CHUNK_BYTES)]
    )


def decode_shard_roots(raw_roots: bytes, slots: int) -> tuple[bytes, ...]:
    """The shard roots in a `roots` file of an array of `slots` slots, in order. Raises StatusError."""
    if len(raw_roots) != slots // SHARD_SLOTS * HASH_BYTES:
        raise StatusError("the list of shard roots has the wrong length")
    return tuple(raw_roots[start : start + HASH_BYTES] for start in range(0, len(raw_roots), HASH_BYTES))


def array_root(shard_roots: Sequence[bytes]) -> bytes:
    """The root that a seal states, over all shard roots in order."""
    return root_of_hashes(shard_roots)


def _nibble(raw_part: bytes, length: int, offset: int) -> Status:
    if len(raw_part) != length:
        raise StatusError(f"not {length} bytes")
    octet = raw_part[offset >> 1]
    try:
        return Status(octet >> 4 if offset & 1 else octet & 0x0F)
    except ValueError as error:
        raise StatusError("a status value without a meaning") from error
