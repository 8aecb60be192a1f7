"""The register of actors in the database: who is in office, and what everybody was registered as before."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from certsvc.adapters.access_schema import web_session
from certsvc.adapters.audit_store import append_entry, digest_of
from certsvc.adapters.database import insert_unless_known
from certsvc.adapters.instants import instant_text
from certsvc.adapters.schema import actor, actor_past
from certsvc.adapters.session_store import session_subject
from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import OPERATOR
from certsvc.domain.permission import Action
from certsvc.errors import ConflictError, UnknownReference


class DatabaseActorStore:
    """ports.ActorStore on SQLAlchemy Core."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find_actor(self, name: str) -> Actor | None:
        """The actor of that name who is in office."""
        in_office = select(actor).where(actor.c.name == name, actor.c.ended_at.is_(None))
        with self._engine.begin() as connection:
            row = connection.execute(in_office).one_or_none()
        return None if row is None else _actor_of(row)

    def actor_when(self, name: str, at: datetime) -> Actor | None:
        """What a name was registered as when somebody acted under it, whether or not they are in office now.

        What was done in the second of a change counts as done before it.
        """
        earlier = (
            select(actor_past)
            .where(actor_past.c.name == name, actor_past.c.until_at >= instant_text(at))
            .order_by(actor_past.c.position)
            .limit(1)
        )
        with self._engine.begin() as connection:
            row = connection.execute(earlier).one_or_none()
            if row is None:
                row = connection.execute(select(actor).where(actor.c.name == name)).one_or_none()
        return None if row is None else _actor_of(row)

    def actors(self) -> tuple[Actor, ...]:
        """Everybody in office, by name."""
        in_office = select(actor).where(actor.c.ended_at.is_(None)).order_by(actor.c.name)
        with self._engine.begin() as connection:
            return tuple(_actor_of(row) for row in connection.execute(in_office).all())

    def register_actor(self, new: Actor, at: datetime) -> None:
        """Register an actor, or somebody who ended once more; the same again changes nothing."""
        row = {**asdict(new), "registered_at": instant_text(at), "ended_at": None}
        with self._engine.begin() as connection:
            if not insert_unless_known(connection, actor, row):
                known = _held(connection, new.name)
                if known.ended_at is None:
                    if _actor_of(known) != new:
                        raise ConflictError(
                            f"账号 {new.name} 已登记，角色或地区不同。请换一个账号名；"
                            "同一人调整角色或地区，请用 certsvc actor change。"
                        )
                    return
                _keep_past(connection, known, known.ended_at)
                connection.execute(update(actor).where(actor.c.name == new.name).values(**row))
            append_entry(
                connection, at, OPERATOR, Action.ACTOR_ADD, _subject(new.name), after=_digest_of(new)
            )

    def change_actor(self, name: str, role: Role | None, region: str | None, at: datetime) -> Actor:
        """Give an actor in office another role or region (None: as it is) from now on; the actor as registered now.

        What they did keeps the role and region it was done with. The same again changes nothing.
        Raises UnknownReference, ConflictError for somebody who ended.
        """
        with self._engine.begin() as connection:
            row = _held(connection, name)
            if row.ended_at is not None:
                raise ConflictError(f"账号 {name} 已停用。重新启用请用 certsvc actor add 登记。")
            old = _actor_of(row)
            new = Actor(name, role or old.role, region or old.region)
            if new != old:
                _keep_past(connection, row, instant_text(at))
                connection.execute(
                    update(actor).where(actor.c.name == name).values(role=new.role.value, region=new.region)
                )
                append_entry(
                    connection,
                    at,
                    OPERATOR,
                    Action.ACTOR_CHANGE,
                    _subject(name),
                    before=_digest_of(old),
                    after=_digest_of(new),
                )
        return new

    def end_actor(self, name: str, at: datetime) -> None:
        """End an actor: nobody acts or signs in under the name any more, and every session is closed.

        What they did stays. Again: changes nothing. Raises UnknownReference.
        """
        with self._engine.begin() as connection:
            row = _held(connection, name)
            if row.ended_at is not None:
                return
            connection.execute(update(actor).where(actor.c.name == name).values(ended_at=instant_text(at)))
            own = web_session.c.actor == name
            sessions = connection.scalars(select(web_session.c.token_digest).where(own)).all()
            connection.execute(delete(web_session).where(own))
            before = _digest_of(_actor_of(row))
            append_entry(connection, at, OPERATOR, Action.ACTOR_END, _subject(name), before=before)
            for token_digest in sessions:
                append_entry(
                    connection, at, OPERATOR, "console:session:close", session_subject(bytes(token_digest))
                )


def _held(connection: Connection, name: str) -> Row[Any]:
    row = connection.execute(select(actor).where(actor.c.name == name).with_for_update()).one_or_none()
    if row is None:
        raise UnknownReference(f"没有登记名为 {name} 的人员。请用 certsvc actor list 核对账号名。")
    return row


def _keep_past(connection: Connection, row: Row[Any], until_at: str) -> None:
    connection.execute(
        insert(actor_past).values(name=row.name, role=row.role, region=row.region, until_at=until_at)
    )


def _actor_of(row: Row[Any]) -> Actor:
    return Actor(row.name, Role(row.role), row.region)


def _digest_of(one: Actor) -> str:
    return digest_of({"name": one.name, "role": one.role, "region": one.region})


def _subject(name: str) -> str:
    return f"actor/{name}"
