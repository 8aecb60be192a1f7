"""One round of a monitor: fetch, verify, prove, replay, compare, report. The steps are numbered in docs/monitoring.md."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
from certverify.monitor_history import Relation, relation
from certverify.monitor_key import AuditorKey
from certverify.monitor_report import Finding, Report
from certverify.monitor_state import KeptCheckpoint, MonitorState
from certverify.note import MAX_NOTE_BYTES, VerifierKey
from certverify.replay import Replay
from certverify.replay_faults import FaultFoundError, ReplayLimitError
from certverify.replay_follow import Follower, ForkFoundError, Progress
from certverify.sources import FolderSource, Source
from certverify.tree import TILE_WIDTH, PublicTree
from certverify.trust import MAX_TRUST_FILE_BYTES, Trust, load_trust

TRUST_FILES = ("trust-list.json", "policy", "trust.note")
MOST_AHEAD = timedelta(minutes=5)
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

    def __post_init__(self) -> None:
        self.follower = Follower(self.state.replay_path)
        if self.tell is not None:
            self.follower.tell = self.tell

    def round(self, now: datetime) -> Report:
        """Everything once. Raises MonitorStateError when the state cannot be kept."""
        report = Report(self.source.place, now)
        trust = self._trust(report)
        if trust is not None:
            _Round(self, report, trust, now, self.follower).go()
        return report

    def _trust(self, report: Report) -> Trust | None:
        """Step 1: the trust material by which is judged, and what of it has changed."""
        try:
            trust = load_trust(self.trust, self.anchor)
        except TrustForgedError as error:
            report.add(Found.TRUST_FORGED, str(error))
            return None
        except TrustListError as error:
            report.add(Found.TRUST_UNREADABLE, str(error))
            return None
        for name in TRUST_FILES:
            own = self._keep_trust(report, "trust", FolderSource(self.trust), name)
            shown = self._keep_trust(report, "tree", self.source, name)
            if own != shown and shown is not None:
                report.add(Found.TRUST_DIFFERS, name)
        greatest = self.state.greatest_sequence(trust.trust_list.sequence)
        if trust.trust_list.sequence < greatest:
            report.add(Found.TRUST_OLDER, f"{trust.trust_list.sequence} < {greatest}")
        return trust

    def _keep_trust(self, report: Report, place: str, source: Source, name: str) -> str | None:
        try:
            content = source.read(name, MAX_TRUST_FILE_BYTES)
        except _TREE_ERRORS:
            return None
        digest, before = self.state.keep_trust(f"{place}/{name}", content)
        report.trust[f"{place}/{name}"] = digest
        if before is not None:
            report.add(Found.TRUST_CHANGED, f"{place}/{name}: {before} -> {digest}")
        return digest


@dataclass(slots=True)
class _Round:
    """One round with the trust material read; a step that cannot be taken ends it."""

    monitor: Monitor
    report: Report
    trust: Trust
    now: datetime
    follower: Follower

    def go(self) -> None:
        tree = PublicTree(self.monitor.source)
        kept = self._fetched(tree)
        if kept is None or not self._continues(tree, kept):
            return
        self.monitor.state.keep_checkpoint(kept)
        replay = self._replayed(tree, kept)
        self._compare_copies(tree, kept)
        if replay is not None:
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
        try:
            return open_checkpoint(raw_note, self.trust.trust_list.log_keys, self.trust.policy)
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
            replay = self.follower.follow(tree, kept.checkpoint, kept.cosigned_at, self.trust.trust_list)
        except FaultFoundError as error:
            self._broken(tree, kept, error)
            return None
        except ForkFoundError as error:
            before = self.monitor.state.of_size(error.kept_size)
            self._fork(before or kept, kept)
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

    def _cosign(self, kept: KeptCheckpoint) -> None:
        """Step 7: our own line, under what was replayed without fault."""
        key, state, report = self.monitor.key, self.monitor.state, self.report
        doubts = {one.code for one in report.findings if one.code.weight is not Weight.REMARK}
        if key is None or not doubts <= _HARMLESS_TO_COSIGN:
            return
        seconds = int(self.now.timestamp())
        if seconds < key.last_time(state.cosigned()):
            report.add(Found.CLOCK_BEHIND)
            return
        report.cosigned = state.keep_cosigned(key.cosigned(kept.raw_note, seconds))

    def _fork(self, one: KeptCheckpoint, other: KeptCheckpoint, place: str = "") -> None:
        evidence = tuple(
            self.monitor.state.keep_evidence(f"fork-{note.checkpoint.size}.note", note.raw_note)
            for note in (one, other)
        )
        sizes = f"{one.checkpoint.size}, {other.checkpoint.size}"
        self.report.findings.append(Finding(Found.FORK, f"{sizes} {place}".rstrip(), evidence=evidence))

    def _broken(self, tree: PublicTree, kept: KeptCheckpoint, error: FaultFoundError) -> None:
        state = self.monitor.state
        note = state.keep_evidence(f"{error.fault.value}-{error.index}.note", kept.raw_note)
        leaf = json.dumps(_leaf_evidence(tree, kept.checkpoint, error), indent=1).encode()
        proof = state.keep_evidence(f"{error.fault.value}-{error.index}.json", leaf)
        self.report.findings.append(
            Finding(Found.RULE_BROKEN, fault=error.fault, index=error.index, evidence=(note, proof))
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


def _leaf_evidence(tree: PublicTree, checkpoint: Checkpoint, error: FaultFoundError) -> dict[str, object]:
    """The leaf with its inclusion proof, as far as the tree still gives it."""
    found: dict[str, object] = {"fault": error.fault.value, "index": error.index, "size": checkpoint.size}
    try:
        number, offset = divmod(error.index, TILE_WIDTH)
        width = min(TILE_WIDTH, checkpoint.size - number * TILE_WIDTH)
        found["leaf"] = tree.raw_entries(number, width)[offset].hex()
        found["proof"] = [one.hex() for one in tree.inclusion_proof(error.index, checkpoint.size)]
    except _TREE_ERRORS as missing:
        found["incomplete"] = str(missing)
    return found


def _tree_code(error: Exception) -> Found:
    if isinstance(error, SourceUnreachableError):
        return Found.UNREACHABLE
    return Found.FILE_MISSING if isinstance(error, TreeMissingError) else Found.TREE_INCONSISTENT
