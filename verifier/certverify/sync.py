"""Mirror a public tree into a folder: everything is verified before it takes the place of what was there.

1. The trust material: signed, and reached over the signed chain from the material that the folder holds. 2. The checkpoint:
signed by the log, with the policy's cosignatures, not from the future. 3. It continues the checkpoint that the folder
holds: a fork or an older state is refused, with evidence. 4. Tiles, seal, shard roots and shards lead to its root. 5. The
switch (`sync_folder`). Files that never change are added on the way; nobody is sent to them before the switch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from certverify.checkpoint import SignedCheckpoint, open_checkpoint
from certverify.errors import (
    CheckpointError,
    KeyNotInForceError,
    KeyUnknownError,
    MirrorError,
    SignatureError,
    SourceUnreachableError,
    TreeInconsistentError,
    TreeMissingError,
    TrustForgedError,
    TrustListError,
)
from certverify.monitor_codes import Found
from certverify.monitor_history import Relation, relation
from certverify.note import VerifierKey
from certverify.sources import FolderSource, Source, open_source
from certverify.strict_json import encode_canonical
from certverify.sync_folder import NAMES, MirrorFolder, open_mirror
from certverify.sync_report import SyncOutcome, SyncReport
from certverify.sync_source import SteadySource
from certverify.sync_tree import TreeKeeper
from certverify.sync_trust import SyncedTrust, kept_trust, newer_trust, trust_history
from certverify.tree import PublicTree
from certverify.trust import Trust
from certverify.trust_follow import TrustFiles

MOST_AHEAD = timedelta(minutes=5)
SECONDS_FOR_ALL = 3600.0
_ATTEMPTS = 2
_FAILURES = (
    (TrustForgedError, Found.TRUST_FORGED),
    (TrustListError, Found.TRUST_UNREADABLE),
    (SourceUnreachableError, Found.UNREACHABLE),
    (TreeMissingError, Found.FILE_MISSING),
    (TreeInconsistentError, Found.TREE_INCONSISTENT),
    (CheckpointError, Found.CHECKPOINT_UNREADABLE),
    (KeyNotInForceError, Found.KEY_NOT_IN_FORCE),
    (KeyUnknownError, Found.KEY_UNKNOWN),
    (SignatureError, Found.SIGNATURE_WRONG),
)
_AGAIN = (TreeMissingError, TreeInconsistentError, TrustListError)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the folder holds before the sync."""

    trust: SyncedTrust
    signed: SignedCheckpoint
    raw_note: bytes


@dataclass(frozen=True, slots=True)
class Sync:
    """Mirrors `source` into `folder`. `anchor`: whose trust material is believed; `whole_log`: every entry and every tile.

    `seconds`: how long all of it may take. `tell`: see `TreeKeeper`.
    """

    source: Source
    folder: MirrorFolder
    anchor: VerifierKey | None = None
    whole_log: bool = False
    prune: bool = False
    seconds: float = SECONDS_FOR_ALL
    tell: Callable[[int, int], None] | None = None

    def run(self, now: datetime) -> SyncReport:
        """Everything once; what is refused leaves the folder as it was. Raises MirrorError and OSError for the folder."""
        report = SyncReport(self.source.place, str(self.folder.path), now, whole_log=self.whole_log)
        kept = self._kept()
        if kept is not None:
            report.before = report.size = kept.signed.checkpoint.size
            report.as_of, report.trust_sequence = kept.signed.as_of, kept.trust.trust.trust_list.sequence
        if self.anchor is None:
            report.add(Found.TRUST_NOT_PINNED)
        source = SteadySource(self.source, self.seconds)
        self._attempted(_Round(self, source, kept, report, now))
        report.files, report.bytes = source.files, source.bytes
        return report

    def _attempted(self, round_: _Round) -> None:
        """Once more when files do not fit together: the tree may be published at this moment."""
        known = len(round_.report.findings)
        for left in reversed(range(_ATTEMPTS)):
            del round_.report.findings[known:]
            try:
                round_.go()
            except tuple(kind for kind, _ in _FAILURES) as error:
                if left and isinstance(error, _AGAIN) and not isinstance(error, SourceUnreachableError):
                    round_.source.forget()
                    continue
                code = next(code for kind, code in _FAILURES if isinstance(error, kind))
                round_.report.add(code, str(error))
            return

    def _kept(self) -> _Kept | None:
        if not self.folder.has_state:
            return None
        try:
            trust = kept_trust(self.folder, self.anchor)
            raw_note = self.folder.read("checkpoint") or b""
            signed = open_checkpoint(raw_note, trust.trust.trust_list.log_keys, trust.trust.policy)
        except TrustForgedError as error:
            raise MirrorError(
                "文件夹中的信任清单不是由所给信任根签署 the folder's trust list is not signed by this anchor"
            ) from error
        except (TrustListError, CheckpointError, KeyUnknownError, SignatureError) as error:
            raise MirrorError(
                "文件夹已损坏，请删除后重新同步 the folder is damaged: delete it and sync anew"
            ) from error
        return _Kept(trust, signed, raw_note)


def mirror(
    place: str,
    folder: Path,
    now: datetime,
    anchor: VerifierKey | None = None,
    *,
    whole_log: bool = False,
    prune: bool = False,
    seconds: float = SECONDS_FOR_ALL,
) -> SyncReport:
    """Mirror the public tree at `place`, a web address or a folder, into `folder`; `now` is aware.

    What is refused is told in the report, and leaves the folder as it was. Raises ValueError for an address that is none,
    MirrorError for a folder that cannot be a mirror, OSError when it cannot be written.
    """
    source = open_source(place)
    with open_mirror(folder) as opened:
        return Sync(source, opened, anchor, whole_log=whole_log, prune=prune, seconds=seconds).run(now)


