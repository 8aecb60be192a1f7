"""Voiding of a whole batch 一律无效 (吉人社函〔2022〕38号 六（二）), and its undoing: what becomes of which certificate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256

from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.decision import (
    CertificateVersion,
    DecisionKind,
    DecisionStatus,
    VoidFrom,
    effective_day,
)
from certsvc.errors import ConflictError, RequestError

_STANDING = frozenset({CertificateStatus.VALID, CertificateStatus.SUSPENDED})


class BatchKind(StrEnum):
    """What is decided of a batch: that all its results are void, or that such a decision is lifted."""

    VOID = "void"
    RESTORE = "restore"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return "整批无效" if self is BatchKind.VOID else "整批恢复"

    @property
    def of_one(self) -> DecisionKind:
        """The decision over each certificate."""
        return DecisionKind.VOID if self is BatchKind.VOID else DecisionKind.REINSTATE


@dataclass(frozen=True, slots=True)
class BatchProposal:
    """What is proposed for the certificates of a filing. `undoes`: the batch decision that a restoration lifts."""

    kind: BatchKind
    filing: str
    document_ref: str
    decided_on: date
    ground: str
    document_sha256: str | None = None
    undoes: str | None = None


@dataclass(frozen=True, slots=True)
class BatchDecision:
    """A batch decision as it is kept. `finished_at`: when the events of its last certificate were written."""

    id: str
    proposal: BatchProposal
    status: DecisionStatus
    maker: str
    proposed_at: datetime
    checker: str | None
    confirmed_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class BatchCertificate:
    """One certificate of a filing: every version, and what ended it last (batch decision, day it counts from)."""

    versions: tuple[CertificateVersion, ...]
    ended_by_batch: str | None = None
    ended_from: date | None = None

    @property
    def newest(self) -> CertificateVersion:
        """The version that tells how the certificate stands."""
        return self.versions[-1]

    @property
    def number(self) -> str:
        """The certificate's number."""
        return self.newest.content.number

    @property
    def never_issued(self) -> bool:
        """True for a draft that no key was used for."""
        return not self.versions[0].sealed


@dataclass(frozen=True, slots=True)
class PlannedDecision:
    """The decision over one certificate that a batch decision brings along."""

    number: str
    kind: DecisionKind
    effective_on: date


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far a confirmed batch decision is: certificates decided, with events written, with events in the log."""

    certificates: int
    written: int
    logged: int


@dataclass(frozen=True, slots=True)
class BatchPreview:
    """What a batch decision would do; nothing was changed.

    `numbers`: of the certificates that it would decide over.
    `by_status`: certificates by the status of their newest version. `left_alone`: number -> status of those that the
    decision does not touch. `never_issued`: rows without a certificate that would get none any more. `counties`: six-digit
    code of the holder's unit (empty: unknown) -> certificates. `effective`: day -> certificates. `dependants`: later
    titles that rest on one of these. `same_batch`: other filings of the same committee and 批次编号.
    """

    filing: str
    kind: BatchKind
    planned: int
    by_status: Mapping[str, int]
    left_alone: Mapping[str, str]
    never_issued: int
    counties: Mapping[str, int]
    levels: Mapping[str, int]
    effective: Mapping[str, int]
    dependants: tuple[str, ...]
    same_batch: tuple[str, ...]
    numbers: tuple[str, ...] = ()


def member_decision_id(batch: str, number: str) -> str:
    """The id of the decision over one certificate of a batch: always the same, so that none is made twice."""
    return "D" + sha256(f"{batch}/{number}".encode()).hexdigest()[:15].upper()


def plan_voiding(
    members: Iterable[BatchCertificate], decided_on: date, void_from: VoidFrom
) -> tuple[PlannedDecision, ...]:
    """A voiding for every certificate that stands. Certificates that ended otherwise keep their own ending.

    Raises ConflictError while a corrected version waits for its signature.
    """
    planned = []
    for one in members:
        if one.never_issued or one.newest.status not in _STANDING:
            continue
        if not all(version.sealed for version in one.versions):
            raise ConflictError(f"证书 {one.number} 正在换发，尚未完成签章。请稍候片刻后重试。")
        acquired_on = one.newest.content.award.acquired_on
        effective_on = effective_day(DecisionKind.VOID, decided_on, acquired_on, void_from)
        planned.append(PlannedDecision(one.number, DecisionKind.VOID, effective_on))
    return tuple(planned)


def plan_restoring(
    members: Iterable[BatchCertificate], undoes: str, decided_on: date
) -> tuple[PlannedDecision, ...]:
    """A reinstatement for exactly those that the batch decision ended and that no other decision touched since."""
    return tuple(
        PlannedDecision(one.number, DecisionKind.REINSTATE, one.ended_from or decided_on)
        for one in members
        if not one.never_issued
        and one.newest.status is CertificateStatus.VOIDED
        and one.ended_by_batch == undoes
    )


def require_timely_batch(proposal: BatchProposal, members: Iterable[BatchCertificate], today: date) -> None:
    """Raises RequestError for a date in the future, or before a title of the batch was acquired."""
    if proposal.decided_on > today:
        raise RequestError("决定日期不能晚于今天。请核对决定文书上的日期。")
    acquired = [one.newest.content.award.acquired_on for one in members]
    if acquired and proposal.decided_on < max(acquired):
        raise RequestError(
            f"决定日期不能早于本批职称的取得日期（{max(acquired).isoformat()}）。请核对决定文书上的日期。"
        )


def awaits_confirmation(stored: BatchDecision, checker: str) -> bool:
    """True when it waits for a confirmation, False when this very person has confirmed it. Raises ConflictError."""
    if stored.status is DecisionStatus.WITHDRAWN:
        raise ConflictError("该决定已撤回，不能确认。如仍需办理，请重新提出。")
    if stored.status is DecisionStatus.CONFIRMED and stored.checker != checker:
        raise ConflictError("该决定已由另一位人员确认，无需再次确认。")
    return stored.status is DecisionStatus.PROPOSED


def preview_of(
    proposal: BatchProposal,
    members: tuple[BatchCertificate, ...],
    planned: tuple[PlannedDecision, ...],
    undrafted: int,
    dependants: tuple[str, ...],
    same_batch: tuple[str, ...],
) -> BatchPreview:
    """The counts of what would happen."""
    touched = {one.number: one for one in planned}
    issued = [one for one in members if not one.never_issued]
    awards = [one.newest.content.award for one in issued if one.number in touched]
    return BatchPreview(
        filing=proposal.filing,
        kind=proposal.kind,
        planned=len(planned),
        by_status=_counted(one.newest.status.word for one in issued),
        left_alone={one.number: one.newest.status.word for one in issued if one.number not in touched},
        never_issued=undrafted + len(members) - len(issued),
        counties=_counted(award.unit_region or "" for award in awards),
        levels=_counted(award.level.label for award in awards),
        effective=_counted(one.effective_on.isoformat() for one in planned),
        dependants=dependants,
        same_batch=same_batch,
        numbers=tuple(touched),
    )


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))
