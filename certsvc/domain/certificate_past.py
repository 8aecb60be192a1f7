"""What stood of a certificate on a past day: as it was recorded then, and as it is known now.

Every event carries two days: from when it counts (`effective_on`), and when it was recorded (`recorded_on`). Of the events
known by some day, the one recorded last among those that count by the day asked about says how the certificate stood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from certsvc.domain.certificate_status import CertificateStatus


class PastEvent(StrEnum):
    """What may have happened to a certificate."""

    ISSUED = "issued"
    RECORDED = "recorded"
    REVOKED = "revoked"
    WRITTEN_OFF = "written_off"
    VOIDED = "voided"
    CORRECTED = "corrected"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return _LABELS[self]


_LABELS: Final = {
    PastEvent.ISSUED: "签发",
    PastEvent.RECORDED: "历史数据补录",
    PastEvent.REVOKED: "撤销",
    PastEvent.WRITTEN_OFF: "核销",
    PastEvent.VOIDED: "宣布无效",
    PastEvent.CORRECTED: "更正换发",
    PastEvent.SUSPENDED: "标记为核查中",
    PastEvent.REINSTATED: "恢复",
}
_STATUS_AFTER: Final = {
    PastEvent.ISSUED: CertificateStatus.VALID,
    PastEvent.RECORDED: CertificateStatus.HISTORICAL,
    PastEvent.REVOKED: CertificateStatus.REVOKED,
    PastEvent.WRITTEN_OFF: CertificateStatus.WRITTEN_OFF,
    PastEvent.VOIDED: CertificateStatus.VOIDED,
    PastEvent.SUSPENDED: CertificateStatus.SUSPENDED,
    PastEvent.REINSTATED: CertificateStatus.VALID,
}


@dataclass(frozen=True, slots=True)
class CertificateEvent:
    """One event, with its public words; `reference` and `ground` are None for the issue."""

    kind: PastEvent
    effective_on: date
    recorded_on: date
    reference: str | None = None
    ground: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a certificate stood: the status of the version in force, and its number. Both None: there was nothing yet."""

    status: CertificateStatus | None = None
    version: int | None = None


def standing_on(events: Sequence[CertificateEvent], day: date, known_on: date) -> Standing:
    """How the certificate stood on `day`, by what was recorded up to the end of `known_on`.

    `events` in the order of their recording, the issue first; days are days in Shanghai.
    """
    counting = [event for event in events if event.recorded_on <= known_on and event.effective_on <= day]
    statuses = [_STATUS_AFTER[event.kind] for event in counting if event.kind in _STATUS_AFTER]
    if not statuses:
        return Standing()
    corrections = sum(event.kind is PastEvent.CORRECTED for event in counting)
    return Standing(statuses[-1], 1 + corrections)
