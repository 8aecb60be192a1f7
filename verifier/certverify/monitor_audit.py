"""An auditor for a witness: each checkpoint is replayed before it is cosigned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from certverify.checkpoint import Checkpoint, open_checkpoint
from certverify.errors import AuditError, TrustListError
from certverify.monitor import compare_status_files
from certverify.note import VerifierKey
from certverify.replay_faults import FaultFoundError
from certverify.replay_follow import Follower
from certverify.sources import Source
from certverify.tree import PublicTree
from certverify.trust_follow import TrustFollower


class Auditor:
    """Replays the public tree at `source` up to a checkpoint that is not published yet; its tiles are.

    Judges by the trust material in the folder `trust`, with `anchor` by the newest to which the signed chain of the tree
    leads from there; keeps its replay at `path`, and beside it in `followed` which material it has come to. For one log,
    one call at a time.
    """

    def __init__(
        self,
        source: Source,
        trust: Path,
        path: Path,
        clock: Callable[[], datetime],
        anchor: VerifierKey | None = None,
    ) -> None:
        self._source = source
        self._trust = TrustFollower(trust, path.parent / "followed", anchor)
        self._clock = clock
        self._follower = Follower(path, saves_every_time=False)

    def examine(self, raw_note: bytes, checkpoint: Checkpoint) -> None:
        """Return when all leaves under the checkpoint keep the rules, and the status files are those of its seal.

        Raises AuditError when the log has signed what breaks a rule, or is not the log of the trust list; any other
        CertverifyError when it cannot be told now: files that are missing or altered, trust material that is unreadable,
        older than before, or does not name a record key of the log yet. OSError when the material cannot be kept.
        """
        judged = self._trust.judged_by(self._source)
        if judged.sequence < judged.greatest:
            raise TrustListError(f"the trust list is older than one before: {judged.sequence}")
        trust = judged.trust
        if checkpoint.origin != trust.trust_list.log_keys[0].name:
            raise AuditError("not-the-audited-log")
        signed = open_checkpoint(raw_note, trust.trust_list.log_keys, trust.policy)
        signed_at = int(self._clock().timestamp()) if signed.cosigned_at is None else signed.cosigned_at
        tree = PublicTree(self._source)
        try:
            replay = self._follower.follow(tree, checkpoint, signed_at, trust.trust_list)
        except FaultFoundError as error:
            raise AuditError(error.fault.value) from error
        compare_status_files(tree, replay)
