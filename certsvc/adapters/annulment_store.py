"""Annulled proofs in the database, and which rows cite what: references stand there as keyed digests, never plain."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, exists, insert, select, update

from certsvc.adapters.annulments_in_force import ANNULMENT_IN_FORCE, LIFTED
from certsvc.adapters.audit_store import append_entry, caller_named, digest_of
from certsvc.adapters.batch_schema import annulment_step, dependent_title, row_reference
from certsvc.adapters.database import hold_table, insert_missing
from certsvc.adapters.dependent_store import entries_of_cause, entry_row, lift_entries
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.issue_check import closing_decisions
from certsvc.adapters.schema import certificate, filing, filing_row
from certsvc.domain.annulment import (
    Annulment,
    AnnulmentStep,
    Citation,
    ProofKind,
    StoredAnnulment,
    plain_reference,
)
from certsvc.domain.decision import DecisionStatus
from certsvc.domain.dependants import DependantEntry, Reason
from certsvc.domain.permission import Action
from certsvc.errors import ConflictError, UnknownReference
from certsvc.ports import PersonalCipher

_CHUNK = 500
_STANDING = (1, 2, 7)
_STEPS = select(annulment_step, LIFTED.label("lifted"))


class DatabaseAnnulmentStore:
    """ports.dependants.AnnulmentStore on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def propose(self, given: Annulment, new_id: str, maker: str, at: datetime) -> str:
        """Store a step; its id. The same content, neither withdrawn nor lifted since, keeps the id it has."""
        key = reference_key(self._cipher, given.reference)
        own = annulment_step.c
        with self._engine.begin() as connection:
            hold_table(connection, annulment_step)
            alike = own.lifts == given.lifts if given.lifts else own.reference_key == key
            known = connection.execute(
                _STEPS.where(alike, own.step == given.step, own.status != DecisionStatus.WITHDRAWN, ~LIFTED)
            ).first()
            if known is not None:
                if _told(self._stored(known).annulment) != _told(given):
                    raise ConflictError(_otherwise(given, known.id))
                return str(known.id)
            values = self._columns(given, new_id, key)
            values |= {
                "status": DecisionStatus.PROPOSED,
                "maker": maker,
                "proposed_at": instant_text(at),
            }
            connection.execute(insert(annulment_step).values(values))
            _note(connection, at, maker, Action.ANNULMENT_RECORD, new_id, None)
        return new_id

    def confirm(
        self, step: str, checker: str, at: datetime
    ) -> tuple[StoredAnnulment, tuple[DependantEntry, ...]]:
        """Put a step in force, and open or lift the entries of what rests on the proof, in one transaction."""
        own = annulment_step.c
        with self._engine.begin() as connection:
            hold_table(connection, annulment_step)
            held = self._held(connection, step)
            if held.status is DecisionStatus.WITHDRAWN:
                raise ConflictError("该项已撤回，不能确认。如仍需办理，请重新提出。")
            if held.status is DecisionStatus.CONFIRMED and held.checker != checker:
                raise ConflictError("该项已经确认生效，无需另一位人员再次确认。")
            if held.status is DecisionStatus.PROPOSED:
                before = _state_digest(connection, step)
                confirmed = {"status": DecisionStatus.CONFIRMED, "checker": checker}
                connection.execute(
                    update(annulment_step)
                    .where(own.id == step)
                    .values(**confirmed, confirmed_at=instant_text(at))
                )
                _note(connection, at, checker, Action.ANNULMENT_CONFIRM, step, before)
            stored = self._held(connection, step)
            cause = stored.annulment.lifts
            if cause is not None:
                lift_entries(connection, cause, at)
            elif not stored.lifted:
                key = reference_key(self._cipher, stored.annulment.reference)
                insert_missing(connection, dependent_title, _entries(connection, step, key, at))
            return stored, entries_of_cause(connection, cause or step)

    def withdraw(self, step: str, by: str, at: datetime) -> StoredAnnulment:
        """Take a proposal back."""
        with self._engine.begin() as connection:
            hold_table(connection, annulment_step)
            held = self._held(connection, step)
            if held.status is DecisionStatus.CONFIRMED:
                raise ConflictError("该项已经生效，不能撤回。如取消有误，请另行提出撤销取消。")
            if held.status is DecisionStatus.PROPOSED:
                before = _state_digest(connection, step)
                connection.execute(
                    update(annulment_step)
                    .where(annulment_step.c.id == step)
                    .values(status=DecisionStatus.WITHDRAWN)
                )
                _note(connection, at, by, "console:annulment:withdraw", step, before)
            return self._held(connection, step)

    def find(self, step: str) -> StoredAnnulment | None:
        """A step; None when there is none."""
        with self._engine.begin() as connection:
            row = connection.execute(_STEPS.where(annulment_step.c.id == step)).one_or_none()
        return None if row is None else self._stored(row)

    def listed(self, status: DecisionStatus | None = None) -> tuple[StoredAnnulment, ...]:
        """Steps, newest proposal first, of one status where asked."""
        found = _STEPS.order_by(annulment_step.c.proposed_at.desc(), annulment_step.c.id)
        if status is not None:
            found = found.where(annulment_step.c.status == status)
        with self._engine.begin() as connection:
            return tuple(self._stored(row) for row in connection.execute(found))

    def _held(self, connection: Connection, step: str) -> StoredAnnulment:
        row = connection.execute(_STEPS.where(annulment_step.c.id == step)).one_or_none()
        if row is None:
            raise UnknownReference(f"没有编号为 {step[:32]} 的取消登记。请核对编号。")
        return self._stored(row)

    def _columns(self, given: Annulment, new_id: str, key: bytes) -> dict[str, object]:
        return {
            "id": new_id,
            "step": given.step,
            "lifts": given.lifts,
            "kind": given.kind,
            "reference_key": key,
            "sealed_reference": self._cipher.encrypt(given.reference.encode(), context=_context(new_id)),
            "document_ref": given.document_ref,
            "decided_on": given.decided_on.isoformat(),
            "ground": given.ground,
        }

    def _stored(self, row: Row[Any]) -> StoredAnnulment:
        return StoredAnnulment(
            id=row.id,
            annulment=Annulment(
                step=AnnulmentStep(row.step),
                kind=ProofKind(row.kind),
                reference=self._cipher.decrypt(row.sealed_reference, context=_context(row.id)).decode(),
                document_ref=row.document_ref,
                decided_on=date.fromisoformat(row.decided_on),
                ground=row.ground,
                lifts=row.lifts,
            ),
            status=DecisionStatus(row.status),
            maker=row.maker,
            proposed_at=read_instant(row.proposed_at),
            checker=row.checker,
            confirmed_at=None if row.confirmed_at is None else read_instant(row.confirmed_at),
            lifted=bool(row.lifted),
        )


