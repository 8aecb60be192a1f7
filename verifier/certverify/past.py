"""The check of a past bundle: how a certificate stood on a day, out of one file (docs/formats/past-bundle.md)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from certverify.checkpoint import Checkpoint
from certverify.codes import Code
from certverify.errors import BundleError, TreeInconsistentError, TreeMissingError
from certverify.examination import DEFAULT_MAX_AGE, Examination, Question
from certverify.leaf import EventType, ManifestLeaf, SealLeaf
from certverify.ledger import LedgerUnavailable, LedgerView, freshness_of
from certverify.merkle import leaf_hash
from certverify.past_bundle import PastBundle, PastEvent, PastVersion, decode_past_bundle
from certverify.past_complete import events_on_slots
from certverify.past_content import DecisionWords, opened_decision, replacing_version
from certverify.past_life import (
    LOCAL,
    ChainedEvent,
    ChainError,
    LeftOutError,
    LifeEvent,
    Standing,
    life_of,
    part_of_life,
    standing_of_part,
    standing_on,
)
from certverify.proof_steps import (
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
from certverify.status import CHUNK_SLOTS, Status
from certverify.trust import RecordKey, Trust
from certverify.verdict import Decision, Verdict

SCHEMA = "certsvc-past/1"
NOT_RECORDED = "not_recorded"
_BY_DECISION = frozenset({Status.SUSPENDED, Status.REVOKED, Status.WRITTEN_OFF, Status.VOIDED})


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One event in the life of the certificate. `logged_at`: the hour, in UTC. `words` where its payload was opened."""

    kind: EventType
    version: int
    effective_on: date
    logged_at: datetime
    words: DecisionWords | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """How the certificate stood on the day `on`.

    `recorded_then`: by what the log held at the end of that day in Shanghai. `known_now`: by everything that it holds.
    Both None when the day lies after the checkpoint: the file cannot know.
    """

    on: date
    recorded_then: Standing | None
    known_now: Standing | None
    events: tuple[TimelineEvent, ...]


@dataclass(frozen=True, slots=True)
class PastVerdict:
    """The verdict of today on the newest version, and the past; None when it has not been proven."""

    verdict: Verdict
    past: Past | None

    def as_json(self) -> dict[str, Any]:
        """The object of docs/formats/past-bundle.md."""
        return {
            "schema": SCHEMA,
            "verdict": self.verdict.as_json(),
            "past": self.past and _past_json(self.past),
        }


@dataclass(frozen=True, slots=True)
class _ProvenVersion:
    """A version whose record the authority has signed, with what the file says of it and what has been proven of that."""

    record: Record
    key: RecordKey
    presented: PastVersion
    chain: tuple[ChainedEvent, ...]


def check_past(
    raw_bundle: bytes,
    trust: Trust,
    now: datetime,
    on: date | None = None,
    place: str | None = None,
    max_age: timedelta = DEFAULT_MAX_AGE,
    ledger: LedgerView | LedgerUnavailable | None = None,
    *,
    complete: bool = False,
) -> PastVerdict:
    """The verdict on a past bundle, and how the certificate stood on the day `on` (None: the day of the checkpoint).

    `ledger` is the downloaded tree beside the bundle, as in `check_bundle`. `complete`: read all entries of that tree, and
    hold every event on the certificate's slots against the file.
    """
    exam = Examination(trust, Question(now, place, max_age))
    try:
        bundle = decode_past_bundle(raw_bundle)
    except BundleError:
        exam.codes.append(Code.BUNDLE_UNREADABLE)
        return PastVerdict(exam.verdict(), None)
    try:
        check = _Check(exam, bundle, ledger)
        past = check.run(on, complete=complete)
        decision = check.decision
    except StopError as stop:
        exam.codes.append(stop.code)
        past, decision = None, None
    if Code.BUNDLE_CONFLICT in exam.codes:
        past, decision = None, None
    if exam.record is not None:
        exam.judge_place(exam.record)
    return PastVerdict(replace(exam.verdict(), decision=decision), past)


