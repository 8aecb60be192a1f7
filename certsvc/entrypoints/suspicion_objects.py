"""Suspicion cases as JSON, the same from the command line and over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from certsvc.domain.suspicion import CaseClosing, SuspicionCase, SuspicionReport
from certsvc.stages.suspicions import CaseState, ShownCase


def case_object(case: SuspicionCase) -> dict[str, Any]:
    """A case, without what is personal."""
    return {
        "number": case.number,
        "status": case.status.value,
        "reported_at": _instant(case.reported_at),
        "certificate": case.certificate,
        "city": case.city,
        "assigned_to": case.assigned_to,
        "assigned_at": _instant(case.assigned_at),
        "outcome": None if case.outcome is None else case.outcome.value,
        "closed_by": case.closed_by,
        "closed_at": _instant(case.closed_at),
        "forgotten_at": _instant(case.forgotten_at),
    }


def shown_object(shown: ShownCase) -> dict[str, Any]:
    """A case with what was reported and how it ended; null where it is forgotten, or not yet."""
    return case_object(shown.case) | {
        "report": None if shown.report is None else _report(shown.report),
        "closing": None if shown.closing is None else _closing(shown.closing),
    }


def state_object(state: CaseState) -> dict[str, Any]:
    """How far a case is, as its reporter is told."""
    case, closing = state.case, state.closing
    return {
        "number": case.number,
        "status": case.status.value,
        "status_label": case.status.label,
        "reported_at": _instant(case.reported_at),
        "outcome": None if case.outcome is None else case.outcome.value,
        "outcome_label": None if case.outcome is None else case.outcome.label,
        "words": None if closing is None else closing.words,
        "reference": None if closing is None else closing.reference,
        "closed_at": _instant(case.closed_at),
    }


def _report(report: SuspicionReport) -> dict[str, Any]:
    attached = report.attachment
    return {
        "name": report.name,
        "contact": report.contact,
        "shown_at": report.shown_at,
        "account": report.account,
        "qr": report.qr,
        "manual_code": report.manual_code,
        "number": report.number,
        "attachment": None
        if attached is None
        else {"media_type": attached.media_type.value, "bytes": len(attached.content)},
    }


def _closing(closing: CaseClosing) -> dict[str, Any]:
    return {"outcome": closing.outcome.value, "words": closing.words, "reference": closing.reference}


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")