@dataclass(slots=True)
class _Round:
    """One sync under way."""

    sync: Sync
    source: SteadySource
    kept: _Kept | None
    report: SyncReport
    now: datetime

    def go(self) -> None:
        kept_before = None if self.kept is None else self.kept.trust
        trust = newer_trust(self.source, kept_before, self.sync.anchor, self.report.add)
        if trust is None:
            return
        signed, raw_note = self._checkpoint(trust.trust)
        if signed is None or not self._continues(signed, raw_note, trust.files):
            return
        if self.kept is not None and _same_state(signed, self.kept.signed):
            signed, raw_note = self.kept.signed, self.kept.raw_note
        tree = PublicTree(self.source)
        keeper = TreeKeeper(tree, signed.checkpoint, self.sync.folder, self.sync.tell)
        seal = keeper.right_edge()
        self.report.shards = keeper.status(seal)
        if self.sync.whole_log:
            keeper.whole_log()
        trust_history(self.source, self.sync.folder, trust.files)
        self.report.repaired = keeper.repaired
        self._switch(trust, signed, raw_note)
        if self.sync.prune:
            self.report.removed = self.sync.folder.remove_stale(frozenset(keeper.needed))

    def _checkpoint(self, trust: Trust) -> tuple[SignedCheckpoint | None, bytes]:
        raw_note = PublicTree(self.source).raw_checkpoint()
        signed = open_checkpoint(raw_note, trust.trust_list.log_keys, trust.policy)
        if signed.as_of is None:
            self.report.add(Found.UNDATED)
        elif signed.as_of - int(self.now.timestamp()) > MOST_AHEAD.total_seconds():
            self.report.add(Found.IN_FUTURE)
        elif not signed.quorum_met:
            self.report.add(Found.QUORUM_MISSING)
        else:
            return signed, raw_note
        return None, raw_note

    def _continues(self, signed: SignedCheckpoint, raw_note: bytes, judged_by: TrustFiles) -> bool:
        """Whether the checkpoint comes after the one kept; otherwise both are kept as evidence."""
        if self.kept is None:
            return True
        before, shown = self.kept.signed.checkpoint, signed.checkpoint
        own = PublicTree(FolderSource(self.sync.folder.path))
        found = relation([PublicTree(self.source), own], before, shown)
        sizes = f"{before.size} -> {shown.size}"
        if found is Relation.FORK:
            self.report.add(Found.FORK, sizes, self._evidence("fork", raw_note, judged_by))
        elif shown.size < before.size or (shown.size == before.size and self._is_older(signed)):
            detail = f"{sizes}, {found.value}"
            self.report.add(Found.OLDER_THAN_KEPT, detail, self._evidence("older", raw_note, judged_by))
        elif found is Relation.UNPROVEN:
            self.report.add(Found.UNPROVEN, sizes)
        else:
            return True
        return False

    def _is_older(self, signed: SignedCheckpoint) -> bool:
        """Whether a state of the same size was the newest at an earlier time than the one kept."""
        before = None if self.kept is None else self.kept.signed.as_of
        return before is not None and signed.as_of is not None and signed.as_of < before

    def _evidence(self, what: str, raw_note: bytes, judged_by: TrustFiles) -> tuple[str, ...]:
        files = {"shown.note": raw_note, "kept.note": b"" if self.kept is None else self.kept.raw_note}
        trust = {"trust-list.json": judged_by.raw_list, "policy": judged_by.raw_policy}
        if judged_by.raw_note is not None:
            trust["trust.note"] = judged_by.raw_note
        digest = sha256(b"".join(files.values())).hexdigest()[:16]
        paths = self.sync.folder.keep_evidence(f"{what}-{digest}", files | trust)
        return paths[: len(files)]

    def _switch(self, trust: SyncedTrust, signed: SignedCheckpoint, raw_note: bytes) -> None:
        report, size = self.report, signed.checkpoint.size
        files = state_files(trust.files, raw_note)
        report.size, report.as_of = size, signed.as_of
        report.trust_sequence = trust.trust.trust_list.sequence
        if all(self.sync.folder.read(name) == files.get(name) for name in NAMES):
            report.outcome = SyncOutcome.UPDATED if report.repaired else SyncOutcome.UNCHANGED
            return
        told = {"place": self.source.place, "size": size, "synced_at": int(self.now.timestamp())}
        self.sync.folder.switch({**files, "synced.json": encode_canonical(told)})
        report.outcome = SyncOutcome.UPDATED


def state_files(trust: TrustFiles, raw_checkpoint: bytes) -> Mapping[str, bytes]:
    """The files that change together, by their names in the tree."""
    files = {
        "checkpoint": raw_checkpoint,
        "trust-list.json": trust.raw_list,
        "tables.json": trust.raw_tables,
        "policy": trust.raw_policy,
    }
    return files if trust.raw_note is None else {**files, "trust.note": trust.raw_note}


def _same_state(shown: SignedCheckpoint, kept: SignedCheckpoint) -> bool:
    """Whether nothing was logged or cosigned since."""
    return (shown.checkpoint, shown.as_of) == (kept.checkpoint, kept.as_of)
