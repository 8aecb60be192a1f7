"""Leaves of the log: events, manifests, seals (docs/formats/ledger.md)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import Any

from certverify import ed25519
from certverify.errors import CborError, KeyUnknownError, LeafError
from certverify.merkle import HASH_BYTES
from certverify.status import MIN_SLOTS, Status, is_array_size
from certverify.strict_cbor import decode_cbor, encode_cbor, is_uint
from certverify.trust import KID_BYTES, RecordKey, TrustList

MAX_LEAF_BYTES = 512
_FORMAT = 1
_ALG_EDDSA = -8
_MANIFEST = 100
_SEAL = 101
_MANIFEST_DOMAIN = b"certsvc/manifest/v1\x00"
_COMMITMENT_DOMAIN = b"certsvc/commitment/v1\x00"


class EventType(IntEnum):
    """What happened to a certificate version (or to a credit record)."""

    ISSUED = 1
    CORRECTED = 2
    REVOKED = 3
    WRITTEN_OFF = 4
    VOIDED = 5
    SUSPENDED = 6
    REINSTATED = 7
    CREDIT_OPENED = 8
    CREDIT_CLOSED = 9
    HISTORICAL = 10

    @property
    def status_after(self) -> Status:
        """The value that the slot has after this event."""
        return _STATUS_AFTER[self]


_STATUS_AFTER = {
    EventType.ISSUED: Status.VALID,
    EventType.CORRECTED: Status.SUPERSEDED,
    EventType.REVOKED: Status.REVOKED,
    EventType.WRITTEN_OFF: Status.WRITTEN_OFF,
    EventType.VOIDED: Status.VOIDED,
    EventType.SUSPENDED: Status.SUSPENDED,
    EventType.REINSTATED: Status.VALID,
    EventType.CREDIT_OPENED: Status.VALID,
    EventType.CREDIT_CLOSED: Status.UNASSIGNED,
    EventType.HISTORICAL: Status.HISTORICAL,
}


@dataclass(frozen=True, slots=True)
class EventLeaf:
    """One event on one slot. `effective_on` counts days, `logged_hour` hours since 1970."""

    type: EventType
    kid: bytes
    slot: int
    seq: int
    prev: bytes | None
    effective_on: int
    logged_hour: int
    commitment: bytes


@dataclass(frozen=True, slots=True)
class ManifestLeaf:
    """The authority's statement that the `count` event leaves from `first_index` on, with `root`, are its own."""

    kid: bytes
    first_index: int
    count: int
    root: bytes
    signature: bytes

    def verify(self, trust_list: TrustList) -> RecordKey:
        """The key of the trust list that signed this manifest. Raises KeyUnknownError and SignatureError."""
        key = trust_list.record_keys.get(self.kid)
        if key is None:
            raise KeyUnknownError("the manifest names a key outside the trust list")
        signed = [_FORMAT, _MANIFEST, _ALG_EDDSA, self.kid, self.first_index, self.count, self.root]
        ed25519.verify(key.public_key, self.signature, _MANIFEST_DOMAIN + encode_cbor(signed))
        return key


@dataclass(frozen=True, slots=True)
class SealLeaf:
    """The last leaf of a batch: root and length of the status array at this point of the log."""

    index: int
    slots: int
    root: bytes


Leaf = EventLeaf | ManifestLeaf | SealLeaf


def decode_leaf(raw_leaf: bytes) -> Leaf:
    """The leaf in entry bytes. Raises LeafError."""
    try:
        fields = decode_cbor(raw_leaf, limit=MAX_LEAF_BYTES)
    except CborError as error:
        raise LeafError("not deterministic CBOR") from error
    if type(fields) is not list or len(fields) < 2 or fields[0] != _FORMAT or type(fields[0]) is not int:
        raise LeafError("not a leaf of format 1")
    match fields[1]:
        case int(kind) if kind == _MANIFEST:
            return _manifest(fields)
        case int(kind) if kind == _SEAL:
            return _seal(fields)
    return _event(fields)


def commitment(salt: bytes, payload: bytes) -> bytes:
    """What an event leaf says about the private payload: SHA-256(domain || 0x00 || salt || payload)."""
    return sha256(_COMMITMENT_DOMAIN + salt + payload).digest()


def _event(fields: list[Any]) -> EventLeaf:
    if len(fields) != 10:
        raise LeafError("an event has 10 items")
    _, kind, alg, kid, slot, seq, prev, effective_on, logged_hour, committed = fields
    well_formed = (
        type(kind) is int
        and alg == _ALG_EDDSA
        and _is_bytes(kid, KID_BYTES)
        and all(map(is_uint, (slot, seq, effective_on, logged_hour)))
        and (prev is None if seq == 0 else _is_bytes(prev, HASH_BYTES))
        and _is_bytes(committed, HASH_BYTES)
    )
    if not well_formed or kind not in _STATUS_AFTER:
        raise LeafError("an item of the event is malformed")
    return EventLeaf(EventType(kind), kid, slot, seq, prev, effective_on, logged_hour, committed)


def _manifest(fields: list[Any]) -> ManifestLeaf:
    if len(fields) != 8:
        raise LeafError("a manifest has 8 items")
    _, _, alg, kid, first_index, count, root, signature = fields
    well_formed = (
        alg == _ALG_EDDSA
        and _is_bytes(kid, KID_BYTES)
        and is_uint(first_index)
        and is_uint(count)
        and count >= 1
        and _is_bytes(root, HASH_BYTES)
        and _is_bytes(signature, ed25519.SIGNATURE_BYTES)
    )
    if not well_formed:
        raise LeafError("an item of the manifest is malformed")
    return ManifestLeaf(kid, first_index, count, root, signature)


def _seal(fields: list[Any]) -> SealLeaf:
    if len(fields) != 5:
        raise LeafError("a seal has 5 items")
    _, _, index, slots, root = fields
    if not (is_uint(index) and is_uint(slots) and is_array_size(slots) and _is_bytes(root, HASH_BYTES)):
        raise LeafError(f"an item of the seal is malformed (at least {MIN_SLOTS} slots, a power of two)")
    return SealLeaf(index, slots, root)


def _is_bytes(value: object, length: int) -> bool:
    return type(value) is bytes and len(value) == length
