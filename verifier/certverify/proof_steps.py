"""The steps that every bundle goes through: each returns what it has proven, or stops the check with its code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from certverify.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint
from certverify.codes import Code
from certverify.errors import (
    CertverifyError,
    CheckpointError,
    JsonError,
    KeyNotInForceError,
    KeyUnknownError,
    LeafError,
    ProofError,
    SignatureError,
    StatusError,
)
from certverify.evidence import MAX_BUNDLE_BYTES, Opening, ProvenChunk, ProvenLeaf
from certverify.examination import Examination
from certverify.leaf import EventLeaf, EventType, Leaf, ManifestLeaf, SealLeaf, commitment, decode_leaf
from certverify.ledger import LedgerUnavailable, LedgerView, freshness_of
from certverify.merkle import leaf_hash, verify_inclusion
from certverify.record import Record
from certverify.status import CHUNK_SLOTS, Status, status_in_chunk
from certverify.strict_json import day, decode_json, encode_canonical, only_keys
from certverify.trust import RecordKey, Trust
from certverify.verdict import Authentic

FIRST_EVENTS = {EventType.ISSUED: "issued", EventType.HISTORICAL: "historical"}
_CONTENT_KEYS = (
    "format", "event", "number", "version", "slot", "name", "sex", "born_on", "id_kind", "id_number",
    "series", "title", "level", "way", "specialty", "validity_area", "acquired_on", "issued_on",
    "announcement_on", "committee_code", "committee_name", "announcing_body", "announcement_ref", "issuer",
    "unit_name", "unit_region",
)  # fmt: skip


class StopError(CertverifyError):
    """A step has failed; the later ones would say nothing."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code


def opened_checkpoint(raw_checkpoint: bytes, trust: Trust) -> SignedCheckpoint:
    """The checkpoint in the note, signed by the log of the trust list."""
    try:
        return open_checkpoint(raw_checkpoint, trust.trust_list.log_keys, trust.policy)
    except CheckpointError as error:
        raise StopError(Code.CHECKPOINT_UNREADABLE) from error
    except KeyNotInForceError as error:
        raise StopError(Code.CHECKPOINT_KEY_NOT_IN_FORCE) from error
    except KeyUnknownError as error:
        raise StopError(Code.CHECKPOINT_KEY_UNKNOWN) from error
    except SignatureError as error:
        raise StopError(Code.CHECKPOINT_FORGED) from error


def newer_state(
    exam: Examination, signed: SignedCheckpoint, ledger: LedgerView | LedgerUnavailable | None
) -> LedgerView | None:
    """The state of the tree beside a bundle, when it goes on where the bundle ends; what contradicts it is noted."""
    if ledger is None or isinstance(ledger, LedgerUnavailable):
        if ledger is not None and ledger.code is Code.TREE_INCONSISTENT:
            exam.codes.append(ledger.code)
        return None
    if ledger.contradicts(signed.checkpoint):
        exam.codes.append(Code.BUNDLE_CONFLICT)
        return None
    return ledger if ledger.is_newer_than(signed.checkpoint, freshness_of(signed, exam.trust)) else None


def included(leaf: ProvenLeaf, tree: Checkpoint) -> Leaf:
    """The leaf, decoded, once it is proven to be in the tree. Raises ProofError and LeafError."""
    verify_inclusion(leaf.index, tree.size, leaf_hash(leaf.raw_leaf), leaf.proof, tree.root)
    return decode_leaf(leaf.raw_leaf)


def included_event(leaf: ProvenLeaf, tree: Checkpoint, code: Code) -> EventLeaf:
    """The event leaf, proven to be in the tree; otherwise the check stops with `code`."""
    try:
        event = included(leaf, tree)
    except (ProofError, LeafError) as error:
        raise StopError(code) from error
    if not isinstance(event, EventLeaf):
        raise StopError(code)
    return event


def included_manifest(leaf: ProvenLeaf, tree: Checkpoint) -> ManifestLeaf:
    """The manifest, proven to be in the tree and to follow its events directly; its signature is not verified yet."""
    try:
        manifest = included(leaf, tree)
    except (ProofError, LeafError) as error:
        raise StopError(Code.MANIFEST_PROOF_BAD) from error
    if not isinstance(manifest, ManifestLeaf) or leaf.index != manifest.first_index + manifest.count:
        raise StopError(Code.MANIFEST_PROOF_BAD)
    return manifest


