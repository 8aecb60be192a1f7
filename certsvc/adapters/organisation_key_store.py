"""The keys of organisations in the database; every change with its audit entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from certsvc.adapters.audit_store import append_entry, digest_of
from certsvc.adapters.database import hold_table
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.organisation_key_schema import organisation_key
from certsvc.domain.caller import OPERATOR
from certsvc.domain.organisation_key import (
    KeyWish,
    OrganisationKey,
    id_of_key_text,
    key_digest,
    new_key_text,
)
from certsvc.domain.permission import Action
from certsvc.errors import ConflictError, UnknownReference


class DatabaseOrganisationKeys:
    """ports.organisation_keys.OrganisationKeys on SQLAlchemy Core, and what changes them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, key_id: str) -> OrganisationKey | None:
        """The key of an id, as the database has it now."""
        with self._engine.begin() as connection:
            row = connection.execute(
                select(organisation_key).where(organisation_key.c.id == key_id)
            ).one_or_none()
        return None if row is None else _key(row)

    def given_out(self) -> tuple[OrganisationKey, ...]:
        """Every key, ended ones too: by organisation, oldest first."""
        own = organisation_key.c
        with self._engine.begin() as connection:
            rows = connection.execute(
                select(organisation_key).order_by(own.organisation, own.made_at, own.id)
            ).all()
        return tuple(_key(row) for row in rows)

    def add(self, wish: KeyWish, at: datetime, random_bytes: Callable[[int], bytes]) -> str:
        """Make a key; its text, which nobody can be shown again. Raises ConflictError for a name that was given before."""
        text = new_key_text(random_bytes)
        row: dict[str, Any] = {
            "id": id_of_key_text(text),
            "name": wish.name,
            "organisation": wish.organisation,
            "purpose": wish.purpose,
            "per_minute": wish.per_minute,
            "per_day": wish.per_day,
            "digest": key_digest(text),
            "made_at": instant_text(at),
            "ends_on": None if wish.ends_on is None else wish.ends_on.isoformat(),
        }
        with self._engine.begin() as connection:
            hold_table(connection, organisation_key)
            if connection.execute(_named(wish.name)).one_or_none() is not None:
                raise ConflictError(f"密钥名称 {wish.name} 已经用过。每把密钥的名称只用一次，请换一个名称。")
            connection.execute(insert(organisation_key).values(**row))
            shown = {name: value for name, value in row.items() if name != "digest"}
            append_entry(
                connection, at, OPERATOR, Action.API_KEY_ADD, _subject(str(row["id"])), after=digest_of(shown)
            )
        return text

    def end(self, name: str, at: datetime) -> OrganisationKey:
        """End a key: it is refused from now on; again: nothing new. Raises UnknownReference when there is none."""
        with self._engine.begin() as connection:
            row = connection.execute(_named(name).with_for_update()).one_or_none()
            if row is None:
                raise UnknownReference(f"没有名为 {name} 的机构密钥。请用 api-key list 查看。")
            if row.ended_at is None:
                changed = update(organisation_key).where(organisation_key.c.id == row.id)
                connection.execute(changed.values(ended_at=instant_text(at)))
                append_entry(connection, at, OPERATOR, Action.API_KEY_END, _subject(row.id))
            return _key(connection.execute(_named(name)).one())


def _named(name: str) -> Any:
    return select(organisation_key).where(organisation_key.c.name == name)


def _key(row: Row[Any]) -> OrganisationKey:
    return OrganisationKey(
        id=row.id,
        name=row.name,
        organisation=row.organisation,
        purpose=row.purpose,
        per_minute=row.per_minute,
        per_day=row.per_day,
        made_at=read_instant(row.made_at),
        digest=bytes(row.digest),
        ends_on=None if row.ends_on is None else date.fromisoformat(row.ends_on),
        ended_at=None if row.ended_at is None else read_instant(row.ended_at),
    )


def _subject(key_id: str) -> str:
    return f"api-key/{key_id}"
