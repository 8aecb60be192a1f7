"""Decisions over certificates 决定: what is proposed by one person and confirmed by another, and what may follow what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from certsvc.domain.certificate import CertificateContent
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.corridor import Draft
from certsvc.errors import ConflictError, RequestError


class DecisionKind(StrEnum):
    """What is decided. Revocation is for false personal material (吉人社函〔2022〕38号 四（二）)."""

    REVOKE = "revoke"
    CORRECT = "correct"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return _LABELS[self]

    @property
    def possible_from(self) -> frozenset[CertificateStatus]:
        """The statuses of the newest version that the decision may start from."""
        return _POSSIBLE_FROM[self]


_LABELS: Final = {
    DecisionKind.REVOKE: "撤销",
    DecisionKind.CORRECT: "更正",
    DecisionKind.SUSPEND: "核查中（暂停使用）",
    DecisionKind.REINSTATE: "恢复",
}
_POSSIBLE_FROM: Final = {
    DecisionKind.REVOKE: frozenset({CertificateStatus.VALID, CertificateStatus.SUSPENDED}),
    DecisionKind.CORRECT: frozenset({CertificateStatus.VALID}),
    DecisionKind.SUSPEND: frozenset({CertificateStatus.VALID}),
    DecisionKind.REINSTATE: frozenset({CertificateStatus.SUSPENDED, CertificateStatus.REVOKED}),
}


class DecisionStatus(StrEnum):
    """Where a decision stands: waiting for the second person, in force, or taken back before that."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed. `changes` holds the corrected fields as text, and is empty for every other kind.

    `document_ref` and `ground` are public: verifiers are shown them beside the status.
    """

    kind: DecisionKind
    number: str
    document_ref: str
    decided_on: date
    ground: str
    changes: Mapping[str, str] = field(default_factory=dict)

    @property
    def effective_on(self) -> date:
        """The day from which the decision counts: a decision takes effect on its own date."""
        return self.decided_on


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision as it is kept. `checker` and `confirmed_at` are set exactly when it is confirmed."""

    id: str
    proposal: Proposal
    status: DecisionStatus
    maker: str
    proposed_at: datetime
    checker: str | None
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class CertificateVersion:
    """One version of a certificate as a decision finds it; `sealed`: its QR record is signed."""

    draft: Draft
    status: CertificateStatus
    sealed: bool

    @property
    def content(self) -> CertificateContent:
        """What the version says."""
        return self.draft.content


def require_possible(kind: DecisionKind, status: CertificateStatus) -> None:
    """Raises ConflictError when a certificate of that status (of its newest version) is no subject of the decision."""
    if status not in kind.possible_from:
        wanted = "或".join(f"“{one.label}”" for one in sorted(kind.possible_from))
        raise ConflictError(
            f"该证书目前为“{status.label}”，不能作出{kind.label}决定；只有{wanted}的证书可以。请先核对证书状态。"
        )


def require_settled(versions: tuple[CertificateVersion, ...]) -> CertificateVersion:
    """The newest version. Raises ConflictError while one of them waits for its signature."""
    if not all(version.sealed for version in versions):
        raise ConflictError("该证书正在签发或换发，尚未完成签章。请稍候片刻后重试。")
    return versions[-1]


def require_timely(proposal: Proposal, first: CertificateVersion, today: date) -> None:
    """Raises RequestError for a date in the future, or before the title was acquired."""
    if proposal.decided_on > today:
        raise RequestError("决定日期不能晚于今天。请核对决定文书上的日期。")
    if proposal.decided_on < first.content.award.acquired_on:
        raise RequestError(
            f"决定日期不能早于职称的取得日期（{first.content.award.acquired_on.isoformat()}）。请核对决定文书上的日期。"
        )


def waits_for(stored: StoredDecision, checker: str) -> bool:
    """True when the decision waits for a confirmation, False when this very person has confirmed it.

    Raises ConflictError when somebody else has, or when it was withdrawn.
    """
    if stored.status is DecisionStatus.WITHDRAWN:
        raise ConflictError("该决定已撤回，不能确认。如仍需办理，请重新提出。")
    if stored.status is DecisionStatus.CONFIRMED and stored.checker != checker:
        raise ConflictError("该决定已由另一位人员确认，无需再次确认。")
    return stored.status is DecisionStatus.PROPOSED
