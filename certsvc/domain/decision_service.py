"""Proof of service 送达: how and when a decision was handed to the holder. It never delays what the decision does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from certsvc.domain.decision import DecisionStatus, StoredDecision
from certsvc.domain.decision_kinds import KINDS
from certsvc.errors import ConflictError, RequestError


class ServiceMethod(StrEnum):
    """The ways of serving a document."""

    DIRECT = "direct"
    LEFT = "left"
    POSTAL = "postal"
    ELECTRONIC = "electronic"
    ANNOUNCED = "announced"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return _LABELS[self]


_LABELS: Final = {
    ServiceMethod.DIRECT: "直接送达",
    ServiceMethod.LEFT: "留置送达",
    ServiceMethod.POSTAL: "邮寄送达",
    ServiceMethod.ELECTRONIC: "电子送达",
    ServiceMethod.ANNOUNCED: "公告送达",
}


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """One service of a decision; several may be recorded, none is ever changed. `proof_sha256`: the uploaded proof.

    `office`: the region of the authority that served it.
    """

    decision: str
    served_on: date
    method: ServiceMethod
    proof_sha256: str | None
    actor: str
    office: str
    recorded_at: datetime


def method_named(word: str) -> ServiceMethod:
    """The method of a Chinese word. Raises KeyError for another word."""
    return {label: method for method, label in _LABELS.items()}[word]


def is_servable(stored: StoredDecision) -> bool:
    """Whether a service of the decision can be recorded at all: in force, and of a kind that is served."""
    return KINDS[stored.proposal.kind].served and stored.status is DecisionStatus.CONFIRMED


def require_servable(stored: StoredDecision, served_on: date, today: date) -> None:
    """Raises ConflictError for a decision that is not in force, RequestError for a kind or a day that cannot be."""
    kind = stored.proposal.kind
    if not KINDS[kind].served:
        raise RequestError(f"{kind.label}决定无须登记送达。")
    if stored.status is not DecisionStatus.CONFIRMED:
        raise ConflictError("该决定尚未确认生效，不能登记送达。请先由另一人确认。")
    if served_on > today:
        raise RequestError("送达日期不能晚于今天。请核对送达回证上的日期。")
    if served_on < stored.proposal.decided_on:
        raise RequestError(
            f"送达日期不能早于决定日期（{stored.proposal.decided_on.isoformat()}）。请核对送达回证上的日期。"
        )