class _Check:
    """The steps over one bundle, in their order; each stops with its code."""

    def __init__(
        self, exam: Examination, bundle: PastBundle, ledger: LedgerView | LedgerUnavailable | None
    ) -> None:
        self.exam, self.bundle, self.ledger = exam, bundle, ledger
        self.decision: Decision | None = None

    def run(self, on: date | None, *, complete: bool) -> Past:
        exam, bundle = self.exam, self.bundle
        records = self._records()
        signed = opened_checkpoint(bundle.raw_checkpoint, exam.trust)  # 1, 2
        newer = newer_state(exam, signed, self.ledger)
        exam.judge_freshness(freshness_of(signed, exam.trust) if newer is None else newer.freshness)  # 3, 4
        tree = signed.checkpoint
        manifests = [included_manifest(leaf, tree) for leaf in bundle.manifests]  # 5
        versions = [
            _ProvenVersion(*known, presented, self._chain(presented, manifests, tree))
            for known, presented in zip(records, bundle.versions, strict=True)
        ]
        for manifest in manifests:
            verify_manifest_key(manifest, exam.trust)
        _require_own_slots(versions)
        own_as_of = freshness_of(signed, exam.trust).as_of
        statuses = self._statuses(versions, last_seal(bundle.seal, tree), newer)  # 6, 7, 8
        life = _life(versions, whole=bundle.whole)  # 9
        changed = _changed_since(versions, statuses)
        timeline = self._timeline(versions, life)  # 10
        logged = self._logged(versions, tree) if complete else None  # 11
        if logged is None:
            exam.codes.append(Code.PAST_PAIRS_POSSIBLE)
        elif _require_all_told(versions, logged, tree):
            changed = True
        if changed:
            exam.codes.append(Code.PAST_CHANGED_SINCE)
            self.decision = None
        if not bundle.whole:
            exam.codes.append(Code.PAST_ONE_VERSION)
        known_at = own_as_of if changed or exam.freshness is None else exam.freshness.as_of
        return self._past(on, life, timeline, known_at)

    def _records(self) -> list[tuple[Record, RecordKey]]:
        """The record and its key of every version; the newest one is the certificate that the verdict describes."""
        exam = self.exam
        *older, newest = (version.record for version in self.bundle.versions)
        found = [_examined(Examination(exam.trust, exam.question), text, exam) for text in older]
        found.append(_examined(exam, newest, exam))
        records = [record for record, _ in found]
        if len({_subject(record) for record in records}) != 1:
            raise StopError(Code.PAST_CHAIN_BAD)
        if self.bundle.whole and [record.version for record in records] != list(range(1, len(records) + 1)):
            raise StopError(Code.PAST_INCOMPLETE)
        return found

    def _chain(
        self, presented: PastVersion, manifests: list[ManifestLeaf], tree: Checkpoint
    ) -> tuple[ChainedEvent, ...]:
        chain = []
        for one in presented.events:
            event = included_event(one.leaf, tree, Code.PAST_EVENT_PROOF_BAD)
            verify_covered(manifests[one.manifest], one.leaf, event, one.event_proof)
            chain.append(ChainedEvent(one.leaf.index, event, leaf_hash(one.leaf.raw_leaf)))
        return tuple(chain)

    def _statuses(
        self, versions: list[_ProvenVersion], seal: SealLeaf, newer: LedgerView | None
    ) -> list[tuple[Status, Status]]:
        """Of every version the status under the bundle's seal, and the one of today; the newest one is judged."""
        chunks = {chunk.index: chunk for chunk in self.bundle.chunks}
        slots = [version.record.slot for version in versions]
        if set(chunks) != {slot // CHUNK_SLOTS for slot in slots}:
            raise StopError(Code.STATUS_PROOF_BAD)
        sealed = [sealed_status(chunks[slot // CHUNK_SLOTS], seal, slot) for slot in slots]
        today = [status_now(status, newer, slot) for status, slot in zip(sealed, slots, strict=True)]
        self.exam.judge_status(today[-1])
        return list(zip(sealed, today, strict=True))

    def _timeline(
        self, versions: list[_ProvenVersion], life: tuple[LifeEvent, ...]
    ) -> tuple[TimelineEvent, ...]:
        words: dict[int, DecisionWords | None] = {}
        issued = [version.chain[0].index for version in versions]
        closed = False
        for version in versions:
            for presented, event in zip(version.presented.events, version.chain, strict=True):
                closed = closed or presented.opening is None
                words[event.index] = self._opened(version, presented, event, issued)
        if closed:
            self.exam.codes.append(Code.CONTENT_CLOSED)
        last = life[-1]
        said = words[last.event.index]
        if said is not None and last.kind.status_after in _BY_DECISION:
            self.decision = Decision(said.document_ref, said.decided_on, said.ground, said.effective_on)
        return tuple(
            TimelineEvent(
                one.kind,
                one.version,
                one.event.effective_on,
                one.event.logged_at,
                words[one.event.index],
            )
            for one in life
        )

    def _opened(
        self, version: _ProvenVersion, presented: PastEvent, event: ChainedEvent, issued: list[int]
    ) -> DecisionWords | None:
        opening, record = presented.opening, version.record
        if opening is None:
            return None
        if event.leaf.type is EventType.ISSUED:
            verify_issue_content(self.exam, opening, event.leaf, record, version.key)
            return None
        return opened_decision(opening, event, record, replacing_version(event, record.version, issued))

    def _logged(self, versions: list[_ProvenVersion], tree: Checkpoint) -> list[tuple[int, bytes]] | None:
        """All events on the slots that the tree beside the bundle holds; None when it cannot say."""
        ledger = self.ledger
        if not isinstance(ledger, LedgerView) or ledger.checkpoint.size < tree.size:
            return None
        slots = frozenset(version.record.slot for version in versions)
        try:
            return events_on_slots(ledger.tree, ledger.checkpoint, slots, tree)
        except TreeMissingError:
            return None
        except TreeInconsistentError as error:
            raise StopError(Code.TREE_INCONSISTENT) from error

    def _past(
        self,
        on: date | None,
        life: tuple[LifeEvent, ...],
        timeline: tuple[TimelineEvent, ...],
        known_at: datetime | None,
    ) -> Past:
        standing = standing_on if self.bundle.whole else standing_of_part
        known_until = None if known_at is None else known_at.astimezone(LOCAL).date()
        asked = on or known_until or self.exam.question.now.astimezone(LOCAL).date()
        if known_until is None or asked > known_until:
            self.exam.codes.append(Code.PAST_DAY_UNKNOWN)
            return Past(asked, None, None, timeline)
        return Past(asked, standing(life, asked, asked), standing(life, asked), timeline)


def _examined(exam: Examination, text: str, whole: Examination) -> tuple[Record, RecordKey]:
    """The record and its key; otherwise the check of the whole file stops for the same reason."""
    record = exam.examine_certificate(text)
    if record is not None and exam.key is not None:
        return record, exam.key
    whole.authentic = exam.authentic
    raise StopError(whole.codes.pop() if exam is whole else exam.codes[-1])


def _subject(record: Record) -> tuple[object, ...]:
    """What no correction changes."""
    fixed = record.series, record.title, record.level, record.way, record.validity_area, record.acquired_on
    return record.number, record.last4, *fixed


def _require_own_slots(versions: list[_ProvenVersion]) -> None:
    """Each chain stands on the slot that its record names, no two on one, and begins on the day of acquisition."""
    slots = [version.record.slot for version in versions]
    for version in versions:
        if any(event.leaf.slot != version.record.slot for event in version.chain):
            raise StopError(Code.CONTENT_MISMATCH)
    if len(set(slots)) != len(slots):
        raise StopError(Code.PAST_CHAIN_BAD)


def _life(versions: list[_ProvenVersion], *, whole: bool) -> tuple[LifeEvent, ...]:
    chains = [version.chain for version in versions]
    try:
        life = life_of(chains) if whole else part_of_life(chains[0], versions[0].record.version)
    except ChainError as error:
        raise StopError(Code.PAST_CHAIN_BAD) from error
    except LeftOutError as error:
        raise StopError(Code.PAST_INCOMPLETE) from error
    if any(version.chain[0].effective_on != version.record.acquired_on for version in versions):
        raise StopError(Code.CONTENT_MISMATCH)
    return life


def _changed_since(versions: list[_ProvenVersion], statuses: list[tuple[Status, Status]]) -> bool:
    """Whether a newer tree shows another status than the bundle's own seal. Stops when the last event on a slot has not
    led to the status that is sealed.
    """
    for version, (sealed, _) in zip(versions, statuses, strict=True):
        if version.chain[-1].leaf.type.status_after is not sealed:
            raise StopError(Code.PAST_INCOMPLETE)
    return any(sealed is not today for sealed, today in statuses)


def _require_all_told(
    versions: list[_ProvenVersion], logged: list[tuple[int, bytes]], tree: Checkpoint
) -> bool:
    """Whether the log holds later events than the bundle's checkpoint. Stops when it holds others up to there."""
    told = [(one.leaf.index, one.leaf.raw_leaf) for version in versions for one in version.presented.events]
    if [one for one in logged if one[0] < tree.size] != sorted(told):
        raise StopError(Code.PAST_INCOMPLETE)
    return len(logged) > len(told)


def _past_json(past: Past) -> dict[str, Any]:
    return {
        "on": past.on.isoformat(),
        "recorded_then": past.recorded_then and _standing_json(past.recorded_then),
        "known_now": past.known_now and _standing_json(past.known_now),
        "events": [
            {
                "kind": event.kind.name.lower(),
                "version": event.version,
                "effective_on": event.effective_on.isoformat(),
                "logged_at": event.logged_at.astimezone(UTC).strftime("%Y-%m-%dT%H:00:00Z"),
                "document_ref": event.words and event.words.document_ref,
                "ground": event.words and event.words.ground,
            }
            for event in past.events
        ],
    }


def _standing_json(standing: Standing) -> dict[str, Any]:
    status = standing.status
    return {
        "status": NOT_RECORDED if status is None else status.name.lower(),
        "version": standing.version,
    }
