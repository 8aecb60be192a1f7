"""Policy documents and calendars in the database: what was loaded stays for ever, the newest of an identity counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select

from certsvc.adapters.audit_store import append_entry
from certsvc.adapters.database import hold_table, insert_unless_known
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.policy_schema import calendar_document, policy_document
from certsvc.domain.caller import OPERATOR
from certsvc.domain.permission import Action
from certsvc.errors import UnknownReference
from certsvc.ports.policies import KeptCalendar, KeptPolicy

_LOADED = policy_document.c.origin == "loaded"


class DatabasePolicyStore:
    """ports.policies.PolicyStore on SQLAlchemy Core."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def load_policy(self, new: KeptPolicy, at: datetime) -> None:
        """Put a document in force, in place of an older one of its identity. In force already: changes nothing."""
        same = _LOADED & (policy_document.c.policy_id == new.policy_id)
        values = {**_policy_columns(new), "origin": "loaded"}
        with self._engine.begin() as connection:
            hold_table(connection, policy_document)
            before = _newest(connection, policy_document, same)
            if before == new.digest:
                return
            _place(connection, policy_document, values, at)
            append_entry(
                connection,
                at,
                OPERATOR,
                Action.POLICY_LOAD,
                f"policy/{new.policy_id}",
                before=before,
                after=new.digest,
            )

    def keep_shipped(self, shipped: Iterable[KeptPolicy], at: datetime) -> None:
        """Keep the documents of this version of the program, so that a later one can still examine by them."""
        with self._engine.begin() as connection:
            wanted = {one.digest: one for one in shipped}
            known = select(policy_document.c.digest).where(policy_document.c.digest.in_(wanted))
            for digest in wanted.keys() - set(connection.scalars(known)):
                columns = _policy_columns(wanted[digest])
                row = {**columns, "origin": "shipped", "position": 0, "loaded_at": instant_text(at)}
                insert_unless_known(connection, policy_document, row)

    def loaded_policies(self) -> tuple[KeptPolicy, ...]:
        """The loaded documents in force, in the order of loading: the newest of each identity."""
        newest = {one.policy_id: one for one in self.policies_ever_loaded()}
        return tuple(sorted(newest.values(), key=lambda one: one.position))

    def policies_ever_loaded(self) -> tuple[KeptPolicy, ...]:
        """Every loaded document, replaced ones too, in the order of loading."""
        wanted = select(policy_document).where(_LOADED).order_by(policy_document.c.position)
        with self._engine.begin() as connection:
            return tuple(_kept_policy(row) for row in connection.execute(wanted))

    def policy_bodies(self, digests: Iterable[str]) -> tuple[bytes, ...]:
        """The bytes of the documents, in the order asked for. Raises UnknownReference for one that was never kept."""
        asked = tuple(digests)
        wanted = select(policy_document.c.digest, policy_document.c.body).where(
            policy_document.c.digest.in_(asked)
        )
        with self._engine.begin() as connection:
            found = {row.digest: row.body.encode() for row in connection.execute(wanted)}
        for digest in asked:
            if digest not in found:
                raise UnknownReference(f"没有摘要为 {digest[:12]} 的政策文件。")
        return tuple(found[digest] for digest in asked)

    def load_calendar(self, new: KeptCalendar, at: datetime) -> None:
        """Put a year's calendar in force, in place of an older one. In force already: changes nothing."""
        values = {"digest": new.digest, "year": new.year, "document": new.document, "body": new.body}
        with self._engine.begin() as connection:
            hold_table(connection, calendar_document)
            before = _newest(connection, calendar_document, calendar_document.c.year == new.year)
            if before == new.digest:
                return
            _place(connection, calendar_document, values, at)
            append_entry(
                connection,
                at,
                OPERATOR,
                Action.CALENDAR_LOAD,
                f"calendar/{new.year}",
                before=before,
                after=new.digest,
            )

    def loaded_calendars(self) -> tuple[KeptCalendar, ...]:
        """Every loaded calendar in the order of loading; of a year the last one counts."""
        wanted = select(calendar_document).order_by(calendar_document.c.position)
        with self._engine.begin() as connection:
            rows = connection.execute(wanted).all()
        return tuple(
            KeptCalendar(
                row.digest, row.year, row.document, row.body, row.position, read_instant(row.loaded_at)
            )
            for row in rows
        )


def _newest(connection: Connection, table: Table, wanted: Any) -> str | None:
    newest = select(table.c.digest).where(wanted).order_by(table.c.position.desc()).limit(1)
    found: str | None = connection.scalar(newest)
    return found


def _place(connection: Connection, table: Table, values: dict[str, Any], at: datetime) -> None:
    """Put a row in the last place; one that was loaded before moves there."""
    last = connection.scalar(select(func.max(table.c.position))) or 0
    connection.execute(delete(table).where(table.c.digest == values["digest"]))
    connection.execute(insert(table).values(**values, position=last + 1, loaded_at=instant_text(at)))


def _policy_columns(one: KeptPolicy) -> dict[str, Any]:
    return {
        "digest": one.digest,
        "policy_id": one.policy_id,
        "document": one.document,
        "issued_on": one.issued_on.isoformat(),
        "body": one.body,
    }


def _kept_policy(row: Any) -> KeptPolicy:
    return KeptPolicy(
        digest=row.digest,
        policy_id=row.policy_id,
        document=row.document,
        issued_on=date.fromisoformat(row.issued_on),
        body=row.body,
        position=row.position,
        loaded_at=read_instant(row.loaded_at),
    )
