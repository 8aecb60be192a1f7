"""Log receipts 入账回执: who submitted an event can prove that it was submitted, and by when it must be in the log.

A promise is given only while it can be kept: an operator who knows that it is broken already, or that witnesses keep the
log from being shown, signs none.

An event that never reaches the log leaves no trace in it; only a promise that was signed at the time can show it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from certverify.checkpoint import open_checkpoint
from certverify.errors import CertverifyError
from certverify.log_receipt import decode_log_receipt
from certverify.note import VerifierKey
from certverify.policy import decode_policy

from certsvc.errors import IntegrityError, UnavailableError, UnknownReference
from certsvc.formats.log_receipt import MOST_EVENTS, log_receipt_text
from certsvc.formats.note import encode_note, signature_line
from certsvc.ports import Clock, LogSigner, PublicTree
from certsvc.ports.log_receipts import Submission, Submissions
from certsvc.stages.published_log import NO_WITNESSES, log_key, read_published_note
from certsvc.stages.trust_files import POLICY_PATH

MERGE_DELAY = timedelta(hours=1)
"""The longest time from submission to the log: the greatest age of a checkpoint on line (decision: asymmetry)."""
LEAST_TIME_LEFT = timedelta(minutes=1)
"""Nearer to the due time nothing is promised that is not public."""


@dataclass(frozen=True, slots=True)
class LogReceipts:
    """Gives receipts for what stands in the outbox."""

    submissions: Submissions
    signer: LogSigner
    require_own_history: Callable[[], None]
    tree: PublicTree
    keys: Sequence[VerifierKey]
    clock: Clock

    def for_decision(self, decision: str) -> bytes:
        """The receipt of a confirmed decision: a signed note. Raises UnknownReference while nothing was submitted,
        UnavailableError when the promise cannot be kept as things stand.
        """
        found = self.submissions.of_decision(decision)
        if found is None:
            raise UnknownReference(f"决定 {decision[:20]} 尚未确认或不存在，没有可出具回执的入账事件。")
        return self._receipt(found)

    def for_filing(self, filing: str) -> bytes:
        """The receipt of the certificates of a filing that are sealed by now; as above."""
        found = self.submissions.of_filing(filing)
        if found is None:
            raise UnknownReference(f"备案 {filing[:20]} 尚未签章或不存在，没有可出具回执的入账事件。")
        return self._receipt(found)

    def _receipt(self, submission: Submission) -> bytes:
        self.require_own_history()
        if len(submission.commitments) > MOST_EVENTS:
            raise UnknownReference("该批事件超过一份回执的上限，请按证书分别查验。")
        signer, due_at = self.signer, submission.submitted_at + MERGE_DELAY
        self._require_keepable(submission, due_at)
        text = log_receipt_text(signer.origin, submission.submitted_at, due_at, submission.commitments)
        line = signature_line(signer.origin, signer.public_key, signer.sign(text.encode()))
        receipt = encode_note(text, [line])
        try:
            decode_log_receipt(receipt, [log_key(signer)])
        except CertverifyError as error:
            raise IntegrityError("刚生成的入账回执未通过验证，已停止签发。请检查签名设备。") from error
        return receipt

    def _require_keepable(self, submission: Submission, due_at: datetime) -> None:
        """Return when all events are public already, or time is left and the log can be shown. Raises UnavailableError."""
        published = read_published_note(self.tree, self.keys)
        shown = 0 if published is None else published[1].size
        if all(index is not None and index < shown for index in submission.leaves):
            return
        now = self.clock.now()
        if due_at - now < LEAST_TIME_LEFT:
            raise UnavailableError(
                "事件尚未公开入账，而承诺的期限已过或将至，不能再出具回执。"
                "请运行 certsvc ledger reconcile 查明原因，入账公开后再出具。"
            )
        shown_at = None if published is None else self._shown_at(published[0])
        if shown_at is None or now - shown_at > MERGE_DELAY:
            raise UnavailableError(
                "账本的检查点暂时不能更新（例如见证方未到齐），无法保证按期入账，暂不出具回执。请稍后再试。"
            )

    def _shown_at(self, raw_note: bytes) -> datetime | None:
        """When the log, with the quorum of the public policy, stood by what is published; None without the quorum."""
        try:
            raw_policy = self.tree.read(POLICY_PATH)
            policy = NO_WITNESSES if raw_policy is None else decode_policy(raw_policy)
            opened = open_checkpoint(raw_note, self.keys, policy)
        except CertverifyError as error:
            raise IntegrityError("公开的检查点或见证策略无法解读，已停止签发。请按运维手册核查。") from error
        times = [at for at in (opened.cosigned_at, opened.quorum_at) if at is not None]
        return datetime.fromtimestamp(min(times), UTC) if times and opened.quorum_met else None
