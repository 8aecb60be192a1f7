"""What stands in for the witnesses while a backup is restored: nobody is asked, what was cosigned then is shown again."""

from __future__ import annotations

from collections.abc import Callable

from certverify.checkpoint import open_checkpoint
from certverify.errors import CertverifyError
from certverify.note import VerifierKey
from certverify.policy import Policy

from certsvc.errors import NotWitnessed
from certsvc.stages.published_log import carries
from certsvc.stages.witnessing import Presented


class KeptCosignatures:
    """Cosigners for one note: the published checkpoint of the backup, judged by the policy that was published with it."""

    def __init__(self, raw_note: bytes | None, key: VerifierKey, policy: Policy) -> None:
        self._raw_note = raw_note
        self._key = key
        self._policy = policy

    def is_met_by(self, raw_note: bytes) -> bool:
        """Whether the cosignatures of a note suffice."""
        try:
            return open_checkpoint(raw_note, (self._key,), self._policy).quorum_met
        except CertverifyError:
            return False

    def cosign(self, tree: Presented, size_now: Callable[[], int]) -> bytes:  # noqa: ARG002  # nobody can be ahead
        """The kept note where it is that of the log's head. Raises NotWitnessed when the head needs cosignatures anew."""
        kept = self._raw_note
        if kept is not None and carries(kept, tree.note) and self.is_met_by(kept):
            return kept
        if self.is_met_by(tree.note):
            return tree.note
        raise NotWitnessed("等待见证：恢复的账本头尚无共签，启动后由见证方共签再公开。")
