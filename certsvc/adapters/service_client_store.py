"""The registered service clients in the database; every change with its audit entry."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine, Row, delete, select

from certsvc.adapters.access_schema import service_client
from certsvc.adapters.audit_store import append_entry, digest_of
from certsvc.adapters.database import insert_unless_known
from certsvc.adapters.instants import instant_text
from certsvc.domain.caller import OPERATOR, Purpose, ServiceClient
from certsvc.domain.permission import Action
from certsvc.errors import ConflictError, UnknownReference


class DatabaseServiceClientStore:
    """ports.access.ServiceClientStore on SQLAlchemy Core, and what changes it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find_client(self, name: str) -> ServiceClient | None:
        """The client of that name."""
        with self._engine.begin() as connection:
            row = connection.execute(
                select(service_client).where(service_client.c.name == name)
            ).one_or_none()
        return None if row is None else _client(row)

    def clients(self) -> tuple[ServiceClient, ...]:
        """Every registered client, by name."""
        with self._engine.begin() as connection:
            rows = connection.execute(select(service_client).order_by(service_client.c.name)).all()
        return tuple(_client(row) for row in rows)

    def register_client(self, new: ServiceClient, at: datetime) -> None:
        """Register a client; the same again changes nothing. Raises ConflictError for another key or purpose."""
        row = {
            "name": new.name,
            "public_key": new.public_key,
            "purposes": " ".join(sorted(new.purposes)),
            "registered_at": instant_text(at),
        }
        with self._engine.begin() as connection:
            if insert_unless_known(connection, service_client, row):
                append_entry(connection, at, OPERATOR, Action.CLIENT_ADD, _subject(new), after=_digest(new))
                return
        if self.find_client(new.name) != new:
            raise ConflictError(
                f"系统 {new.name} 已登记，公钥或用途不同。更换公钥请先运行 certsvc client remove。"
            )

    def remove_client(self, name: str, at: datetime) -> None:
        """Remove a client: its tokens are refused from now on. Raises UnknownReference when there is none."""
        with self._engine.begin() as connection:
            wanted = service_client.c.name == name
            row = connection.execute(select(service_client).where(wanted).with_for_update()).one_or_none()
            if row is None:
                raise UnknownReference(f"没有登记名为 {name} 的系统。")
            client = _client(row)
            connection.execute(delete(service_client).where(wanted))
            append_entry(
                connection, at, OPERATOR, Action.CLIENT_REMOVE, _subject(client), before=_digest(client)
            )


def _client(row: Row[Any]) -> ServiceClient:
    purposes = frozenset(Purpose(word) for word in row.purposes.split())
    return ServiceClient(row.name, bytes(row.public_key), purposes)


def _subject(client: ServiceClient) -> str:
    return f"client/{client.name}"


def _digest(client: ServiceClient) -> str:
    return digest_of(
        {
            "name": client.name,
            "key": sha256(client.public_key).hexdigest(),
            "purposes": sorted(client.purposes),
        }
    )
