"""Rows of the register of actors, and what stands behind an acting name."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from certsvc.adapters.audit_store import digest_of
from certsvc.adapters.delegation_schema import delegation
from certsvc.adapters.schema import actor
from certsvc.domain.actor import Actor, Role
from certsvc.domain.delegation import ACTING, is_acting, still_holds, with_persons


def actor_of(row: Row[Any]) -> Actor:
    """The actor of a row of `actor` or `actor_past`."""
    return Actor(
        row.name, Role(row.role), row.region, frozenset(row.committees.split()), row.unit, row.person
    )


def actor_columns(one: Actor) -> dict[str, str | None]:
    """The columns of an actor."""
    return {
        "name": one.name,
        "role": one.role.value,
        "region": one.region,
        "committees": " ".join(sorted(one.committees)),
        "unit": one.unit,
        "person": one.person,
    }


def actor_digest(one: Actor) -> str:
    """The digest of what an account is registered as; fields that few roles have count where they are given."""
    given = {name: value for name, value in actor_columns(one).items() if value}
    return digest_of(given)


def actor_in_office(connection: Connection, name: str, today: date) -> Actor | None:
    """The account of a name that may act on a day; of an acting name only while its delegation is in force."""
    row = connection.execute(
        select(actor).where(actor.c.name == name, actor.c.ended_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    return _acting_for(connection, actor_of(row), today) if is_acting(name) else actor_of(row)


def _acting_for(connection: Connection, acting: Actor, today: date) -> Actor | None:
    """The acting account with the staff numbers of both while its delegation is in force."""
    delegate, delegator = acting.name.split(ACTING, 1)
    one, other = (actor_in_office(connection, name, today) for name in (delegate, delegator))
    if one is None or other is None or not still_holds(one, other):
        return None
    on = today.isoformat()
    in_force = select(delegation.c.id).where(
        delegation.c.delegate == delegate,
        delegation.c.delegator == delegator,
        delegation.c.accepted_at.is_not(None),
        delegation.c.agreed_at.is_not(None),
        delegation.c.ended_at.is_(None),
        delegation.c.from_on <= on,
        delegation.c.until_on >= on,
    )
    found = connection.execute(in_force.limit(1)).first()
    return None if found is None else with_persons(acting, one, other)
