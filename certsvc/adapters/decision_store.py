"""Decisions in the database. The first version's row of a certificate is the lock of everything about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from certsvc.adapters.audit_store import append_entry, caller_named, digest_of
from certsvc.adapters.case_schema import proof_of_service
from certsvc.adapters.certificate_store import DatabaseCertificateStore
from certsvc.adapters.credit_store import CreditRows
from certsvc.adapters.decision_schema import decision, decision_event
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.ledger_outbox import allot_slots, pending, queue_events
from certsvc.domain.credit import CreditRecord
from certsvc.domain.decision import (
    DecisionKind,
    DecisionStatus,
    Proposal,
    StoredDecision,
    waits_for,
)
from certsvc.domain.decision_kinds import KINDS
from certsvc.domain.permission import Action, confirming, proposing
from certsvc.errors import ConflictError, UnknownReference
from certsvc.formats.decision_payload import PrivateEvent
from certsvc.formats.leaf import EventKind
from certsvc.ports import PendingEvent, PersonalCipher
from certsvc.ports.decisions import Check, Enact, Enactment, Versions

TellPlatforms = Callable[[Connection, StoredDecision, Enactment, datetime], None]
"""Queues what a platform is told of a decision, in its transaction."""


class DatabaseDecisionStore:
    """ports.decisions.DecisionStore on SQLAlchemy Core."""

    def __init__(
        self,
        engine: Engine,
        cipher: PersonalCipher,
        certificates: DatabaseCertificateStore,
        *,
        confirmed: Callable[[str], None],
        tell_platforms: TellPlatforms,
    ) -> None:
        """`confirmed` is called with the certificate's number after the commit of a confirmation, `tell_platforms` in it."""
        self._confirmed = confirmed
        self._tell_platforms = tell_platforms
        self._engine = engine
        self._cipher = cipher
        self._certificates = certificates
        self._credit = CreditRows(cipher)

    def versions(self, number: str) -> Versions:
        """Every version of a certificate, empty for an unknown number."""
        return self._certificates.versions(number)

    def find(self, wanted: str) -> StoredDecision | None:
        """A decision, None when there is none."""
        with self._engine.begin() as connection:
            row = connection.execute(select(decision).where(decision.c.id == wanted)).one_or_none()
        return None if row is None else self.stored(row)

    def listed(
        self,
        *,
        number: str | None = None,
        status: DecisionStatus | None = None,
        unserved: bool = False,
        most: int = 200,
    ) -> tuple[StoredDecision, ...]:
        """Decisions, newest proposal first, of one certificate or in one state where asked.

        `unserved`: those in force that are served on the holder, and no service is recorded.
        """
        found = select(decision).order_by(decision.c.proposed_at.desc(), decision.c.id).limit(most)
        if number is not None:
            found = found.where(decision.c.certificate_number == number)
        if status is not None:
            found = found.where(decision.c.status == status)
        if unserved:
            served = select(proof_of_service.c.decision_id)
            found = found.where(
                decision.c.status == DecisionStatus.CONFIRMED,
                decision.c.kind.in_([kind for kind, rules in KINDS.items() if rules.served]),
                decision.c.id.not_in(served),
            )
        with self._engine.begin() as connection:
            rows = connection.execute(found).all()
        return tuple(self.stored(row) for row in rows)

    def confirmed(self, number: str) -> tuple[StoredDecision, ...]:
        """The confirmed decisions over a certificate, oldest confirmation first."""
        wanted = decision.c.certificate_number == number, decision.c.status == DecisionStatus.CONFIRMED
        with self._engine.begin() as connection:
            rows = connection.execute(select(decision).where(*wanted).order_by(decision.c.ordinal)).all()
        return tuple(self.stored(row) for row in rows)

    def open_credit(self, number: str) -> CreditRecord | None:
        """The credit record that a revocation of this certificate opened and nothing has withdrawn."""
        with self._engine.begin() as connection:
            return self._credit.open_record(connection, number)

    def propose(self, proposal: Proposal, new_id: str, maker: str, at: datetime, check: Check) -> str:
        """Store a proposal; its id. The same content keeps its id while it is open, or while what it did stands.

        Raises ConflictError when it was confirmed and undone since: deciding once more takes a new document.
        """
        with self._engine.begin() as connection:
            versions = self._certificates.hold_versions(connection, proposal.number)
            known = self._like(connection, proposal)
            same = next((one for one in known if one.proposal == proposal), None)
            if same is not None and (same.status is DecisionStatus.PROPOSED or not _passes(check, versions)):
                return same.id
            check(versions)
            if same is not None:
                raise ConflictError(
                    f"同样内容的决定（{same.id}）此前已确认，其后证书状态又有变化。再次作出决定，请依据新的决定文书。"
                )
            if any(one.status is DecisionStatus.PROPOSED for one in known):
                raise ConflictError(
                    f"该证书已有一项{proposal.kind.label}决定等待确认。请先确认或撤回，再提出新的决定。"
                )
            connection.execute(insert(decision).values(self._columns(proposal, new_id, maker, at)))
            _note(connection, at, maker, proposing(proposal.kind), new_id, None)
        return new_id

    def confirm(self, wanted: str, checker: str, at: datetime, enact: Enact) -> StoredDecision:
        """Confirm, and write what `enact` says, in one transaction."""
        with self._engine.begin() as connection:
            number = select(decision.c.certificate_number).where(decision.c.id == wanted)
            versions = self._certificates.hold_versions(connection, connection.scalar(number) or "")
            stored = self._held(connection, wanted)
            if waits_for(stored, checker):
                credit = self._credit.open_record(connection, stored.proposal.number)
                enactment = enact(stored, versions, credit, _one_slot(connection))
                before = _state_digest(connection, wanted)
                connection.execute(
                    update(decision)
                    .where(decision.c.id == wanted)
                    .values(
                        status=DecisionStatus.CONFIRMED,
                        checker=checker,
                        confirmed_at=instant_text(at),
                        ordinal=_next_ordinal(connection, stored.proposal.number),
                    )
                )
                self._write(connection, stored, enactment, at)
                _note(connection, at, checker, confirming(stored.proposal.kind), wanted, before)
            confirmed = self._held(connection, wanted)
        self._confirmed(confirmed.proposal.number)
        return confirmed

    def withdraw(self, wanted: str, by: str, at: datetime, action: Action) -> StoredDecision:
        """Take a proposal back, written down as the action."""
        with self._engine.begin() as connection:
            held = self._held(connection, wanted)
            if held.status is DecisionStatus.CONFIRMED:
                raise ConflictError("该决定已确认生效，不能撤回。如需改变，请提出恢复决定。")
            before = _state_digest(connection, wanted)
            connection.execute(
                update(decision).where(decision.c.id == wanted).values(status=DecisionStatus.WITHDRAWN)
            )
            if held.status is not DecisionStatus.WITHDRAWN:
                _note(connection, at, by, action, wanted, before)
            return self._held(connection, wanted)

    def _write(
        self, connection: Connection, stored: StoredDecision, enactment: Enactment, at: datetime
    ) -> None:
        number = stored.proposal.number
        self._certificates.set_statuses(connection, number, enactment.statuses)
        if enactment.draft is not None:
            self._certificates.add_version(connection, enactment.draft, at)
        for event in enactment.events:
            if enactment.opens is not None and event.kind is EventKind.CREDIT_OPENED:
                self._credit.open(connection, enactment.opens, event, number, at)
                continue
            if enactment.closes is not None and event.kind is EventKind.CREDIT_CLOSED:
                self._credit.close(connection, enactment.closes, event, at)
            connection.execute(insert(decision_event).values(self._event_columns(stored.id, event)))
        queue_events(connection, [_pending(stored.id, event) for event in enactment.events], at)
        self._tell_platforms(connection, stored, enactment, at)

    def _held(self, connection: Connection, wanted: str) -> StoredDecision:
        row = connection.execute(
            select(decision).where(decision.c.id == wanted).with_for_update()
        ).one_or_none()
        if row is None:
            raise UnknownReference(f"没有编号为 {wanted} 的决定。请核对决定编号。")
        return self.stored(row)

    def _like(self, connection: Connection, proposal: Proposal) -> list[StoredDecision]:
        """Decisions of the same kind over the same certificate that were not withdrawn."""
        rows = connection.execute(
            select(decision)
            .where(
                decision.c.certificate_number == proposal.number,
                decision.c.kind == proposal.kind,
                decision.c.status != DecisionStatus.WITHDRAWN,
            )
            .order_by(decision.c.proposed_at, decision.c.id)
        )
        return [self.stored(row) for row in rows]

    def _columns(self, proposal: Proposal, new_id: str, maker: str, at: datetime) -> dict[str, object]:
        sealed = None
        if proposal.changes:
            plain = json.dumps(dict(proposal.changes), ensure_ascii=False, sort_keys=True).encode()
            sealed = self._cipher.encrypt(plain, context=_changes_context(new_id))
        return {
            "id": new_id,
            "kind": proposal.kind,
            "certificate_number": proposal.number,
            "document_ref": proposal.document_ref,
            "decided_on": proposal.decided_on.isoformat(),
            "effective_on": proposal.effective_on.isoformat(),
            "ground": proposal.ground,
            "sealed_changes": sealed,
            "document_sha256": proposal.document_sha256,
            "status": DecisionStatus.PROPOSED,
            "maker": maker,
            "proposed_at": instant_text(at),
        }

    def stored(self, row: Row[Any]) -> StoredDecision:
        """A row of the table as a decision, its corrections decrypted."""
        changes: dict[str, str] = {}
        if row.sealed_changes is not None:
            changes = json.loads(self._cipher.decrypt(row.sealed_changes, context=_changes_context(row.id)))
        return StoredDecision(
            id=row.id,
            proposal=Proposal(
                DecisionKind(row.kind),
                row.certificate_number,
                row.document_ref,
                date.fromisoformat(row.decided_on),
                row.ground,
                date.fromisoformat(row.effective_on),
                changes,
                row.document_sha256,
            ),
            status=DecisionStatus(row.status),
            maker=row.maker,
            proposed_at=read_instant(row.proposed_at),
            checker=row.checker,
            confirmed_at=None if row.confirmed_at is None else read_instant(row.confirmed_at),
        )

    def _event_columns(self, owner: str, event: PrivateEvent) -> dict[str, object]:
        context = f"decision/{owner}/{event.slot}".encode()
        return {
            "decision_id": owner,
            "slot": event.slot,
            "sealed_payload": self._cipher.encrypt(event.payload, context=context),
            "sealed_salt": self._cipher.encrypt(event.salt, context=context + b"/salt"),
            "commitment": event.commitment,
        }


