"""Answers as JSON objects that command line and HTTP give alike (docs/cli.md)."""

from __future__ import annotations

from collections.abc import Mapping

from certsvc.domain.decision import StoredDecision
from certsvc.domain.filing import FilingReport
from certsvc.domain.findings import Finding
from certsvc.domain.receipts import FilingReceipt


def report_object(report: FilingReport) -> dict[str, object]:
    """The answer to a filing: identity, status, counts, and every finding."""
    rows = report.rows
    return {
        "filing": report.filing,
        "status": report.status.value,
        "rows": {"total": rows.total, "admitted": rows.admitted, "held": rows.held, "refused": rows.refused},
        "findings": [_finding_object(finding) for finding in report.findings],
    }


def unreadable_object(finding: Finding) -> dict[str, object]:
    """The answer to a file that could not be read: the same keys, no filing and nobody in it."""
    return {
        "filing": None,
        "status": "unreadable",
        "rows": {"total": 0, "admitted": 0, "held": 0, "refused": 0},
        "findings": [_finding_object(finding)],
    }


def issue_object(report: FilingReport, certificates: Mapping[str, int]) -> dict[str, object]:
    """The answer to an issue: the filing, and how many of its certificates are in each state."""
    return {"filing": report.filing, "status": report.status.value, "certificates": dict(certificates)}


def decision_object(stored: StoredDecision) -> dict[str, object]:
    """A decision as JSON (docs/cli.md)."""
    proposal = stored.proposal
    return {
        "decision": stored.id,
        "kind": proposal.kind.value,
        "number": proposal.number,
        "status": stored.status.value,
        "document": proposal.document_ref,
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


def _finding_object(finding: Finding) -> dict[str, object]:
    return {
        "row": finding.row,
        "column": finding.column,
        "code": finding.code,
        "severity": finding.severity.value,
        "case": finding.case,
        "clause": finding.clause,
        "message": finding.message,
    }
