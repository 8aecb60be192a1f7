"""The check of a bundle: one file, no network (docs/formats/bundle.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from certverify.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint
from certverify.codes import Code
from certverify.errors import (
    BundleError,
    CertverifyError,
    CheckpointError,
    JsonError,
    KeyUnknownError,
    LeafError,
    ProofError,
    SignatureError,
    StatusError,
)
from certverify.examination import DEFAULT_MAX_AGE, Examination, Question
from certverify.leaf import EventLeaf, EventType, ManifestLeaf, SealLeaf, commitment, decode_leaf
from certverify.ledger import LedgerUnavailable, LedgerView, freshness_of
from certverify.merkle import leaf_hash, verify_inclusion
from certverify.record import Record
from certverify.status import CHUNK_SLOTS, Status, status_in_chunk
from certverify.strict_json import (
    base64_bytes,
    day,
    decode_json,
    encode_canonical,
    items,
    only_keys,
    text,
    whole_number,
)
from certverify.trust import RecordKey, Trust
from certverify.verdict import Authentic, Verdict

MAX_BUNDLE_BYTES = 1 << 20
MAX_PROOF_HASHES = 64
SALT_BYTES = 32
_FIRST_EVENTS = {EventType.ISSUED: "issued", EventType.HISTORICAL: "historical"}
_CONTENT_KEYS = (
    "format", "event", "number", "version", "slot", "name", "sex", "born_on", "id_kind", "id_number",
    "series", "title", "level", "way", "specialty", "validity_area", "acquired_on", "issued_on",
    "announcement_on", "committee_code", "committee_name", "announcing_body", "announcement_ref", "issuer",
    "unit_name", "unit_region",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProvenLeaf:
    """A leaf as presented, with its inclusion proof; `event_proof` only for a manifest."""

    index: int
    raw_leaf: bytes
    proof: tuple[bytes, ...]
    event_proof: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens the commitment of the issue leaf; None in a bundle whose content stays closed."""

    salt: bytes
    payload: bytes


@dataclass(frozen=True, slots=True)
class Bundle:
    """The parts of a bundle, none of them verified."""

    record: str
    opening: Opening | None
    raw_checkpoint: bytes
    issue: ProvenLeaf
    manifest: ProvenLeaf
    seal: ProvenLeaf
    chunk_index: int
    chunk: bytes
    chunk_proof: tuple[bytes, ...]