def _state_digest(connection: Connection, wanted: str) -> str:
    """The digest of a decision's state, as the audit trail keeps it; sealed values are not in it."""
    row = connection.execute(select(decision).where(decision.c.id == wanted)).one()
    return digest_of({name: value for name, value in row._mapping.items() if name != "sealed_changes"})


def _next_ordinal(connection: Connection, number: str) -> int:
    """Place of the next confirmed decision among those over a certificate, whose rows are held."""
    confirmed = decision.c.certificate_number == number, decision.c.status == DecisionStatus.CONFIRMED
    return int(connection.scalar(select(func.count()).select_from(decision).where(*confirmed)) or 0) + 1


def _note(
    connection: Connection, at: datetime, by: str, action: str, wanted: str, before: str | None
) -> None:
    caller, after = caller_named(connection, by), _state_digest(connection, wanted)
    append_entry(connection, at, caller, action, f"decision/{wanted}", before=before, after=after)


def _one_slot(connection: Connection) -> Callable[[], int]:
    def allot() -> int:
        slots: Sequence[int] = allot_slots(connection, 1)
        return slots[0]

    return allot


def _pending(owner: str, event: PrivateEvent) -> PendingEvent:
    return pending(event, f"decision/{owner}/{event.slot}")


def _changes_context(owner: str) -> bytes:
    return f"decision/{owner}/changes".encode()


def _passes(check: Check, versions: Versions) -> bool:
    try:
        check(versions)
    except ConflictError:
        return False
    return True
