"""Answers as JSON objects that command line and HTTP give alike (docs/cli.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from certsvc.domain.decision import StoredDecision
from certsvc.domain.decision_service import ServiceRecord
from certsvc.domain.filing import FilingReport
from certsvc.domain.findings import Finding
from certsvc.domain.receipts import FilingReceipt
from certsvc.domain.unit_notice import StoredNotice
from certsvc.ports.filings import ListedFiling


def report_object(report: FilingReport) -> dict[str, object]:
    """The answer to a filing: identity, status, counts, and every finding."""
    rows = report.rows
    return {
        "filing": report.filing,
        "status": report.status.value,
        "rows": {"total": rows.total, "admitted": rows.admitted, "held": rows.held, "refused": rows.refused},
        "findings": [finding_object(finding) for finding in report.findings],
    }


def listed_object(one: ListedFiling) -> dict[str, object]:
    """A filing in a list: nothing personal. `next` is the step to be taken first, null where none is."""
    rows, step = one.rows, one.open_step
    return {
        "filing": one.id,
        "status": one.status.value,
        "batch": one.batch_ref,
        "committee": one.committee_code,
        "announcement": one.announcement_ref,
        "year": one.review_year,
        "received_at": _instant(one.received_at),
        "filed_by": one.filed_by,
        "maker": one.maker,
        "checker": one.checker,
        "follows": one.follows,
        "followed_by": one.followed_by,
        "replaced_by": one.replaced_by,
        "rows": {"total": rows.total, "admitted": rows.admitted, "held": rows.held, "refused": rows.refused},
        "next": None
        if step is None
        else {
            "level": None if step.level is None else step.level.value,
            "office": step.office,
            "due_on": None if step.due_on is None else step.due_on.isoformat(),
        },
    }


def unreadable_object(finding: Finding) -> dict[str, object]:
    """The answer to a file that could not be read: the same keys, no filing and nobody in it."""
    return {
        "filing": None,
        "status": "unreadable",
        "rows": {"total": 0, "admitted": 0, "held": 0, "refused": 0},
        "findings": [finding_object(finding)],
    }


def issue_object(report: FilingReport, certificates: Mapping[str, int]) -> dict[str, object]:
    """The answer to an issue: the filing, how many of its certificates are in each state, and why approved rows wait."""
    return {
        "filing": report.filing,
        "status": report.status.value,
        "certificates": dict(certificates),
        "held_at_issue": [finding_object(finding) for finding in held_at_issue(report)],
    }


def held_at_issue(report: FilingReport) -> tuple[Finding, ...]:
    """The findings that came up between approval and issue."""
    from certsvc.domain.rules.at_issue import AT_ISSUE

    return tuple(finding for finding in report.findings if finding.code in AT_ISSUE)


def notice_object(stored: StoredNotice) -> dict[str, object]:
    """A step of public naming, as the command line and the console print it."""
    notice = stored.notice
    return {
        "notice": stored.id,
        "step": notice.step.value,
        "lifts": notice.lifts,
        "unit_name": notice.unit_name,
        "unit_code": notice.unit_code,
        "document": notice.document_ref,
        "decided_on": notice.decided_on.isoformat(),
        "ground": notice.ground,
        "certificates": list(notice.certificates),
        "status": stored.status.value,
        "maker": stored.maker,
        "proposed_at": _instant(stored.proposed_at),
        "checker": stored.checker,
        "confirmed_at": None if stored.confirmed_at is None else _instant(stored.confirmed_at),
    }


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def decision_object(stored: StoredDecision, services: Iterable[ServiceRecord] = ()) -> dict[str, object]:
    """A decision as JSON (docs/cli.md), with what was recorded of its service."""
    proposal = stored.proposal
    return {
        "decision": stored.id,
        "kind": proposal.kind.value,
        "number": proposal.number,
        "status": stored.status.value,
        "document": proposal.document_ref,
        "document_sha256": proposal.document_sha256,
        "decided_on": proposal.decided_on.isoformat(),
        "effective_on": proposal.effective_on.isoformat(),
        "ground": proposal.ground,
        "changes": dict(proposal.changes),
        "maker": stored.maker,
        "proposed_at": stored.proposed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "checker": stored.checker,
        "confirmed_at": None
        if stored.confirmed_at is None
        else stored.confirmed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "services": [service_object(one) for one in services],
    }


def service_object(record: ServiceRecord) -> dict[str, object]:
    """One service of a decision 送达 as JSON."""
    return {
        "served_on": record.served_on.isoformat(),
        "method": record.method.value,
        "proof_sha256": record.proof_sha256,
        "actor": record.actor,
        "office": record.office,
        "recorded_at": record.recorded_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def receipt_object(receipt: FilingReceipt) -> dict[str, object]:
    """One receipt of the filing chain, as `certsvc filing receipt --json` and `/api/v1/filings/{id}/receipts` show it."""
    return {
        "filing": receipt.filing,
        "step": receipt.step,
        "level": receipt.level.value,
        "receipt": receipt.receipt_ref,
        "received_on": receipt.received_on.isoformat(),
        "office": receipt.office,
        "actor": receipt.actor,
        "opinion": receipt.opinion,
        "recorded_at": receipt.recorded_at.isoformat().replace("+00:00", "Z"),
    }


def finding_object(finding: Finding) -> dict[str, object]:
    """A finding as every answer shows it."""
    return {
        "row": finding.row,
        "column": finding.column,
        "code": finding.code,
        "severity": finding.severity.value,
        "case": finding.case,
        "clause": finding.clause,
        "message": finding.message,
    }
