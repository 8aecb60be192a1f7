"""Batch decisions in the database: one short transaction that decides everything, then events in chunks.

The first transaction holds the filing, then its certificates in the order of their numbers, and commits the batch
decision, a confirmed decision for every certificate and the status of every version: from then on nobody is told "valid",
and no row is drafted any more. The ledger events follow in chunks; a decision without events is one that waits for them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    exists,
    func,
    insert,
    select,
    update,
)

from certsvc.adapters.audit_store import append_entry, caller_named, digest_of
from certsvc.adapters.batch_rows import (
    batch_columns,
    decide_members,
    event_key,
    finish_batch,
    hold_filing,
    member_decision,
    note_batch,
    of_id,
    pending_event,
    state_digest,
    stored_batch,
)
from certsvc.adapters.batch_schema import batch_decision
from certsvc.adapters.certificate_store import DatabaseCertificateStore
from certsvc.adapters.decision_schema import decision, decision_event
from certsvc.adapters.decision_store import TellPlatforms
from certsvc.adapters.filing_store import award_context
from certsvc.adapters.instants import instant_text
from certsvc.adapters.issue_check import closing_decisions, known_at_issue
from certsvc.adapters.ledger_outbox import in_slot_order, queue_events
from certsvc.adapters.ledger_schema import outbox_event
from certsvc.adapters.schema import certificate, filing, filing_row
from certsvc.domain.batch_voiding import (
    BatchCertificate,
    BatchDecision,
    BatchKind,
    BatchProgress,
    BatchProposal,
    PlannedDecision,
    awaits_confirmation,
)
from certsvc.domain.certificate import Award
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.decision import DecisionStatus
from certsvc.domain.permission import Action, confirming, proposing
from certsvc.domain.rules.at_issue import examine_at_issue
from certsvc.errors import ConflictError, UnknownReference
from certsvc.formats.award import decode_award
from certsvc.formats.decision_payload import PrivateEvent
from certsvc.ports import PersonalCipher
from certsvc.ports.batches import EnactOne, Plan

_ENDING = ("revoke", "write_off", "void")
_WAITS_FOR_EVENTS = ~exists().where(decision_event.c.decision_id == decision.c.id)


class DatabaseBatchStore:
    """ports.batches.BatchStore on SQLAlchemy Core."""

    def __init__(
        self,
        engine: Engine,
        cipher: PersonalCipher,
        certificates: DatabaseCertificateStore,
        *,
        confirmed: Callable[[str], None],
        tell_platforms: TellPlatforms,
    ) -> None:
        """`confirmed` is called with the number of every certificate decided over, after the commit; `tell_platforms` in
        the transaction that writes its events."""
        self._confirmed = confirmed
        self._tell_platforms = tell_platforms
        self._engine = engine
        self._cipher = cipher
        self._certificates = certificates

    def find(self, wanted: str) -> BatchDecision | None:
        """A batch decision, None when there is none."""
        with self._engine.begin() as connection:
            row = connection.execute(of_id(wanted)).one_or_none()
        return None if row is None else stored_batch(row)

    def listed(self, owner: str | None = None, most: int = 200) -> tuple[BatchDecision, ...]:
        """Batch decisions, newest proposal first, of one filing where asked."""
        found = select(batch_decision).order_by(batch_decision.c.proposed_at.desc(), batch_decision.c.id)
        if owner is not None:
            found = found.where(batch_decision.c.filing_id == owner)
        with self._engine.begin() as connection:
            rows = connection.execute(found.limit(most)).all()
        return tuple(stored_batch(row) for row in rows)

    def page(
        self,
        owner: str | None,
        status: DecisionStatus | None,
        committees: Collection[str] | None,
        most: int,
        skip: int,
    ) -> tuple[tuple[BatchDecision, ...], int]:
        """Some of the batch decisions, newest proposal first, and how many there are."""
        own = batch_decision.c
        conditions: list[ColumnElement[bool]] = []
        if owner is not None:
            conditions.append(own.filing_id == owner)
        if status is not None:
            conditions.append(own.status == status.value)
        if committees is not None:
            ours = select(filing.c.id).where(filing.c.committee_code.in_(sorted(committees)))
            conditions.append(own.filing_id.in_(ours))
        counted = select(func.count()).select_from(batch_decision).where(*conditions)
        page = select(batch_decision).where(*conditions).order_by(own.proposed_at.desc(), own.id)
        with self._engine.begin() as connection:
            total = connection.execute(counted).scalar_one()
            rows = connection.execute(page.limit(most).offset(skip)).all()
        return tuple(stored_batch(row) for row in rows), total

    def members(self, owner: str) -> tuple[BatchCertificate, ...]:
        """Every certificate of a filing, by number."""
        with self._engine.begin() as connection:
            return self._members(connection, owner)

    def undrafted(self, owner: str) -> tuple[Award, ...]:
        """The admitted persons of a filing who have no certificate."""
        with self._engine.begin() as connection:
            return self._undrafted(connection, owner)

    def same_batch(self, owner: str) -> tuple[str, ...]:
        """The other filings of the same committee and 批次编号 that were not refused."""
        other = filing.alias()
        found = (
            select(other.c.id)
            .join(
                filing,
                (filing.c.committee_code == other.c.committee_code)
                & (filing.c.batch_ref == other.c.batch_ref),
            )
            .where(filing.c.id == owner, other.c.id != owner, other.c.status != "refused")
        )
        with self._engine.begin() as connection:
            return tuple(connection.scalars(found.order_by(other.c.id)))

    def closed_by(self, owner: str) -> BatchDecision | None:
        """The batch decision by which the filing is void; None when it is not, or was restored since."""
        with self._engine.begin() as connection:
            return _closed_by(connection, owner)

    def propose(self, proposal: BatchProposal, new_id: str, maker: str, at: datetime) -> str:
        """Store a proposal; its id. The same content, while it is open, keeps the id it has.

        Raises ConflictError when another proposal of the kind is open for the filing.
        """
        own = batch_decision.c
        with self._engine.begin() as connection:
            hold_filing(connection, proposal.filing)
            waiting = own.filing_id == proposal.filing, own.status == DecisionStatus.PROPOSED
            for row in connection.execute(select(batch_decision).where(*waiting)):
                stored = stored_batch(row)
                if stored.proposal == proposal:
                    return stored.id
                if stored.proposal.kind is proposal.kind:
                    raise ConflictError(
                        f"该批次已有一项{proposal.kind.label}决定（{stored.id}）等待确认。请先确认或撤回。"
                    )
            connection.execute(insert(batch_decision).values(batch_columns(proposal, new_id, maker, at)))
            note_batch(connection, at, maker, proposing(f"batch_{proposal.kind}"), new_id, None)
        return new_id

    def confirm(self, wanted: str, checker: str, at: datetime, plan: Plan) -> BatchDecision:
        """Commit what `plan` says at once: one decision a certificate, and the status of every version."""
        planned: tuple[PlannedDecision, ...] = ()
        with self._engine.begin() as connection:
            owner = connection.scalar(select(batch_decision.c.filing_id).where(batch_decision.c.id == wanted))
            held = hold_filing(connection, owner or "")
            stored = self._held(connection, wanted)
            if awaits_confirmation(stored, checker):
                members = self._members(connection, held.id, hold=True)
                planned = plan(
                    stored.proposal,
                    members,
                    self._undrafted(connection, held.id),
                    _closed_by(connection, held.id),
                )
                before = state_digest(connection, wanted)
                connection.execute(
                    update(batch_decision)
                    .where(batch_decision.c.id == wanted)
                    .values(status=DecisionStatus.CONFIRMED, checker=checker, confirmed_at=instant_text(at))
                )
                stored = self._held(connection, wanted)
                decide_members(connection, stored, planned)
                self._turn_drafts(connection, held, stored, members)
                note_batch(
                    connection, at, checker, confirming(f"batch_{stored.proposal.kind}"), wanted, before
                )
        for one in planned:
            self._confirmed(one.number)
        return stored

    def write_events(self, wanted: str, at: datetime, most: int, enact: EnactOne) -> int:
        """Write the ledger events of up to so many certificates in one transaction; how many. 0: all are written."""
        waiting = (
            select(decision)
            .where(decision.c.batch_decision_id == wanted, _WAITS_FOR_EVENTS)
            .order_by(decision.c.certificate_number)
        )
        with self._engine.begin() as connection:
            numbers = [row.certificate_number for row in connection.execute(waiting.limit(most))]
            if not numbers:
                finish_batch(connection, wanted, at)
                return 0
            held = self._hold_versions(connection, certificate.c.number.in_(numbers))
            rows = connection.execute(waiting.where(decision.c.certificate_number.in_(numbers))).all()
            stored = [member_decision(row) for row in rows]  # another process may have written some meanwhile
            enacted = [(one, enact(one, held[one.proposal.number])) for one in stored]
            events = [(one.id, event) for one, enactment in enacted for event in enactment.events]
            if events:
                connection.execute(insert(decision_event), [self._event_columns(*one) for one in events])
            queue_events(connection, in_slot_order(pending_event(*one) for one in events), at)
            for one, enactment in enacted:
                self._tell_platforms(connection, one, enactment, at)
            for one in stored:
                caller = caller_named(connection, one.checker or "")
                action, subject = confirming(one.proposal.kind), f"decision/{one.id}"
                append_entry(connection, at, caller, action, subject, after=digest_of({"batch": wanted}))
        for number in numbers:
            self._confirmed(number)
        return len(numbers)

    def unfinished(self) -> tuple[str, ...]:
        """Confirmed batch decisions whose events are not all written, in the order in which they were confirmed."""
        own = batch_decision.c
        waiting = own.status == DecisionStatus.CONFIRMED, own.finished_at.is_(None)
        with self._engine.begin() as connection:
            return tuple(
                connection.scalars(select(own.id).where(*waiting).order_by(own.confirmed_at, own.id))
            )

    def progress(self, wanted: str) -> BatchProgress:
        """How far a batch decision is."""
        ours = select(func.count()).select_from(decision).where(decision.c.batch_decision_id == wanted)
        unlogged = exists().where(
            decision_event.c.decision_id == decision.c.id,
            ~exists()
            .where(
                outbox_event.c.idempotency_key == event_key(decision.c.id, decision_event.c.slot),
                outbox_event.c.leaf_index.is_not(None),
            )
            .correlate(decision, decision_event),
        )
        with self._engine.begin() as connection:
            counts = [
                connection.scalar(one) or 0
                for one in (ours, ours.where(~_WAITS_FOR_EVENTS), ours.where(~_WAITS_FOR_EVENTS, ~unlogged))
            ]
        return BatchProgress(*counts)

    def withdraw(self, wanted: str, by: str, at: datetime, action: Action) -> BatchDecision:
        """Take a proposal back, written down as the action. Raises ConflictError when it is confirmed."""
        with self._engine.begin() as connection:
            held = self._held(connection, wanted)
            if held.status is DecisionStatus.CONFIRMED:
                raise ConflictError("该决定已确认生效，不能撤回。如需改变，请提出整批恢复决定。")
            if held.status is DecisionStatus.PROPOSED:
                before = state_digest(connection, wanted)
                own = update(batch_decision).where(batch_decision.c.id == wanted)
                connection.execute(own.values(status=DecisionStatus.WITHDRAWN))
                note_batch(connection, at, by, action, wanted, before)
            return self._held(connection, wanted)

    def _members(
        self, connection: Connection, owner: str, *, hold: bool = False
    ) -> tuple[BatchCertificate, ...]:
        versions = self._hold_versions(connection, certificate.c.filing_id == owner, hold=hold)
        endings = connection.execute(
            select(decision)
            .join(
                certificate,
                (certificate.c.number == decision.c.certificate_number) & (certificate.c.version == 1),
            )
            .where(
                certificate.c.filing_id == owner,
                decision.c.kind.in_(_ENDING),
                decision.c.status == DecisionStatus.CONFIRMED,
            )
            .order_by(decision.c.ordinal)
        )
        last = {row.certificate_number: row for row in endings}
        return tuple(
            BatchCertificate(
                found, last[number].batch_decision_id, date.fromisoformat(last[number].effective_on)
            )
            if number in last
            else BatchCertificate(found)
            for number, found in versions.items()
        )

    def _hold_versions(self, connection: Connection, wanted: Any, *, hold: bool = True) -> dict[str, Any]:
        """Every version of some certificates by number; the first versions held, in the order of their numbers."""
        if hold:
            first = select(certificate.c.number).where(wanted, certificate.c.version == 1)
            connection.execute(first.order_by(certificate.c.number).with_for_update()).all()
        rows = connection.execute(
            select(certificate).where(wanted).order_by(certificate.c.number, certificate.c.version)
        )
        found: dict[str, Any] = {}
        for row in rows:
            found[row.number] = (*found.get(row.number, ()), self._certificates.version_of(row))
        return found

    def _undrafted(self, connection: Connection, owner: str) -> tuple[Award, ...]:
        drafted = exists().where(
            certificate.c.filing_id == filing_row.c.filing_id, certificate.c.row_no == filing_row.c.row_no
        )
        rows = connection.execute(
            select(filing_row.c.row_no, filing_row.c.sealed_award).where(
                filing_row.c.filing_id == owner, filing_row.c.outcome == "admitted", ~drafted
            )
        )
        return tuple(
            decode_award(self._cipher.decrypt(row.sealed_award, context=award_context(owner, row.row_no)))
            for row in rows
        )

    def _turn_drafts(
        self,
        connection: Connection,
        held: Row[Any],
        stored: BatchDecision,
        members: Iterable[BatchCertificate],
    ) -> None:
        """Drafts that no key was used for are void with their batch; restored, they are looked at as new ones are."""
        drafts = {one.newest.content.award.row: one for one in members if one.never_issued}
        if not drafts:
            return
        if stored.proposal.kind is BatchKind.RESTORE:
            awards = [one.newest.content.award for one in drafts.values()]
            keys = {award.row: self._cipher.person_key(award.document.number) for award in awards}
            known = known_at_issue(connection, held, awards, keys)
            drafts = {a.row: drafts[a.row] for a in awards if not examine_at_issue(a, known[a.row])}
        status = (
            CertificateStatus.VOIDED if stored.proposal.kind is BatchKind.VOID else CertificateStatus.VALID
        )
        own = update(certificate).where(certificate.c.number.in_([one.number for one in drafts.values()]))
        connection.execute(own.values(status=int(status)))

    def _held(self, connection: Connection, wanted: str) -> BatchDecision:
        row = connection.execute(of_id(wanted).with_for_update()).one_or_none()
        if row is None:
            raise UnknownReference(f"没有编号为 {wanted} 的整批决定。请核对编号。")
        return stored_batch(row)

    def _event_columns(self, owner: str, event: PrivateEvent) -> dict[str, object]:
        context = f"decision/{owner}/{event.slot}".encode()
        return {
            "decision_id": owner,
            "slot": event.slot,
            "sealed_payload": self._cipher.encrypt(event.payload, context=context),
            "sealed_salt": self._cipher.encrypt(event.salt, context=context + b"/salt"),
            "commitment": event.commitment,
        }


def _closed_by(connection: Connection, owner: str) -> BatchDecision | None:
    row = connection.execute(closing_decisions(owner)).one_or_none()
    return None if row is None else stored_batch(row)
