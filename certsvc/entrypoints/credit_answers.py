"""Credit records, cancelled years and platform messages as JSON objects, the same on the command line and over HTTP."""

from __future__ import annotations

from datetime import date, datetime

from certsvc.domain.cancelled_year import StoredCancellation
from certsvc.domain.credit import CreditHistory, CreditHolder
from certsvc.domain.platform_message import MessageReport
from certsvc.stages.platform_delivery import PlatformStanding


def cancellation_object(stored: StoredCancellation) -> dict[str, object]:
    """A step over a cancelled year; the document number is masked but for its last four characters."""
    told = stored.cancellation
    return {
        "step": stored.id,
        "kind": told.step.value,
        "lifts": told.lifts,
        "name": told.name,
        "id_kind": told.document.kind.value,
        "id_last4": told.document.last4,
        "year": told.year,
        "place": told.place,
        "document": told.document_ref,
        "decided_on": told.decided_on.isoformat(),
        "ground": told.ground,
        "status": stored.status.value,
        "maker": stored.maker,
        "checker": stored.checker,
        "confirmed_at": None if stored.confirmed_at is None else _instant(stored.confirmed_at),
    }


def credit_object(
    history: CreditHistory, today: date, holder: CreditHolder | None = None
) -> dict[str, object]:
    """A credit record; with its person when the holder is given."""
    record = history.record
    shown: dict[str, object] = {
        "record": record.id,
        "decision": record.decision,
        "recorded_on": record.recorded_on.isoformat(),
        "until_on": record.until_on.isoformat(),
        "standing": history.standing(today).value,
        "withdrawn_on": None if history.withdrawn_on is None else history.withdrawn_on.isoformat(),
        "ended_on": None if history.ended_on is None else history.ended_on.isoformat(),
    }
    if holder is not None:
        shown |= {
            "name": holder.name,
            "id_kind": holder.id_kind,
            "id_number": holder.id_number,
            "number": holder.number,
            "document": holder.document_ref,
            "decided_on": holder.decided_on.isoformat(),
            "ground": holder.ground,
        }
    return shown


def message_object(report: MessageReport) -> dict[str, object]:
    """A platform message without its content."""
    return {
        "id": report.id,
        "platform": report.platform.value,
        "kind": report.kind.value,
        "subject": report.subject,
        "key": report.key,
        "state": report.state.value,
        "attempts": report.attempts,
        "queued_at": _instant(report.queued_at),
        "next_attempt_at": _instant(report.next_attempt_at),
        "last_fault": report.last_fault,
        "receipt": report.receipt,
    }


def standing_object(standing: PlatformStanding) -> dict[str, object]:
    """A platform: whether it is connected, and its messages by state."""
    return {
        "platform": standing.platform.value,
        "connected": standing.connected,
        "waiting": standing.waiting,
        "delivered": standing.delivered,
        "dead": standing.dead,
    }


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