def _context(step: str) -> bytes:
    return f"annulment/{step}".encode()


def _told(one: Annulment) -> tuple[ProofKind, str, date, str]:
    return one.kind, one.document_ref, one.decided_on, one.ground


def _otherwise(given: Annulment, known: str) -> str:
    if given.lifts is not None:
        return f"该项取消已另有撤销决定（{known}），未作改动。请核对那一项。"
    return f"该证明编号此前已登记取消（{known}），种类、文号、日期或理由不同，未作改动。请核对。"


def _state_digest(connection: Connection, step: str) -> str:
    own = annulment_step.c
    told = (own.step, own.lifts, own.kind, own.document_ref, own.decided_on, own.ground)
    row = connection.execute(
        select(*told, own.status, own.maker, own.checker, own.confirmed_at).where(own.id == step)
    ).one()
    return digest_of(dict(row._mapping))


def _note(connection: Connection, at: datetime, by: str, action: str, step: str, before: str | None) -> None:
    caller, after = caller_named(connection, by), _state_digest(connection, step)
    append_entry(connection, at, caller, action, f"annulment/{step}", before=before, after=after)


def reference_key(cipher: PersonalCipher, reference: str) -> bytes:
    """The keyed digest of a proof's number; of other text than any person's."""
    return cipher.person_key(f"reference/{plain_reference(reference)}")


def index_citations(
    connection: Connection, cipher: PersonalCipher, owner: str, citations: Iterable[Citation]
) -> None:
    """Say anew which rows of a filing cite what, in the caller's transaction."""
    connection.execute(delete(row_reference).where(row_reference.c.filing_id == owner))
    rows = [
        {
            "filing_id": owner,
            "row_no": one.row,
            "column_name": one.column,
            "reference_key": reference_key(cipher, one.reference),
        }
        for one in citations
    ]
    if rows:
        connection.execute(insert(row_reference), rows)


def annulled_among(
    connection: Connection, cipher: PersonalCipher, references: Iterable[str]
) -> frozenset[str]:
    """Those of the references, as written, that name a proof annulled now."""
    by_key = {reference_key(cipher, one): one for one in references}
    written: dict[bytes, set[str]] = {}
    for one in references:
        written.setdefault(reference_key(cipher, one), set()).add(one)
    keys = sorted(by_key)
    found: set[str] = set()
    for start in range(0, len(keys), _CHUNK):
        some = annulment_step.c.reference_key.in_(keys[start : start + _CHUNK])
        known = select(annulment_step.c.reference_key).where(some, ANNULMENT_IN_FORCE)
        for key in connection.scalars(known):
            found |= written[bytes(key)]
    return frozenset(found)


def list_citing(connection: Connection, owner: str, at: datetime) -> None:
    """List, in the caller's transaction, what cites a proof that was annulled before a filing's references were known."""
    cited = select(row_reference.c.reference_key).where(row_reference.c.filing_id == owner)
    own = annulment_step.c
    known = select(own.id, own.reference_key).where(own.reference_key.in_(cited), ANNULMENT_IN_FORCE)
    for row in connection.execute(known).all():
        insert_missing(connection, dependent_title, _entries(connection, row.id, row.reference_key, at))


def _entries(connection: Connection, cause: str, key: bytes, at: datetime) -> list[dict[str, object]]:
    """Standing certificates of rows that cite the proof, and rows that still wait for one."""
    cited = row_reference.c
    mine = (
        (certificate.c.filing_id == filing_row.c.filing_id)
        & (certificate.c.row_no == filing_row.c.row_no)
        & (certificate.c.version == 1)
    )
    other = certificate.alias()
    stands = exists().where(other.c.number == certificate.c.number, other.c.status.in_(_STANDING))
    rows = connection.execute(
        select(cited.filing_id, cited.row_no, certificate.c.number)
        .distinct()
        .join(filing_row, (filing_row.c.filing_id == cited.filing_id) & (filing_row.c.row_no == cited.row_no))
        .join(filing, filing.c.id == cited.filing_id)
        .outerjoin(certificate, mine)
        .where(
            cited.reference_key == key,
            filing.c.status != "refused",
            filing_row.c.outcome != "refused",
            ~closing_decisions(filing.c.id).exists(),
            certificate.c.number.is_(None) | stands,
        )
        .order_by(cited.filing_id, cited.row_no)
    )
    return [
        entry_row(
            cause,
            row.number or f"{row.filing_id}/{row.row_no}",
            row.number,
            Reason.ANNULLED_PROOF,
            at,
        )
        for row in rows
    ]