def verify_covered(
    manifest: ManifestLeaf, leaf: ProvenLeaf, event: EventLeaf, event_proof: tuple[bytes, ...]
) -> None:
    """Return when the manifest covers the event, which stands at its place in the manifest's own tree."""
    if manifest.kid != event.kid:
        raise StopError(Code.MANIFEST_PROOF_BAD)
    place = leaf.index - manifest.first_index
    try:
        verify_inclusion(place, manifest.count, leaf_hash(leaf.raw_leaf), event_proof, manifest.root)
    except ProofError as error:
        raise StopError(Code.MANIFEST_PROOF_BAD) from error


def verify_manifest_key(manifest: ManifestLeaf, trust: Trust) -> None:
    """Return when a key of the trust list has signed the manifest."""
    try:
        manifest.verify(trust.trust_list)
    except KeyUnknownError as error:
        raise StopError(Code.MANIFEST_KEY_UNKNOWN) from error
    except SignatureError as error:
        raise StopError(Code.MANIFEST_FORGED) from error


def opened_content(opening: Opening, event: EventLeaf) -> Any:
    """The JSON value of the payload that the event commits to, in its canonical form."""
    if commitment(opening.salt, opening.payload) != event.commitment:
        raise StopError(Code.COMMITMENT_MISMATCH)
    try:
        content = decode_json(opening.payload, limit=MAX_BUNDLE_BYTES)
        canonical = encode_canonical(content) == opening.payload
    except (JsonError, ValueError) as error:
        raise StopError(Code.CONTENT_MISMATCH) from error
    if not canonical:
        raise StopError(Code.CONTENT_MISMATCH)
    return content


def verify_issue_content(
    exam: Examination, opening: Opening, event: EventLeaf, record: Record, key: RecordKey
) -> None:
    """Return when the opened payload of a first event agrees with the record field by field, and its key spoke for that day."""
    content = opened_content(opening, event)
    try:
        only_keys(content, _CONTENT_KEYS)
        issued_on = day(content["issued_on"])
    except JsonError as error:
        raise StopError(Code.CONTENT_MISMATCH) from error
    expected = _content_of(record) | {"event": FIRST_EVENTS.get(event.type)}
    if not _agrees(content, expected, record.last4):
        raise StopError(Code.CONTENT_MISMATCH)
    if not key.speaks_for(issued_on, corrected=record.version > 1):
        exam.authentic = Authentic.UNKNOWN
        raise StopError(Code.RECORD_KEY_UNKNOWN)


def last_seal(leaf: ProvenLeaf, tree: Checkpoint) -> SealLeaf:
    """The seal, proven to be the last leaf of the tree."""
    try:
        seal = included(leaf, tree)
    except (ProofError, LeafError) as error:
        raise StopError(Code.SEAL_PROOF_BAD) from error
    if not isinstance(seal, SealLeaf) or not seal.index == leaf.index == tree.size - 1:
        raise StopError(Code.SEAL_PROOF_BAD)
    return seal


def sealed_status(chunk: ProvenChunk, seal: SealLeaf, slot: int) -> Status:
    """The status of a slot in a chunk that hashes up to the root of the seal."""
    if slot >= seal.slots or chunk.index != slot // CHUNK_SLOTS:
        raise StopError(Code.STATUS_PROOF_BAD)
    chunks = seal.slots // CHUNK_SLOTS
    try:
        verify_inclusion(chunk.index, chunks, leaf_hash(chunk.chunk), chunk.proof, seal.root)
        return status_in_chunk(chunk.chunk, slot)
    except (ProofError, StatusError) as error:
        raise StopError(Code.STATUS_PROOF_BAD) from error


def status_now(sealed: Status, newer: LedgerView | None, slot: int) -> Status:
    """The status under the bundle's seal, or in the newer state where there is one."""
    answer = sealed if newer is None else newer.status_of(slot)
    if isinstance(answer, Status):
        return answer
    raise StopError(answer)


def _content_of(record: Record) -> dict[str, str | int | None]:
    """What the private payload must say when it agrees with the record field by field."""
    return {
        "format": "certsvc-content/1",
        "number": record.number,
        "version": record.version,
        "slot": record.slot,
        "name": record.name,
        "series": record.series,
        "title": record.title,
        "level": record.level,
        "way": record.way,
        "validity_area": record.validity_area,
        "acquired_on": record.acquired_on.isoformat(),
    }


def _agrees(content: Mapping[str, Any], expected: Mapping[str, str | int | None], last4: str) -> bool:
    same = all(type(content[key]) is type(value) and content[key] == value for key, value in expected.items())
    id_number = content["id_number"]
    return same and type(id_number) is str and id_number[-4:] == last4
