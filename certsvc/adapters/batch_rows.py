"""Batch decisions as rows: reading, writing, and the one statement that decides over every certificate."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    String,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    update,
)

from certsvc.adapters.audit_store import append_entry, caller_named, digest_of
from certsvc.adapters.batch_schema import batch_decision
from certsvc.adapters.decision_schema import decision
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.ledger_outbox import pending
from certsvc.adapters.schema import certificate, filing
from certsvc.domain.batch_voiding import (
    BatchDecision,
    BatchKind,
    BatchProposal,
    PlannedDecision,
    member_decision_id,
)
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.decision import DecisionKind, DecisionStatus, Proposal, StoredDecision
from certsvc.errors import UnknownReference
from certsvc.formats.decision_payload import PrivateEvent
from certsvc.ports import PendingEvent


def decide_members(
    connection: Connection, stored: BatchDecision, planned: tuple[PlannedDecision, ...]
) -> None:
    """A confirmed decision for each planned certificate, whose rows are held, and the status of all its versions."""
    if not planned:
        return
    own, given = decision.c, stored.proposal
    confirmed = own.status == DecisionStatus.CONFIRMED
    ours = own.certificate_number.in_(
        select(certificate.c.number).where(
            certificate.c.filing_id == given.filing, certificate.c.version == 1
        )
    )
    counted = select(own.certificate_number, func.count()).where(ours, confirmed)
    rows_counted = connection.execute(counted.group_by(own.certificate_number))
    known: dict[str, int] = {number: count for number, count in rows_counted.all()}  # noqa: C416  # a row is no pair to the type checker
    both = {
        "document_ref": given.document_ref,
        "decided_on": given.decided_on.isoformat(),
        "ground": given.ground,
        "document_sha256": given.document_sha256,
        "status": DecisionStatus.CONFIRMED,
        "maker": stored.maker,
        "proposed_at": instant_text(stored.proposed_at),
        "checker": stored.checker,
        "confirmed_at": None if stored.confirmed_at is None else instant_text(stored.confirmed_at),
        "batch_decision_id": stored.id,
    }
    rows = [
        {
            **both,
            "id": member_decision_id(stored.id, one.number),
            "kind": one.kind,
            "certificate_number": one.number,
            "effective_on": one.effective_on.isoformat(),
            "ordinal": known.get(one.number, 0) + 1,
        }
        for one in planned
    ]
    connection.execute(insert(decision), rows)
    other = certificate.alias()
    newest = select(func.max(other.c.version)).where(other.c.number == certificate.c.number).scalar_subquery()
    restored = case(
        (certificate.c.version == newest, int(CertificateStatus.VALID)),
        else_=int(CertificateStatus.SUPERSEDED),
    )
    decided = select(own.certificate_number).where(own.batch_decision_id == stored.id)
    connection.execute(
        update(certificate)
        .where(certificate.c.filing_id == given.filing, certificate.c.number.in_(decided))
        .values(status=int(CertificateStatus.VOIDED) if given.kind is BatchKind.VOID else restored)
    )


def finish_batch(connection: Connection, wanted: str, at: datetime) -> None:
    """Mark a confirmed batch decision as finished."""
    own = batch_decision.c
    done = own.id == wanted, own.status == DecisionStatus.CONFIRMED, own.finished_at.is_(None)
    connection.execute(update(batch_decision).where(*done).values(finished_at=instant_text(at)))


def hold_filing(connection: Connection, wanted: str) -> Row[Any]:
    """The filing's row, held until the commit. Raises UnknownReference."""
    held = connection.execute(select(filing).where(filing.c.id == wanted).with_for_update()).one_or_none()
    if held is None:
        raise UnknownReference("没有这项整批决定所指的备案。请核对编号。")
    return held


def of_id(wanted: str) -> Select[Any]:
    """The batch decision of an id."""
    return select(batch_decision).where(batch_decision.c.id == wanted)


def batch_columns(proposal: BatchProposal, new_id: str, maker: str, at: datetime) -> dict[str, object]:
    """The columns of a new proposal."""
    return {
        "id": new_id,
        "kind": proposal.kind,
        "filing_id": proposal.filing,
        "undoes": proposal.undoes,
        "document_ref": proposal.document_ref,
        "decided_on": proposal.decided_on.isoformat(),
        "ground": proposal.ground,
        "document_sha256": proposal.document_sha256,
        "status": DecisionStatus.PROPOSED,
        "maker": maker,
        "proposed_at": instant_text(at),
    }


def stored_batch(row: Row[Any]) -> BatchDecision:
    """A row as a batch decision."""
    return BatchDecision(
        id=row.id,
        proposal=BatchProposal(
            BatchKind(row.kind),
            row.filing_id,
            row.document_ref,
            date.fromisoformat(row.decided_on),
            row.ground,
            row.document_sha256,
            row.undoes,
        ),
        status=DecisionStatus(row.status),
        maker=row.maker,
        proposed_at=read_instant(row.proposed_at),
        checker=row.checker,
        confirmed_at=None if row.confirmed_at is None else read_instant(row.confirmed_at),
        finished_at=None if row.finished_at is None else read_instant(row.finished_at),
    )


def member_decision(row: Row[Any]) -> StoredDecision:
    """The decision over one certificate that a batch decision brought along."""
    effective_on, decided_on = date.fromisoformat(row.effective_on), date.fromisoformat(row.decided_on)
    proposal = Proposal(
        DecisionKind(row.kind),
        row.certificate_number,
        row.document_ref,
        decided_on,
        row.ground,
        effective_on,
        {},
        row.document_sha256,
    )
    at = read_instant(row.confirmed_at)
    status = DecisionStatus(row.status)
    return StoredDecision(row.id, proposal, status, row.maker, read_instant(row.proposed_at), row.checker, at)


def pending_event(owner: str, event: PrivateEvent) -> PendingEvent:
    """The event as the outbox takes it; its key is that of any decision's event."""
    return pending(event, f"decision/{owner}/{event.slot}")


def event_key(owner: ColumnElement[str], slot: ColumnElement[int]) -> ColumnElement[str]:
    """The outbox key of a decision's event, in a statement."""
    return literal("decision/").concat(owner).concat("/").concat(cast(slot, String))


def state_digest(connection: Connection, wanted: str) -> str:
    """The digest of a batch decision's state, as the audit trail keeps it."""
    row = connection.execute(of_id(wanted)).one()
    return digest_of(dict(row._mapping))


def note_batch(
    connection: Connection, at: datetime, by: str, action: str, wanted: str, before: str | None
) -> None:
    """Append to the audit trail what was done to a batch decision."""
    caller, after = caller_named(connection, by), state_digest(connection, wanted)
    append_entry(connection, at, caller, action, f"batch/{wanted}", before=before, after=after)
