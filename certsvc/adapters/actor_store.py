"""The register of actors in the database: who is in office, and what everybody was registered as before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, func, insert, or_, select, update

from certsvc.adapters.actor_rows import actor_columns, actor_digest, actor_in_office, actor_of
from certsvc.adapters.audit_store import append_entry
from certsvc.adapters.database import hold_table
from certsvc.adapters.delegation_store import end_delegations_of
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.kept_sessions import end_officials_sessions
from certsvc.adapters.schema import actor, actor_past
from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import OPERATOR, Caller
from certsvc.domain.delegation import ACTING, is_acting, persons_behind, with_persons
from certsvc.domain.permission import Action
from certsvc.domain.separation import person_of, separation_fault
from certsvc.errors import ConflictError, UnknownReference
from certsvc.ports.people import AccountQuestion, ListedAccount

_OWN_ACCOUNT = actor.c.name.not_like(f"%{ACTING}%")


@dataclass(frozen=True, slots=True)
class DatabaseActorStore:
    """ports.ActorStore and ports.people.PeopleStore on SQLAlchemy Core."""

    engine: Engine
    today: Callable[[], date]
    reading: Engine | None = None
    """An engine of `open_for_reading`, so that whoever asks waits for no writer."""

    @property
    def _reads(self) -> Engine:
        return self.reading or self.engine

    def find_actor(self, name: str) -> Actor | None:
        """The actor of that name who is in office; of an acting name while its delegation is in force."""
        with self._reads.begin() as connection:
            return actor_in_office(connection, name, self.today())

    def actor_when(self, name: str, at: datetime) -> Actor | None:
        """What a name was registered as when somebody acted under it, whether or not they are in office now.

        What was done in the second of a change counts as done before it.
        """
        with self._reads.begin() as connection:
            found = _registered_since(connection, name, at)
            if not found or not is_acting(name):
                return found[0] if found else None
            both = [_registered_since(connection, one, at) for one in name.split(ACTING, 1)]
        return with_persons(found[0], both[0][0], both[1][0]) if all(both) else found[0]

    def persons_when(self, name: str, at: datetime | None) -> frozenset[str]:
        """Who stood behind a name at that time (None: ever), by account and staff number; of an acting name, both.

        A staff number that was written down later counts for what the account did without one.
        """
        persons = set(persons_behind(name))
        with self._reads.begin() as connection:
            for one in persons_behind(name):
                numbers = [kept.person for kept in _registered_since(connection, one, at) if kept.person]
                persons.update(numbers if at is None else numbers[:1])
        return frozenset(persons)

    def actors(self) -> tuple[Actor, ...]:
        """Everybody in office, by name."""
        in_office = select(actor).where(actor.c.ended_at.is_(None), _OWN_ACCOUNT).order_by(actor.c.name)
        with self._reads.begin() as connection:
            return tuple(actor_of(row) for row in connection.execute(in_office).all())

    def accounts(
        self, question: AccountQuestion, offset: int, limit: int
    ) -> tuple[int, Sequence[ListedAccount]]:
        """How many accounts the question finds, and one page of them by name."""
        found = _found(question)
        with self._reads.begin() as connection:
            total = connection.scalar(select(func.count()).select_from(actor).where(*found)) or 0
            rows = connection.execute(
                select(actor).where(*found).order_by(actor.c.name).offset(offset).limit(limit)
            ).all()
        return total, tuple(_listed(row) for row in rows)

    def account(self, name: str) -> ListedAccount | None:
        """One account, in office or ended; None when nobody was ever registered under the name."""
        with self._reads.begin() as connection:
            row = connection.execute(select(actor).where(actor.c.name == name, _OWN_ACCOUNT)).one_or_none()
        return None if row is None else _listed(row)

    def register_actor(self, new: Actor, at: datetime, by: Caller = OPERATOR) -> None:
        """Register an actor, or somebody who ended once more; the same again changes nothing.

        Raises ConflictError for an account that is registered otherwise, and for a person who may not hold the role.
        """
        if ACTING in f" {new.name} ":
            raise ConflictError(f"账号名中不能含“{ACTING}”：它用于记载委托代办。")
        with self.engine.begin() as connection:
            hold_table(connection, actor)
            known = connection.execute(select(actor).where(actor.c.name == new.name)).one_or_none()
            if known is not None and known.ended_at is None:
                if actor_of(known) != new:
                    raise ConflictError(
                        f"账号 {new.name} 已登记，角色或地区不同。请换一个账号名；"
                        "同一人调整角色或地区，请用 certsvc actor change。"
                    )
                return
            _require_separate(connection, new)
            row = {**actor_columns(new), "registered_at": instant_text(at), "ended_at": None}
            if known is None:
                connection.execute(insert(actor).values(**row))
            else:
                end_delegations_of(connection, new.name, by, at)
                _keep_past(connection, known, known.ended_at)
                connection.execute(update(actor).where(actor.c.name == new.name).values(**row))
            append_entry(connection, at, by, Action.ACTOR_ADD, _subject(new.name), after=actor_digest(new))

    def change_actor(self, name: str, role: Role | None, region: str | None, at: datetime) -> Actor:
        """Give an actor in office another role or region (None: as it is); see `replace_actor`."""
        with self.engine.begin() as connection:
            old = actor_of(_held(connection, name))
        kept = old.role is (role or old.role)
        new = Actor(
            name,
            role or old.role,
            region or old.region,
            old.committees if kept else frozenset(),
            old.unit if kept else None,
            old.person,
        )
        return self.replace_actor(new, at)

    def replace_actor(self, new: Actor, at: datetime, by: Caller = OPERATOR) -> Actor:
        """Register an account in office anew from now on; the actor as registered now.

        Every session is closed: who comes back sees the new duty from the start; what was delegated ends. What they
        did keeps the role and region it was done with. The same again changes nothing. Raises
        UnknownReference, ConflictError for somebody who ended, or may not hold the role.
        """
        with self.engine.begin() as connection:
            hold_table(connection, actor)
            row = _held(connection, new.name)
            if row.ended_at is not None:
                raise ConflictError(f"账号 {new.name} 已停用。重新启用请用 certsvc actor add 登记。")
            old = actor_of(row)
            if new != old:
                _require_separate(connection, new)
                _keep_past(connection, row, instant_text(at))
                connection.execute(update(actor).where(actor.c.name == new.name).values(**actor_columns(new)))
                append_entry(
                    connection,
                    at,
                    by,
                    Action.ACTOR_CHANGE,
                    _subject(new.name),
                    before=actor_digest(old),
                    after=actor_digest(new),
                )
                end_officials_sessions(connection, new.name, by, at)
                end_delegations_of(connection, new.name, by, at)
        return new

    def end_actor(self, name: str, at: datetime, by: Caller = OPERATOR) -> None:
        """End an actor: nobody acts or signs in under the name any more; sessions and delegations end with it.

        What they did stays. Again: changes nothing. Raises UnknownReference.
        """
        with self.engine.begin() as connection:
            row = _held(connection, name)
            if row.ended_at is not None:
                return
            connection.execute(update(actor).where(actor.c.name == name).values(ended_at=instant_text(at)))
            before = actor_digest(actor_of(row))
            append_entry(connection, at, by, Action.ACTOR_END, _subject(name), before=before)
            end_officials_sessions(connection, name, by, at)
            end_delegations_of(connection, name, by, at)


def _registered_since(connection: Connection, name: str, at: datetime | None) -> list[Actor]:
    """What a name was registered as at that time and from then on, oldest first; None: ever."""
    past = select(actor_past).where(actor_past.c.name == name).order_by(actor_past.c.position)
    if at is not None:
        past = past.where(actor_past.c.until_at >= instant_text(at))
    rows = [*connection.execute(past).all()]
    rows += connection.execute(select(actor).where(actor.c.name == name)).all()
    return [actor_of(row) for row in rows]


def _held(connection: Connection, name: str) -> Row[Any]:
    row = connection.execute(select(actor).where(actor.c.name == name).with_for_update()).one_or_none()
    if row is None:
        raise UnknownReference(f"没有登记名为 {name} 的人员。请用 certsvc actor list 核对账号名。")
    return row


def _require_separate(connection: Connection, new: Actor) -> None:
    own = person_of(new)
    same = and_(_OWN_ACCOUNT, or_(actor.c.name.in_((own, new.name)), actor.c.person.in_((own, new.name))))
    rows = connection.execute(select(actor).where(same)).all()
    past = connection.execute(
        select(actor_past).where(
            or_(
                actor_past.c.name.in_({own, new.name, *(row.name for row in rows)}),
                actor_past.c.person == own,
            )
        )
    ).all()
    in_office = [actor_of(row) for row in rows if row.ended_at is None]
    fault = separation_fault(new, in_office, [actor_of(row) for row in (*rows, *past)])
    if fault is not None:
        raise ConflictError(fault)


def _found(question: AccountQuestion) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_OWN_ACCOUNT]
    if question.role is not None:
        found.append(actor.c.role == question.role.value)
    if question.region is not None:
        found.append(actor.c.region == question.region)
    if question.in_office is not None:
        found.append(actor.c.ended_at.is_(None) if question.in_office else actor.c.ended_at.is_not(None))
    return found


def _listed(row: Row[Any]) -> ListedAccount:
    ended = None if row.ended_at is None else read_instant(row.ended_at)
    return ListedAccount(actor_of(row), read_instant(row.registered_at), ended)


def _keep_past(connection: Connection, row: Row[Any], until_at: str) -> None:
    connection.execute(insert(actor_past).values(**actor_columns(actor_of(row)), until_at=until_at))


def _subject(name: str) -> str:
    return f"actor/{name}"
