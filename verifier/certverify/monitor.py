"""One round of a monitor: fetch, verify, prove, replay, compare, report. The steps are numbered in docs/monitoring.md."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from certverify.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint
from certverify.errors import (
    CheckpointError,
    KeyNotInForceError,
    KeyUnknownError,
    SignatureError,
    SourceUnreachableError,
    TreeInconsistentError,
    TreeMissingError,
    TrustForgedError,
    TrustListError,
)
from certverify.monitor_codes import Found, Weight
from certverify.monitor_evidence import broken_evidence, fork_evidence
from certverify.monitor_history import Relation, relation
from certverify.monitor_key import AuditorKey
from certverify.monitor_report import Finding, Report
from certverify.monitor_seen import SeenNote
from certverify.monitor_state import KeptCheckpoint, MonitorState
from certverify.monitor_trust import signed_digests
from certverify.note import MAX_NOTE_BYTES, VerifierKey
from certverify.replay import Replay
from certverify.replay_faults import FaultFoundError, RecordKeyUnknownError, ReplayLimitError
from certverify.replay_follow import Follower, ForkFoundError, Progress
from certverify.sources import FolderSource, Source
from certverify.tree import PublicTree
from certverify.trust import MAX_TRUST_FILE_BYTES
from certverify.trust_follow import Judged, TrustFollower

MOST_AHEAD = timedelta(minutes=5)
SECONDS_TO_JUDGE_SEEN = 120.0
_HARMLESS_TO_COSIGN = frozenset(
    {Found.QUORUM_MISSING, Found.STALE, Found.COPY_UNREACHABLE, Found.COPY_UNREADABLE, Found.COPY_UNPROVEN}
)
_TREE_ERRORS = (TreeMissingError, TreeInconsistentError)


@dataclass(slots=True)
class Monitor:
    """Follows the log at `source`, judging by the trust material in the folder `trust`.

    `copies` are other places where the log's checkpoint stands: mirrors and witnesses. With `key`, a round without fault
    ends in a cosignature.
    """

    source: Source
    trust: Path
    state: MonitorState
    max_age: timedelta = timedelta(hours=1)
    anchor: VerifierKey | None = None
    copies: Sequence[Source] = ()
    key: AuditorKey | None = None
    tell: Callable[[Progress], None] | None = None
    follower: Follower = field(init=False)
    trust_follower: TrustFollower = field(init=False)

    def __post_init__(self) -> None:
        self.follower = Follower(self.state.replay_path)
        self.trust_follower = TrustFollower(self.trust, self.state.followed_folder, self.anchor)
        if self.tell is not None:
            self.follower.tell = self.tell

    def round(self, now: datetime) -> Report:
        """Everything once. Raises MonitorStateError and OSError when the state cannot be kept."""
        report = Report(self.source.place, now)
        judged = self._judged_by(report)
        if judged is not None:
            _Round(self, report, judged, now, self.follower).go()
        told = {path for finding in report.findings for path in finding.evidence}
        for item in self.state.unacknowledged():
            if not any(Path(path).is_relative_to(item) for path in told):
                report.findings.append(Finding(Found.UNACKNOWLEDGED, item.name, evidence=(str(item),)))
        return report

    def _judged_by(self, report: Report) -> Judged | None:
        """Step 1: the trust material by which is judged, and what of it has changed."""
        try:
            judged = self.trust_follower.judged_by(self.source)
        except TrustForgedError as error:
            report.add(Found.TRUST_FORGED, str(error))
            return None
        except TrustListError as error:
            report.add(Found.TRUST_UNREADABLE, str(error))
            return None
        report.trust_sequence = judged.sequence
        if judged.not_followed:
            report.add(Found.TRUST_NOT_FOLLOWED, judged.not_followed)
        by_name = {
            "trust-list.json": judged.files.raw_list,
            "policy": judged.files.raw_policy,
            "trust.note": judged.files.raw_note,
        }
        anchors = [*judged.trust.trust_list.anchors, *([] if self.anchor is None else [self.anchor])]
        signed = signed_digests(self.source, anchors)
        for name, raw_file in by_name.items():
            own = self._keep_trust(report, "trust", FolderSource(self.trust), name, None)
            judged_by = None if raw_file is None else sha256(raw_file).hexdigest()
            shown = self._keep_trust(report, "tree", self.source, name, {*signed, own, judged_by})
            if shown is not None and shown != judged_by:
                report.add(Found.TRUST_DIFFERS, name)
        if judged.sequence < judged.greatest:
            report.add(Found.TRUST_OLDER, f"{judged.sequence} < {judged.greatest}")
        return judged

    def _keep_trust(
        self, report: Report, place: str, source: Source, name: str, proven: Container[str | None] | None
    ) -> str | None:
        """Keep a trust file, its SHA-256; for good when its digest is among the `proven` (None: in any case)."""
        try:
            content = source.read(name, MAX_TRUST_FILE_BYTES)
        except _TREE_ERRORS:
            return None
        digest, before = self.state.keep_trust(f"{place}/{name}", content, proven)
        report.trust[f"{place}/{name}"] = digest
        if before is not None:
            report.add(Found.TRUST_CHANGED, f"{place}/{name}: {before} -> {digest} ({len(content)} bytes)")
        return digest


@dataclass(slots=True)
class _Round:
    """One round with the trust material read; a step that cannot be taken ends it."""

    monitor: Monitor
    report: Report
    judged: Judged
    now: datetime
    follower: Follower
    opened: list[Checkpoint] = field(default_factory=list)

    def go(self) -> None:
        tree, state = PublicTree(self.monitor.source), self.monitor.state
        kept, replay = self._fetched(tree), None
        if kept is not None and self._continues(tree, kept):
            state.keep_checkpoint(kept)
            replay = self._replayed(tree, kept)
        if state.newest is not None:
            self._compare_copies(tree, state.newest)
        self._judge_seen(tree)
        if kept is not None and replay is not None:
            self._cosign(kept)

    def _fetched(self, tree: PublicTree) -> KeptCheckpoint | None:
        """Steps 2 and 3: the checkpoint, signed by the log, young enough, cosigned as the policy asks."""
        report = self.report
        try:
            raw_note = tree.raw_checkpoint()
        except _TREE_ERRORS as error:
            report.add(_tree_code(error), str(error))
            return None
        signed = self._opened(raw_note, report.add)
        if signed is None:
            return None
        report.signed = signed
        if signed.cosigned_at is None:
            report.add(Found.UNDATED)
            return None
        now, as_of = int(self.now.timestamp()), signed.as_of
        if as_of is not None and now - as_of > self.monitor.max_age.total_seconds():
            report.add(Found.STALE, f"{now - as_of} s > {int(self.monitor.max_age.total_seconds())} s")
        ahead = signed.cosigned_at - now
        if ahead > MOST_AHEAD.total_seconds():
            report.add(Found.IN_FUTURE, f"{ahead} s")
        if not signed.quorum_met:
            report.add(Found.QUORUM_MISSING)
        return KeptCheckpoint(signed.checkpoint, signed.cosigned_at, raw_note)

    def _opened(self, raw_note: bytes, complain: Callable[[Found, str], None]) -> SignedCheckpoint | None:
        """The note opened; what the log has signed is kept as seen until it is proven to be of this history."""
        trust, state = self.judged.trust, self.monitor.state
        try:
            signed = open_checkpoint(raw_note, trust.trust_list.log_keys, trust.policy)
            known = state.of_size(signed.checkpoint.size)
            if known is None or known.checkpoint.root != signed.checkpoint.root:
                state.seen.add(signed.checkpoint, raw_note, int(self.now.timestamp()))
            self.opened.append(signed.checkpoint)
            return signed
        except CheckpointError as error:
            complain(Found.CHECKPOINT_UNREADABLE, str(error))
        except KeyNotInForceError as error:
            complain(Found.KEY_NOT_IN_FORCE, str(error))
        except KeyUnknownError as error:
            complain(Found.KEY_UNKNOWN, str(error))
        except SignatureError as error:
            complain(Found.SIGNATURE_WRONG, str(error))
        return None

    def _continues(self, tree: PublicTree, kept: KeptCheckpoint) -> bool:
        """Step 4: the checkpoint continues every one kept. Each of those was proven to continue the one before it."""
        state = self.monitor.state
        for before in (state.of_size(kept.checkpoint.size), state.newest):
            if before is None:
                continue
            found = relation([tree], before.checkpoint, kept.checkpoint)
            if found is Relation.FORK:
                self._fork(before, kept)
                return False
            if kept.checkpoint.size < before.checkpoint.size:
                self.report.add(
                    Found.OLDER_THAN_KEPT, f"{kept.checkpoint.size} < {before.checkpoint.size}, {found.value}"
                )
                return False
            if found is Relation.UNPROVEN:
                self.report.add(Found.UNPROVEN, f"{before.checkpoint.size} -> {kept.checkpoint.size}")
                return False
        return True

    def _replayed(self, tree: PublicTree, kept: KeptCheckpoint) -> Replay | None:
        """Step 5: every new leaf, and the status files of the newest seal."""
        report = self.report
        self.follower.kept_roots = self.monitor.state.roots
        try:
            replay = self.follower.follow(
                tree, kept.checkpoint, kept.cosigned_at, self.judged.trust.trust_list
            )
        except FaultFoundError as error:
            self._broken(tree, kept, error)
            return None
        except ForkFoundError as error:
            before = self.monitor.state.of_size(error.kept_size)
            self._fork(before or kept, kept)
            return None
        except RecordKeyUnknownError as error:
            report.findings.append(
                Finding(Found.RECORD_KEY_UNKNOWN, f"kid {error.kid.hex()}", index=error.index)
            )
            return None
        except ReplayLimitError as error:
            report.add(Found.ARRAY_TOO_LARGE, str(error))
            return None
        except _TREE_ERRORS as error:
            report.add(_tree_code(error), str(error))
            return None
        report.replay, report.new_leaves = replay, replay.size - self.follower.resumed_at
        for index, words in replay.notes:
            report.findings.append(Finding(Found.LEAF_REMARK, words, index=index))
        return replay if self._status_files_agree(tree, replay) else None

    def _status_files_agree(self, tree: PublicTree, replay: Replay) -> bool:
        try:
            compare_status_files(tree, replay)
        except TreeMissingError as error:
            self.report.add(_tree_code(error), str(error))
            return False
        except TreeInconsistentError as error:
            self.report.add(Found.STATUS_FILES_WRONG, str(error))
            return False
        return True

    def _compare_copies(self, tree: PublicTree, kept: KeptCheckpoint) -> None:
        """Step 6: what others are shown of the same log."""
        for source in self.monitor.copies:
            raw_note = self._copy(source, kept.checkpoint.origin)
            if raw_note is None:
                continue

            def complain(code: Found, detail: str, place: str = source.place) -> None:
                self.report.add(Found.COPY_UNREADABLE, f"{place}: {code.value}, {detail}")

            signed = self._opened(raw_note, complain)
            if signed is not None:
                self._compare_copy(tree, kept, source, KeptCheckpoint(signed.checkpoint, 0, raw_note))

    def _compare_copy(
        self, tree: PublicTree, kept: KeptCheckpoint, source: Source, copy: KeptCheckpoint
    ) -> None:
        found = relation([tree, PublicTree(source)], kept.checkpoint, copy.checkpoint)
        self.report.copies.append((source.place, copy.checkpoint.size))
        if found is Relation.FORK:
            self._fork(kept, copy, source.place)
        elif found is Relation.UNPROVEN:
            self.report.add(Found.COPY_UNPROVEN, f"{source.place}: {copy.checkpoint.size}")
        elif copy.checkpoint.size > kept.checkpoint.size:
            self.report.add(Found.COPY_AHEAD, f"{source.place}: {copy.checkpoint.size}")

    def _copy(self, source: Source, origin: str) -> bytes | None:
        asked = "" if isinstance(source, FolderSource) else f"?origin={quote(origin, safe='')}"
        try:
            return source.read(f"checkpoint{asked}", MAX_NOTE_BYTES)
        except _TREE_ERRORS as error:
            self.report.add(Found.COPY_UNREACHABLE, f"{source.place}: {error}")
            return None

    def _judge_seen(self, tree: PublicTree) -> None:
        """Hold what was seen and never proven against the history as it is now known."""
        state, give_up_at = self.monitor.state, time.monotonic() + SECONDS_TO_JUDGE_SEEN
        for note in state.seen.all:
            if time.monotonic() > give_up_at:
                break
            against = self._known_beside(note)
            if against is not None:
                self._judge_one_seen(tree, note, against)

    def _known_beside(self, note: SeenNote) -> KeptCheckpoint | None:
        """The checkpoint by which a seen one is judged: of its size if there is one, else the newest kept."""
        state = self.monitor.state
        same_size = state.of_size(note.checkpoint.size)
        if same_size is not None:
            return same_size
        for other in state.seen.all:
            if (
                other.checkpoint.size == note.checkpoint.size
                and other.checkpoint.root != note.checkpoint.root
            ):
                return KeptCheckpoint(other.checkpoint, 0, other.raw_note)
        return state.newest

    def _judge_one_seen(self, tree: PublicTree, note: SeenNote, against: KeptCheckpoint) -> None:
        size, seconds = note.checkpoint.size, int(self.now.timestamp())
        found = relation([tree], note.checkpoint, against.checkpoint)
        if found is Relation.FORK:
            self._fork(against, KeptCheckpoint(note.checkpoint, 0, note.raw_note))
        elif size <= against.checkpoint.size:
            if found is Relation.ONE_HISTORY:
                self.monitor.state.seen.drop(note.checkpoint)
            elif note.checkpoint not in self.opened:
                self.report.add(Found.SEEN_UNPROVEN, f"{size}: {note.name}")
        elif seconds - note.since > self.monitor.max_age.total_seconds():
            self.report.add(Found.WITHHELD, f"{size} > {against.checkpoint.size}, {seconds - note.since} s")

    def _cosign(self, kept: KeptCheckpoint) -> None:
        """Step 7: our own line, under what was replayed without fault."""
        key, state, report = self.monitor.key, self.monitor.state, self.report
        doubts = {one.code for one in report.findings if one.code.weight is not Weight.REMARK}
        if key is None or not doubts <= _HARMLESS_TO_COSIGN or state.unacknowledged():
            return
        seconds = int(self.now.timestamp())
        if seconds < key.last_time(state.cosigned()):
            report.add(Found.CLOCK_BEHIND)
            return
        report.cosigned = state.keep_cosigned(key.cosigned(kept.raw_note, seconds))

    def _fork(self, one: KeptCheckpoint, other: KeptCheckpoint, place: str = "") -> None:
        state, notes = self.monitor.state, sorted((one, other), key=lambda note: note.checkpoint.size)
        evidence = fork_evidence(state, notes, self.judged.files)
        for note in notes:
            state.seen.drop(note.checkpoint)
        if all(finding.evidence != evidence for finding in self.report.findings):
            sizes = f"{one.checkpoint.size}, {other.checkpoint.size}"
            self.report.findings.append(Finding(Found.FORK, f"{sizes} {place}".rstrip(), evidence=evidence))

    def _broken(self, tree: PublicTree, kept: KeptCheckpoint, error: FaultFoundError) -> None:
        evidence = broken_evidence(self.monitor.state, tree, kept, error, self.judged.files)
        self.report.findings.append(
            Finding(Found.RULE_BROKEN, fault=error.fault, index=error.index, evidence=evidence)
        )


def compare_status_files(tree: PublicTree, replay: Replay) -> None:
    """Return when the published status files of the newest seal hold the replayed array, byte for byte.

    Raises TreeMissingError and TreeInconsistentError.
    """
    seal, roots = replay.seal, replay.array.shard_roots()
    if seal is None or tree.raw_shard_roots(seal) != roots:
        raise TreeInconsistentError("the published shard roots are not those of the replayed array")
    for number in range(replay.array.shards):
        root = roots[32 * number : 32 * (number + 1)]
        if tree.raw_shard(root) != replay.array.shard(number):
            raise TreeInconsistentError(f"the published shard {root.hex()} is not that of the replayed array")


def _tree_code(error: Exception) -> Found:
    if isinstance(error, SourceUnreachableError):
        return Found.UNREACHABLE
    return Found.FILE_MISSING if isinstance(error, TreeMissingError) else Found.TREE_INCONSISTENT
