"""Cancelled years in the database: steps under four eyes. The person stands in them as a keyed digest and encrypted."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, insert, select, update

from certsvc.adapters.audit_store import append_entry, caller_named, digest_of
from certsvc.adapters.credit_schema import cancelled_year
from certsvc.adapters.database import hold_table
from certsvc.adapters.information_schema import title_entry
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.person_links import keys_of_persons
from certsvc.adapters.schema import certificate
from certsvc.domain.cancelled_year import StoredCancellation, YearCancellation, YearStep
from certsvc.domain.decision import DecisionStatus
from certsvc.domain.identity import IdDocument, IdKind
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE
from certsvc.errors import ConflictError, UnknownReference
from certsvc.formats.canonical import encode_canonical_json
from certsvc.ports import PersonalCipher


class DatabaseCancelledYears:
    """ports.credit.CancelledYearStore on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def unit_region(self, id_number: str) -> str | None:
        """The division of the unit on the person's newest certificate; None when the register knows none."""
        own = certificate.c
        with self._engine.begin() as connection:
            keys = keys_of_persons(connection, [self._cipher.person_key(id_number)])
            newest = (
                select(title_entry.c.unit_region)
                .join(certificate, own.number == title_entry.c.number)
                .where(own.person_key.in_(list(keys)), title_entry.c.unit_region.is_not(None))
                .order_by(own.acquired_on.desc(), own.drafted_at.desc(), own.number)
            )
            region: str | None = connection.execute(newest.limit(1)).scalar_one_or_none()
        return region

    def propose(self, cancellation: YearCancellation, new_id: str, maker: str, at: datetime) -> str:
        """Store a step; its id."""
        with self._engine.begin() as connection:
            hold_table(connection, cancelled_year)
            for known in self._standing(connection, cancellation):
                if _same(known.cancellation, cancellation):
                    return known.id
                elsewhere = known.cancellation.place != PROVINCE == cancellation.place
                if known.cancellation.step is cancellation.step and not elsewhere:
                    raise ConflictError(
                        f"该人员 {cancellation.year} 年度已有一项{cancellation.step.label}（{known.id}）。请先核对那一项。"
                    )
            connection.execute(insert(cancelled_year).values(self._columns(cancellation, new_id, maker, at)))
            _note(connection, at, maker, Action.YEAR_CANCEL_PROPOSE, new_id, None)
        return new_id

    def confirm(self, step: str, checker: str, at: datetime) -> StoredCancellation:
        """Put a step in force."""
        with self._engine.begin() as connection:
            held = self._held(connection, step)
            if held.status is DecisionStatus.WITHDRAWN:
                raise ConflictError("该事项已撤回，不能确认。如仍需办理，请重新提出。")
            if held.status is DecisionStatus.CONFIRMED:
                if held.checker != checker:
                    raise ConflictError("该事项已由另一位人员确认，无需再次确认。")
                return held
            before = _state_digest(connection, step)
            connection.execute(
                update(cancelled_year)
                .where(cancelled_year.c.id == step)
                .values(status=DecisionStatus.CONFIRMED, checker=checker, confirmed_at=instant_text(at))
            )
            _note(connection, at, checker, Action.YEAR_CANCEL_CONFIRM, step, before)
            return self._held(connection, step)

    def withdraw(self, step: str, by: str, at: datetime) -> StoredCancellation:
        """Take a proposal back."""
        with self._engine.begin() as connection:
            held = self._held(connection, step)
            if held.status is DecisionStatus.CONFIRMED:
                raise ConflictError("该事项已经生效，不能撤回。如需改变，请另行提出恢复。")
            if held.status is DecisionStatus.PROPOSED:
                before = _state_digest(connection, step)
                connection.execute(
                    update(cancelled_year)
                    .where(cancelled_year.c.id == step)
                    .values(status=DecisionStatus.WITHDRAWN)
                )
                _note(connection, at, by, "console:cancel_year:withdraw", step, before)
            return self._held(connection, step)

    def find(self, step: str) -> StoredCancellation | None:
        """A step; None when there is none."""
        with self._engine.begin() as connection:
            row = connection.execute(select(cancelled_year).where(cancelled_year.c.id == step)).one_or_none()
        return None if row is None else self._stored(row)

    def listed(self, place: str | None, most: int) -> tuple[StoredCancellation, ...]:
        """Steps, newest proposal first."""
        found = select(cancelled_year).order_by(cancelled_year.c.proposed_at.desc(), cancelled_year.c.id)
        if place is not None:
            found = found.where(cancelled_year.c.place == place)
        with self._engine.begin() as connection:
            return tuple(self._stored(row) for row in connection.execute(found.limit(most)))

    def _standing(
        self, connection: Connection, cancellation: YearCancellation
    ) -> tuple[StoredCancellation, ...]:
        """Steps over the same person and year that are not withdrawn, and not lifted."""
        lifted = in_force(YearStep.LIFT).with_only_columns(cancelled_year.c.lifts)
        rows = connection.execute(
            select(cancelled_year).where(
                cancelled_year.c.person_key == self._cipher.person_key(cancellation.document.number),
                cancelled_year.c.year == cancellation.year,
                cancelled_year.c.status != DecisionStatus.WITHDRAWN,
                cancelled_year.c.id.not_in(lifted),
            )
        )
        found = (self._stored(row) for row in rows)
        return tuple(
            one
            for one in found
            if one.cancellation.step is YearStep.CANCEL or one.cancellation.lifts == cancellation.lifts
        )

    def _held(self, connection: Connection, step: str) -> StoredCancellation:
        row = connection.execute(
            select(cancelled_year).where(cancelled_year.c.id == step).with_for_update()
        ).one_or_none()
        if row is None:
            raise UnknownReference(f"没有编号为 {step} 的取消当年申报资格事项。请核对编号。")
        return self._stored(row)

    def _columns(
        self, cancellation: YearCancellation, new_id: str, maker: str, at: datetime
    ) -> dict[str, object]:
        told = {
            "name": cancellation.name,
            "id_kind": cancellation.document.kind.value,
            "id_number": cancellation.document.number,
            "ground": cancellation.ground,
        }
        return {
            "id": new_id,
            "step": cancellation.step,
            "lifts": cancellation.lifts,
            "person_key": self._cipher.person_key(cancellation.document.number),
            "year": cancellation.year,
            "place": cancellation.place,
            "document_ref": cancellation.document_ref,
            "decided_on": cancellation.decided_on.isoformat(),
            "sealed_content": self._cipher.encrypt(encode_canonical_json(told), context=_context(new_id)),
            "status": DecisionStatus.PROPOSED,
            "maker": maker,
            "proposed_at": instant_text(at),
        }

    def _stored(self, row: Row[Any]) -> StoredCancellation:
        told = json.loads(self._cipher.decrypt(row.sealed_content, context=_context(row.id)))
        return StoredCancellation(
            id=row.id,
            cancellation=YearCancellation(
                step=YearStep(row.step),
                name=told["name"],
                document=IdDocument(IdKind(told["id_kind"]), told["id_number"]),
                year=row.year,
                place=row.place,
                document_ref=row.document_ref,
                decided_on=date.fromisoformat(row.decided_on),
                ground=told["ground"],
                lifts=row.lifts,
            ),
            status=DecisionStatus(row.status),
            maker=row.maker,
            proposed_at=read_instant(row.proposed_at),
            checker=row.checker,
            confirmed_at=None if row.confirmed_at is None else read_instant(row.confirmed_at),
        )


def in_force(step: YearStep) -> Select[Any]:
    """Confirmed steps of a sort."""
    return select(cancelled_year).where(
        cancelled_year.c.step == step, cancelled_year.c.status == DecisionStatus.CONFIRMED
    )


def _same(one: YearCancellation, other: YearCancellation) -> bool:
    """Equal but for what the number itself tells, which is not stored."""
    return one == replace(other, document=IdDocument(other.document.kind, other.document.number))


def _state_digest(connection: Connection, step: str) -> str:
    row = connection.execute(select(cancelled_year).where(cancelled_year.c.id == step)).one()
    kept = {
        name: value for name, value in row._mapping.items() if name not in ("sealed_content", "person_key")
    }
    return digest_of(kept)


def _note(connection: Connection, at: datetime, by: str, action: str, step: str, before: str | None) -> None:
    caller, after = caller_named(connection, by), _state_digest(connection, step)
    append_entry(connection, at, caller, action, f"cancelled-year/{step}", before=before, after=after)


def _context(step: str) -> bytes:
    return f"cancelled-year/{step}".encode()
