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
from certsvc.domain.ways import Way
from certsvc.errors import ConflictError, RequestError


class DecisionKind(StrEnum):
    """What is decided; four endings that are never merged, a correction, a suspension and what lifts them.

    Revocation 撤销 is for false personal material (吉人社函〔2022〕38号 四（二）), a write-off 核销 for an aid mission left for
    personal reasons (二（二）), voiding 无效 for a breach of procedure (六（二）).
    """

    REVOKE = "revoke"
    WRITE_OFF = "write_off"
    VOID = "void"
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
    DecisionKind.WRITE_OFF: "核销",
    DecisionKind.VOID: "无效",
    DecisionKind.CORRECT: "更正",
    DecisionKind.SUSPEND: "核查中（暂停使用）",
    DecisionKind.REINSTATE: "恢复",
}
_POSSIBLE_FROM: Final = {
    DecisionKind.REVOKE: frozenset({CertificateStatus.VALID, CertificateStatus.SUSPENDED}),
    DecisionKind.WRITE_OFF: frozenset({CertificateStatus.VALID, CertificateStatus.SUSPENDED}),
    DecisionKind.VOID: frozenset({CertificateStatus.VALID, CertificateStatus.SUSPENDED}),
    DecisionKind.CORRECT: frozenset({CertificateStatus.VALID}),
    DecisionKind.SUSPEND: frozenset({CertificateStatus.VALID}),
    DecisionKind.REINSTATE: frozenset(
        {
            CertificateStatus.SUSPENDED,
            CertificateStatus.REVOKED,
            CertificateStatus.WRITTEN_OFF,
            CertificateStatus.VOIDED,
        }
    ),
}


class VoidFrom(StrEnum):
    """From when voiding counts: 38号 六（二） says 一律无效 and no day; the acquisition day unless the office sets otherwise."""

    ACQUIRED = "acquired"
    DECIDED = "decided"


def effective_day(
    kind: DecisionKind,
    decided_on: date,
    acquired_on: date,
    void_from: VoidFrom = VoidFrom.ACQUIRED,
    lifted_from: date | None = None,
) -> date:
    """The day from which a decision counts.

    Voiding counts from the acquisition on, unless `void_from` says otherwise. What lifts an ending sets it aside from the
    day that it counted from: `lifted_from` (None: a suspension is lifted, which ends it). Everything else: its own date.
    """
    if kind is DecisionKind.VOID and void_from is VoidFrom.ACQUIRED:
        return acquired_on
    if kind is DecisionKind.REINSTATE and lifted_from is not None:
        return lifted_from
    return decided_on


class DecisionStatus(StrEnum):
    """Where a step of two persons stands: waiting for the second one, in force, or taken back before that."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed. `changes` holds the corrected fields as text, and is empty for every other kind.

    `document_ref` and `ground` are public: verifiers are shown them beside the status. `effective_on`: the day from
    which it counts. `document_sha256`: digest (hex) of the uploaded decision document.
    """

    kind: DecisionKind
    number: str
    document_ref: str
    decided_on: date
    ground: str
    effective_on: date
    changes: Mapping[str, str] = field(default_factory=dict)
    document_sha256: str | None = None


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


def require_fit_way(kind: DecisionKind, way: int) -> None:
    """Raises RequestError for a write-off of a title that was not acquired as an incentive of an aid mission (38号 二（二）)."""
    if kind is DecisionKind.WRITE_OFF and way != Way.AID_MISSION:
        raise RequestError(
            f"核销只适用于以“{Way.AID_MISSION.label}”方式取得的职称（吉人社函〔2022〕38号 二（二））。"
            "个人申报材料造假的，请提出撤销；未按规定程序申报、评审的，请提出无效。"
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
