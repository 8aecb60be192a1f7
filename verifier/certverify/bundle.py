"""The check of a bundle: one file, no network (docs/formats/bundle.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from certverify.checkpoint import Checkpoint
from certverify.codes import Code
from certverify.errors import BundleError, JsonError
from certverify.evidence import MAX_BUNDLE_BYTES as MAX_BUNDLE_BYTES
from certverify.evidence import (
    Opening,
    ProvenChunk,
    ProvenLeaf,
    read_hashes,
    read_opening,
    read_proven_chunk,
    read_proven_leaf,
    without,
)
from certverify.examination import DEFAULT_MAX_AGE, Examination, Question
from certverify.leaf import EventLeaf
from certverify.ledger import LedgerUnavailable, LedgerView, freshness_of
from certverify.proof_steps import (
    FIRST_EVENTS,
    StopError,
    included_event,
    included_manifest,
    last_seal,
    newer_state,
    opened_checkpoint,
    sealed_status,
    status_now,
    verify_covered,
    verify_issue_content,
    verify_manifest_key,
)
from certverify.record import Record
from certverify.strict_json import decode_json, only_keys, text
from certverify.trust import RecordKey, Trust
from certverify.verdict import Verdict

_PARTS = ("format", "record", "opening", "checkpoint", "issue", "manifest", "seal", "status")
_MANIFEST_KEYS = ("index", "leaf", "proof", "event_proof")


@dataclass(frozen=True, slots=True)
class Bundle:
    """The parts of a bundle, none of them verified. `event_proof`: of the issue leaf in the manifest's own tree."""

    record: str
    opening: Opening | None
    raw_checkpoint: bytes
    issue: ProvenLeaf
    manifest: ProvenLeaf
    event_proof: tuple[bytes, ...]
    seal: ProvenLeaf
    status: ProvenChunk


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
    record = exam.examine_certificate(bundle.record)
    if record is None or exam.key is None:
        return exam.verdict()
    try:
        _run_steps(exam, bundle, record, exam.key, ledger)
    except StopError as stop:
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
    signed = opened_checkpoint(bundle.raw_checkpoint, exam.trust)  # 1, 2
    newer = newer_state(exam, signed, ledger)
    exam.judge_freshness(freshness_of(signed, exam.trust) if newer is None else newer.freshness)  # 3, 4
    tree = signed.checkpoint
    event = _issue_event(bundle, tree)  # 5
    manifest = included_manifest(bundle.manifest, tree)
    verify_covered(manifest, bundle.issue, event, bundle.event_proof)
    verify_manifest_key(manifest, exam.trust)
    _verify_content(exam, bundle.opening, event, record, key)
    seal = last_seal(bundle.seal, tree)  # 6
    sealed = sealed_status(bundle.status, seal, record.slot)  # 7
    exam.judge_status(status_now(sealed, newer, record.slot))  # 8


def _issue_event(bundle: Bundle, tree: Checkpoint) -> EventLeaf:
    event = included_event(bundle.issue, tree, Code.ISSUE_PROOF_BAD)
    if event.type not in FIRST_EVENTS or event.seq != 0:
        raise StopError(Code.ISSUE_PROOF_BAD)
    return event


def _verify_content(
    exam: Examination, opening: Opening | None, event: EventLeaf, record: Record, key: RecordKey
) -> None:
    if event.slot != record.slot:
        raise StopError(Code.CONTENT_MISMATCH)
    if opening is None:
        exam.codes.append(Code.CONTENT_CLOSED)
    else:
        verify_issue_content(exam, opening, event, record, key)


def _bundle(value: object) -> Bundle:
    fields = only_keys(value, _PARTS)
    if fields["format"] != "certsvc-bundle/1":
        raise JsonError("another format")
    manifest = only_keys(fields["manifest"], _MANIFEST_KEYS)
    return Bundle(
        record=text(fields["record"]),
        opening=read_opening(fields["opening"]),
        raw_checkpoint=text(fields["checkpoint"]).encode(),
        issue=read_proven_leaf(fields["issue"]),
        manifest=read_proven_leaf(without(manifest, "event_proof")),
        event_proof=read_hashes(manifest["event_proof"]),
        seal=read_proven_leaf(fields["seal"]),
        status=read_proven_chunk(fields["status"]),
    )
