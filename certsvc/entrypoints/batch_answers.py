"""Answers about batches, dependent titles and annulled proofs that command line and HTTP give alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from certsvc.domain.annulment import StoredAnnulment
from certsvc.domain.batch_voiding import BatchDecision, BatchPreview, BatchProgress
from certsvc.domain.dependants import DependantEntry


def batch_object(stored: BatchDecision, progress: BatchProgress) -> dict[str, object]:
    """A batch decision, and how far it is."""
    proposal = stored.proposal
    return {
        "batch_decision": stored.id,
        "kind": proposal.kind.value,
        "filing": proposal.filing,
        "undoes": proposal.undoes,
        "status": stored.status.value,
        "document": proposal.document_ref,
        "document_sha256": proposal.document_sha256,
        "decided_on": proposal.decided_on.isoformat(),
        "ground": proposal.ground,
        "maker": stored.maker,
        "proposed_at": _instant(stored.proposed_at),
        "checker": stored.checker,
        "confirmed_at": _instant(stored.confirmed_at),
        "finished_at": _instant(stored.finished_at),
        "progress": {
            "certificates": progress.certificates,
            "written": progress.written,
            "logged": progress.logged,
        },
    }


def preview_object(preview: BatchPreview) -> dict[str, object]:
    """What a batch decision would do."""
    return {
        "dry_run": True,
        "kind": preview.kind.value,
        "filing": preview.filing,
        "certificates": preview.planned,
        "by_status": dict(preview.by_status),
        "left_alone": dict(preview.left_alone),
        "never_issued": preview.never_issued,
        "counties": dict(preview.counties),
        "levels": dict(preview.levels),
        "effective_on": dict(preview.effective),
        "dependent_titles": list(preview.dependants),
        "same_batch": list(preview.same_batch),
    }


def dependant_object(entry: DependantEntry) -> dict[str, object]:
    """An entry of the list of dependent titles."""
    return {
        "dependent_title": entry.id,
        "status": entry.status.value,
        "subject": entry.subject,
        "number": entry.certificate,
        "reason": entry.reason.value,
        "through": entry.through,
        "cause": entry.cause,
        "ended": entry.ended,
        "opened_at": _instant(entry.opened_at),
        "note": entry.note,
        "decision": entry.decision,
        "actor": entry.actor,
        "settled_at": _instant(entry.settled_at),
    }


def annulment_object(stored: StoredAnnulment) -> dict[str, object]:
    """An annulment or what lifts one, without the proof's number."""
    given = stored.annulment
    return {
        "annulment": stored.id,
        "step": given.step.value,
        "lifts": given.lifts,
        "kind": given.kind.value,
        "status": stored.status.value,
        "lifted": stored.lifted,
        "document": given.document_ref,
        "decided_on": given.decided_on.isoformat(),
        "ground": given.ground,
        "maker": stored.maker,
        "proposed_at": _instant(stored.proposed_at),
        "checker": stored.checker,
        "confirmed_at": _instant(stored.confirmed_at),
    }


def confirmed_annulment_object(
    stored: StoredAnnulment, entries: Iterable[DependantEntry]
) -> dict[str, object]:
    """A step in force, and the list of what rests on the proof."""
    return {**annulment_object(stored), "dependent_titles": [dependant_object(one) for one in entries]}


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
