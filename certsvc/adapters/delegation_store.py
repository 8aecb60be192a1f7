"""ports.people.DelegationStore in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, func, insert, or_, select, true, update

from certsvc.adapters.actor_rows import actor_columns, actor_of
from certsvc.adapters.audit_store import append_entry, digest_of
from certsvc.adapters.database import insert_unless_known
from certsvc.adapters.delegation_schema import delegation
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.schema import actor, actor_past
from certsvc.domain.actor import Actor
from certsvc.domain.caller import Caller
from certsvc.domain.delegation import Delegation
from certsvc.domain.permission import Action
from certsvc.errors import ConflictError, UnknownReference

_NEWEST = (delegation.c.proposed_at.desc(), delegation.c.id.desc())


@dataclass(frozen=True, slots=True)
class DatabaseDelegationStore:
    """Delegations with their audit entries, each step in one transaction."""

    engine: Engine
    reading: Engine | None = None
    """An engine of `open_for_reading`, so that pages wait for no writer."""

    @property
    def _reads(self) -> Engine:
        return self.reading or self.engine

    def propose(self, new: Delegation, by: Caller) -> None:
        """Keep a proposal; the same id again changes nothing."""
        row = {
            "id": new.id,
            "delegate": new.delegate,
            "delegator": new.delegator,
            "from_on": new.from_on.isoformat(),
            "until_on": new.until_on.isoformat(),
            "reason": new.reason,
            "proposed_by": new.proposed_by,
            "proposed_at": instant_text(new.proposed_at),
            "agreed_at": None if new.agreed_at is None else instant_text(new.agreed_at),
        }
        with self.engine.begin() as connection:
            if insert_unless_known(connection, delegation, row):
                _note(connection, new.proposed_at, by, Action.DELEGATION_PROPOSE, new)

    def find(self, wanted: str) -> Delegation | None:
        """A delegation."""
        with self._reads.begin() as connection:
            row = connection.execute(select(delegation).where(delegation.c.id == wanted)).one_or_none()
        return None if row is None else _delegation(row)

    def of(self, name: str, offset: int, limit: int) -> tuple[int, Sequence[Delegation]]:
        """How many there are in which a name delegates or is the delegate, and some of them, newest first."""
        return self._some(or_(delegation.c.delegate == name, delegation.c.delegator == name), offset, limit)

    def listed(self, offset: int, limit: int) -> tuple[int, Sequence[Delegation]]:
        """How many there are, and some of them, newest first."""
        return self._some(true(), offset, limit)

    def _some(self, which: ColumnElement[bool], offset: int, limit: int) -> tuple[int, Sequence[Delegation]]:
        with self._reads.begin() as connection:
            total = connection.scalar(select(func.count()).select_from(delegation).where(which)) or 0
            page = select(delegation).where(which).order_by(*_NEWEST).offset(offset).limit(limit)
            rows = connection.execute(page).all()
        return total, tuple(_delegation(row) for row in rows)

    def accept(self, wanted: str, acting: Actor, by: Caller, at: datetime) -> Delegation:
        """Accept a proposal and keep the account under which the delegate acts; again: changes nothing."""
        with self.engine.begin() as connection:
            held = _held(connection, wanted)
            if held.ended_at is not None:
                raise ConflictError("该委托已结束，不能接受。")
            if held.accepted_at is None:
                _keep_acting(connection, acting, at)
                connection.execute(
                    update(delegation).where(delegation.c.id == wanted).values(accepted_at=instant_text(at))
                )
                _note(connection, at, by, Action.DELEGATION_ACCEPT, held)
            return _held(connection, wanted)

    def agree(self, wanted: str, by: Caller, at: datetime) -> Delegation:
        """The delegator agrees to what was proposed for them; again: changes nothing."""
        with self.engine.begin() as connection:
            held = _held(connection, wanted)
            if held.ended_at is not None:
                raise ConflictError("该委托已结束，不能接受。")
            if held.agreed_at is None:
                connection.execute(
                    update(delegation).where(delegation.c.id == wanted).values(agreed_at=instant_text(at))
                )
                _note(connection, at, by, Action.DELEGATION_ACCEPT, held)
            return _held(connection, wanted)

    def end(self, wanted: str, by: Caller, at: datetime) -> Delegation:
        """End it early; again: changes nothing."""
        with self.engine.begin() as connection:
            held = _held(connection, wanted)
            if held.ended_at is None:
                _end(connection, held, by, at)
            return _held(connection, wanted)

    def in_force(self, delegate: str, on: date) -> Sequence[Delegation]:
        """What somebody may act under on a day."""
        day = on.isoformat()
        query = select(delegation).where(
            delegation.c.delegate == delegate,
            delegation.c.accepted_at.is_not(None),
            delegation.c.agreed_at.is_not(None),
            delegation.c.ended_at.is_(None),
            delegation.c.from_on <= day,
            delegation.c.until_on >= day,
        )
        with self._reads.begin() as connection:
            return tuple(_delegation(row) for row in connection.execute(query.order_by(*_NEWEST)).all())


def end_delegations_of(connection: Connection, name: str, by: Caller, at: datetime) -> None:
    """End what an account delegated and was delegated, in the caller's transaction, each with its entry."""
    own = or_(delegation.c.delegate == name, delegation.c.delegator == name)
    running = select(delegation).where(own, delegation.c.ended_at.is_(None)).with_for_update()
    for row in connection.execute(running.order_by(delegation.c.id)).all():
        _end(connection, _delegation(row), by, at)


def _end(connection: Connection, held: Delegation, by: Caller, at: datetime) -> None:
    ended = {"ended_at": instant_text(at), "ended_by": by.name}
    connection.execute(update(delegation).where(delegation.c.id == held.id).values(**ended))
    _note(connection, at, by, Action.DELEGATION_END, held)


def _keep_acting(connection: Connection, acting: Actor, at: datetime) -> None:
    """The account of an acting name; one from an earlier delegation with another reach goes to the past."""
    columns = actor_columns(acting)
    if insert_unless_known(connection, actor, {**columns, "registered_at": instant_text(at)}):
        return
    known = connection.execute(select(actor).where(actor.c.name == acting.name).with_for_update()).one()
    if actor_of(known) != acting:
        connection.execute(
            insert(actor_past).values(**actor_columns(actor_of(known)), until_at=instant_text(at))
        )
        connection.execute(update(actor).where(actor.c.name == acting.name).values(**columns))


def _held(connection: Connection, wanted: str) -> Delegation:
    row = connection.execute(
        select(delegation).where(delegation.c.id == wanted).with_for_update()
    ).one_or_none()
    if row is None:
        raise UnknownReference(f"没有编号为 {wanted[:16]} 的委托。")
    return _delegation(row)


def _note(connection: Connection, at: datetime, by: Caller, action: Action, one: Delegation) -> None:
    after = digest_of(
        {
            "delegate": one.delegate,
            "delegator": one.delegator,
            "from_on": one.from_on.isoformat(),
            "until_on": one.until_on.isoformat(),
            "action": action.value,
        }
    )
    append_entry(connection, at, by, action, f"delegation/{one.id}", after=after)


def _delegation(row: Row[Any]) -> Delegation:
    return Delegation(
        row.id,
        row.delegate,
        row.delegator,
        date.fromisoformat(row.from_on),
        date.fromisoformat(row.until_on),
        row.reason,
        row.proposed_by,
        read_instant(row.proposed_at),
        None if row.accepted_at is None else read_instant(row.accepted_at),
        None if row.ended_at is None else read_instant(row.ended_at),
        row.ended_by,
        None if row.agreed_at is None else read_instant(row.agreed_at),
    )
