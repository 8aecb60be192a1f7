"""Log receipts 入账回执: who submitted an event can prove that it was submitted, and by when it must be in the log.

An event that never reaches the log leaves no trace in it; only a promise that was signed at the time can show it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from certverify.errors import CertverifyError
from certverify.log_receipt import decode_log_receipt

from certsvc.errors import IntegrityError, UnknownReference
from certsvc.formats.log_receipt import MOST_EVENTS, log_receipt_text
from certsvc.formats.note import encode_note, signature_line
from certsvc.ports import LogSigner
from certsvc.ports.log_receipts import Submission, Submissions
from certsvc.stages.published_log import log_key

MERGE_DELAY = timedelta(hours=1)
"""The longest time from submission to the log: the greatest age of a checkpoint on line (decision: asymmetry)."""


@dataclass(frozen=True, slots=True)
class LogReceipts:
    """Gives receipts for what stands in the outbox."""

    submissions: Submissions
    signer: LogSigner
    require_own_history: Callable[[], None]

    def for_decision(self, decision: str) -> bytes:
        """The receipt of a confirmed decision: a signed note. Raises UnknownReference while nothing was submitted."""
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
        text = log_receipt_text(signer.origin, submission.submitted_at, due_at, submission.commitments)
        line = signature_line(signer.origin, signer.public_key, signer.sign(text.encode()))
        receipt = encode_note(text, [line])
        try:
            decode_log_receipt(receipt, [log_key(signer)])
        except CertverifyError as error:
            raise IntegrityError("刚生成的入账回执未通过验证，已停止签发。请检查签名设备。") from error
        return receipt