class _StopError(CertverifyError):
    """A step has failed; the later ones would say nothing."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code


def decode_bundle(raw_bundle: bytes) -> Bundle:
    """The bundle in JSON bytes. Raises BundleError."""
    try:
        return _bundle(decode_json(raw_bundle, limit=MAX_BUNDLE_BYTES))
    except JsonError as error:
        raise BundleError("the bundle cannot be read") from error


def check_bundle(
    raw_bundle: bytes,
    trust: Trust,
    now: datetime,
    place: str | None = None,
    max_age: timedelta = DEFAULT_MAX_AGE,
    ledger: LedgerView | LedgerUnavailable | None = None,
) -> Verdict:
    """The verdict on a bundle, by the steps of docs/formats/bundle.md; the record's own signature comes first.

    `ledger` is the downloaded tree beside the bundle: when its checkpoint is newer, its status and its age count; when
    it contradicts the bundle, or itself, the answer stays open. None, or a tree without a checkpoint that opens: the
    bundle speaks alone.
    """
    exam = Examination(trust, Question(now, place, max_age))
    try:
        bundle = decode_bundle(raw_bundle)
    except BundleError:
        exam.codes.append(Code.BUNDLE_UNREADABLE)
        return exam.verdict()
    record = exam.examine_record(bundle.record)
    if record is None or exam.key is None:
        return exam.verdict()
    try:
        _run_steps(exam, bundle, record, exam.key, ledger)
    except _StopError as stop:
        exam.codes.append(stop.code)
    exam.judge_place(record)
    return exam.verdict()


def _run_steps(
    exam: Examination,
    bundle: Bundle,
    record: Record,
    key: RecordKey,
    ledger: LedgerView | LedgerUnavailable | None,
) -> None:
    signed = _opened(bundle, exam.trust)  # 1, 2
    newer = _newer_state(exam, signed, ledger)
    exam.judge_freshness(freshness_of(signed, exam.trust) if newer is None else newer.freshness)  # 3, 4
    tree = signed.checkpoint
    event = _issue_event(bundle, tree)  # 5
    _verify_manifest(bundle, event, tree, exam.trust)
    _verify_content(exam, bundle, event, record, key)
    seal = _seal(bundle, tree)  # 6
    _verify_chunk(bundle, seal, record)  # 7
    exam.judge_status(_status(bundle, record, newer))  # 8


def _newer_state(
    exam: Examination, signed: SignedCheckpoint, ledger: LedgerView | LedgerUnavailable | None
) -> LedgerView | None:
    """The state of the tree beside the bundle, when it goes on where the bundle ends."""
    if ledger is None or isinstance(ledger, LedgerUnavailable):
        if ledger is not None and ledger.code is Code.TREE_INCONSISTENT:
            exam.codes.append(ledger.code)
        return None
    if ledger.contradicts(signed.checkpoint):
        exam.codes.append(Code.BUNDLE_CONFLICT)
        return None
    as_of = freshness_of(signed, exam.trust).as_of
    return ledger if ledger.is_newer_than(signed.checkpoint, as_of) else None


def _status(bundle: Bundle, record: Record, newer: LedgerView | None) -> Status:
    """The status in the chunk of the bundle, or in the newer state where there is one."""
    try:
        status = status_in_chunk(bundle.chunk, record.slot)
    except StatusError as error:
        raise _StopError(Code.STATUS_PROOF_BAD) from error
    answer = status if newer is None else newer.status_of(record.slot)
    if isinstance(answer, Status):
        return answer
    raise _StopError(answer)


def _opened(bundle: Bundle, trust: Trust) -> SignedCheckpoint:
    try:
        return open_checkpoint(bundle.raw_checkpoint, trust.trust_list.log_keys, trust.policy)
    except CheckpointError as error:
        raise _StopError(Code.CHECKPOINT_UNREADABLE) from error
    except KeyUnknownError as error:
        raise _StopError(Code.CHECKPOINT_KEY_UNKNOWN) from error
    except SignatureError as error:
        raise _StopError(Code.CHECKPOINT_FORGED) from error


def _included(leaf: ProvenLeaf, tree: Checkpoint) -> EventLeaf | ManifestLeaf | SealLeaf:
    """The leaf, decoded, once it is proven to be in the tree. Raises ProofError and LeafError."""
    verify_inclusion(leaf.index, tree.size, leaf_hash(leaf.raw_leaf), leaf.proof, tree.root)
    return decode_leaf(leaf.raw_leaf)


def _issue_event(bundle: Bundle, tree: Checkpoint) -> EventLeaf:
    try:
        event = _included(bundle.issue, tree)
    except (ProofError, LeafError) as error:
        raise _StopError(Code.ISSUE_PROOF_BAD) from error
    if not isinstance(event, EventLeaf) or event.type not in _FIRST_EVENTS or event.seq != 0:
        raise _StopError(Code.ISSUE_PROOF_BAD)
    return event


def _verify_manifest(bundle: Bundle, event: EventLeaf, tree: Checkpoint, trust: Trust) -> None:
    try:
        manifest = _included(bundle.manifest, tree)
        if not isinstance(manifest, ManifestLeaf) or manifest.kid != event.kid:
            raise _StopError(Code.MANIFEST_PROOF_BAD)
        if bundle.manifest.index != manifest.first_index + manifest.count:
            raise _StopError(Code.MANIFEST_PROOF_BAD)
        place_in_batch = bundle.issue.index - manifest.first_index
        hash_of_event = leaf_hash(bundle.issue.raw_leaf)
        verify_inclusion(
            place_in_batch, manifest.count, hash_of_event, bundle.manifest.event_proof, manifest.root
        )
        manifest.verify(trust.trust_list)
    except (ProofError, LeafError) as error:
        raise _StopError(Code.MANIFEST_PROOF_BAD) from error
    except KeyUnknownError as error:
        raise _StopError(Code.MANIFEST_KEY_UNKNOWN) from error
    except SignatureError as error:
        raise _StopError(Code.MANIFEST_FORGED) from error


def _verify_content(
    exam: Examination, bundle: Bundle, event: EventLeaf, record: Record, key: RecordKey
) -> None:
    if event.slot != record.slot:
        raise _StopError(Code.CONTENT_MISMATCH)
    opening = bundle.opening
    if opening is None:
        exam.codes.append(Code.CONTENT_CLOSED)
        return
    if commitment(opening.salt, opening.payload) != event.commitment:
        raise _StopError(Code.COMMITMENT_MISMATCH)
    try:
        content = decode_json(opening.payload, limit=MAX_BUNDLE_BYTES)
        only_keys(content, _CONTENT_KEYS)
        issued_on = day(content["issued_on"])
        canonical = encode_canonical(content) == opening.payload
    except (JsonError, ValueError) as error:
        raise _StopError(Code.CONTENT_MISMATCH) from error
    expected = _content_of(record) | {"event": _FIRST_EVENTS[event.type]}
    if not canonical or not _agrees(content, expected, record.last4):
        raise _StopError(Code.CONTENT_MISMATCH)
    if not key.speaks_for(issued_on):
        exam.authentic = Authentic.UNKNOWN
        raise _StopError(Code.RECORD_KEY_UNKNOWN)


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


def _seal(bundle: Bundle, tree: Checkpoint) -> SealLeaf:
    try:
        seal = _included(bundle.seal, tree)
    except (ProofError, LeafError) as error:
        raise _StopError(Code.SEAL_PROOF_BAD) from error
    if not isinstance(seal, SealLeaf) or not seal.index == bundle.seal.index == tree.size - 1:
        raise _StopError(Code.SEAL_PROOF_BAD)
    return seal


def _verify_chunk(bundle: Bundle, seal: SealLeaf, record: Record) -> None:
    if record.slot >= seal.slots or bundle.chunk_index != record.slot // CHUNK_SLOTS:
        raise _StopError(Code.STATUS_PROOF_BAD)
    chunks = seal.slots // CHUNK_SLOTS
    try:
        verify_inclusion(bundle.chunk_index, chunks, leaf_hash(bundle.chunk), bundle.chunk_proof, seal.root)
    except ProofError as error:
        raise _StopError(Code.STATUS_PROOF_BAD) from error


def _bundle(value: object) -> Bundle:
    parts = ("format", "record", "opening", "checkpoint", "issue", "manifest", "seal", "status")
    fields = only_keys(value, parts)
    if fields["format"] != "certsvc-bundle/1":
        raise JsonError("another format")
    status = only_keys(fields["status"], ("chunk_index", "chunk", "proof"))
    manifest = only_keys(fields["manifest"], ("index", "leaf", "proof", "event_proof"))
    return Bundle(
        record=text(fields["record"]),
        opening=None if fields["opening"] is None else _opening(fields["opening"]),
        raw_checkpoint=text(fields["checkpoint"]).encode(),
        issue=_proven(only_keys(fields["issue"], ("index", "leaf", "proof"))),
        manifest=_proven(manifest, manifest["event_proof"]),
        seal=_proven(only_keys(fields["seal"], ("index", "leaf", "proof"))),
        chunk_index=whole_number(status["chunk_index"]),
        chunk=base64_bytes(status["chunk"]),
        chunk_proof=_hashes(status["proof"]),
    )


def _opening(value: object) -> Opening:
    opening = only_keys(value, ("salt", "payload"))
    salt = base64_bytes(opening["salt"])
    if len(salt) != SALT_BYTES:
        raise JsonError("a salt has 32 bytes")
    return Opening(salt, base64_bytes(opening["payload"]))


def _proven(fields: dict[str, Any], event_proof: object = ()) -> ProvenLeaf:
    more = () if event_proof == () else _hashes(event_proof)
    return ProvenLeaf(
        whole_number(fields["index"]), base64_bytes(fields["leaf"]), _hashes(fields["proof"]), more
    )


def _hashes(value: object) -> tuple[bytes, ...]:
    listed = items(value)
    if len(listed) > MAX_PROOF_HASHES:
        raise JsonError("a proof is too long")
    return tuple(map(base64_bytes, listed))
