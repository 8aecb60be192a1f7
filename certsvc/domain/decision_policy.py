"""What an office sets about decisions where the notices leave it open."""

from __future__ import annotations

from dataclasses import dataclass

from certsvc.domain.credit import CreditStart
from certsvc.domain.decision import DecisionKind, VoidFrom
from certsvc.domain.decision_kinds import KINDS
from certsvc.errors import RequestError


@dataclass(frozen=True, slots=True)
class DecisionPolicy:
    """`void_from`: from when voiding counts. `suspension`: whether 核查中 may be decided, which no notice knows.

    `documents_required`: whether a decision needs its document uploaded, where the table of kinds asks for one.
    `credit_starts`: the day from which the three years of a credit record count.
    """

    void_from: VoidFrom = VoidFrom.ACQUIRED
    suspension: bool = False
    documents_required: bool = False
    credit_starts: CreditStart = CreditStart.RECORDED

    def require_in_use(self, kind: DecisionKind) -> None:
        """Raises RequestError for a suspension while it is off; what is suspended already can still be lifted."""
        if kind is DecisionKind.SUSPEND and not self.suspension:
            raise RequestError(
                "“核查中（暂停使用）”不是现行文件规定的处理方式，本系统未启用（CERTSVC_SUSPENSION=off）。"
                "请在核查结束后按撤销、核销或无效办理；已标记为核查中的证书可以恢复。"
            )

    def require_document(self, kind: DecisionKind, document_sha256: str | None) -> None:
        """Raises RequestError when the decision needs its document and none was uploaded."""
        if self.documents_required and KINDS[kind].needs_document and document_sha256 is None:
            raise RequestError(f"{kind.label}决定须上传决定文书（PDF、JPEG 或 PNG）。请上传后重新提出。")
