"""Sessions in the database, of one table: digests of tokens only, every end with its entry in the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, delete, insert, or_, select, update

from certsvc.adapters.audit_store import append_entry
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.session_schema import official_session
from certsvc.domain.caller import Caller
from certsvc.ports.sessions import KeptSession, Replacement


class DatabaseSessions:
    """ports.sessions.SessionBoard on SQLAlchemy Core. `face`: the first word of the entries in the audit trail."""

    def __init__(self, engine: Engine, table: Table, face: str, reading: Engine | None = None) -> None:
        """`reading`: an engine of `open_for_reading`, so that whoever is signed in waits for no writer."""
        self._engine = engine
        self._reading = reading or engine
        self._table = table
        self._face = face

    def open(self, session: KeptSession, caller: Caller) -> None:
        """Keep a new session, with its audit entry."""
        with self._engine.begin() as connection:
            connection.execute(insert(self._table).values(self._row(session)))
            append_entry(
                connection, session.started_at, caller, f"{self._face}:session:open", session.subject
            )

    def find(self, token_digest: bytes) -> KeptSession | None:
        """The session whose token in use, next token or previous token has that digest."""
        columns = self._table.c
        known = or_(
            columns.token_digest == token_digest,
            columns.next_digest == token_digest,
            columns.previous_digest == token_digest,
        )
        with self._reading.begin() as connection:
            row = connection.execute(select(self._table).where(known)).first()
        return None if row is None else _session_of(row)

    def forget(self, ended_at: datetime, idle_since: datetime) -> None:
        """Delete what ended by then in any case, or was not used since."""
        columns = self._table.c
        over = or_(
            columns.ends_at <= instant_text(ended_at), columns.last_seen_at <= instant_text(idle_since)
        )
        with self._engine.begin() as connection:
            connection.execute(delete(self._table).where(over))

    def touch(self, session: bytes, at: datetime) -> None:
        """Note that the session was used."""
        table = self._table
        with self._engine.begin() as connection:
            connection.execute(
                update(table).where(table.c.id == session).values(last_seen_at=instant_text(at))
            )

    def act_for(self, session: bytes, name: str | None) -> None:
        """Note for whom the official of the session acts from now on."""
        table = self._table
        with self._engine.begin() as connection:
            connection.execute(update(table).where(table.c.id == session).values(acting_for=name))

    def offer(self, session: bytes, token_digest: bytes, replacement: Replacement) -> bool:
        """Note the next token, unless one is noted already or the token in use is another by now; whether it was noted."""
        table = self._table
        free = (table.c.id == session, table.c.token_digest == token_digest, table.c.next_digest.is_(None))
        with self._engine.begin() as connection:
            noted = connection.execute(
                update(table).where(*free).values(next_digest=replacement.digest, next_salt=replacement.salt)
            )
        return noted.rowcount == 1

    def take_over(self, session: bytes, token_digest: bytes, previous_until: datetime, at: datetime) -> None:
        """Make the next token the one in use, if it is still that digest; the one until now holds a little longer."""
        table = self._table
        with self._engine.begin() as connection:
            connection.execute(
                update(table)
                .where(table.c.id == session, table.c.next_digest == token_digest)
                .values(
                    previous_digest=table.c.token_digest,
                    previous_until=instant_text(previous_until),
                    token_digest=token_digest,
                    next_digest=None,
                    next_salt=None,
                    rotated_at=instant_text(at),
                    last_seen_at=instant_text(at),
                )
            )

    def end(self, session: bytes, caller: Caller, at: datetime) -> bool:
        """End a session, with its audit entry; False when there was none."""
        table = self._table
        with self._engine.begin() as connection:
            row = connection.execute(select(table).where(table.c.id == session).with_for_update()).first()
            if row is None:
                return False
            connection.execute(delete(table).where(table.c.id == session))
            append_entry(connection, at, caller, f"{self._face}:session:close", _session_of(row).subject)
        return True

    def of_owner(self, owner: str) -> tuple[KeptSession, ...]:
        """Everything kept of an owner, last used first; sessions that are over may be among it."""
        table = self._table
        own = select(table).where(table.c.owner == owner).order_by(table.c.last_seen_at.desc(), table.c.id)
        with self._reading.begin() as connection:
            return tuple(_session_of(row) for row in connection.execute(own).all())

    def of_provider(self, session: bytes | None, subject: bytes | None) -> tuple[KeptSession, ...]:
        """What the provider means by its session, or else by a person."""
        table = self._table
        meant = (
            table.c.provider_subject == subject if session is None else table.c.provider_session == session
        )
        with self._engine.begin() as connection:
            return tuple(_session_of(row) for row in connection.execute(select(table).where(meant)).all())

    def _row(self, session: KeptSession) -> dict[str, Any]:
        row: dict[str, Any] = {
            "id": session.id,
            "owner": session.owner,
            "token_digest": session.token_digest,
            "started_at": instant_text(session.started_at),
            "ends_at": instant_text(session.ends_at),
            "last_seen_at": instant_text(session.last_seen_at),
            "rotated_at": instant_text(session.rotated_at),
            "assurance": session.assurance,
            "browser": session.browser,
            "provider_session": session.provider_session,
            "provider_subject": session.provider_subject,
        }
        return row | (
            {"sealed_identity": session.sealed_identity} if "sealed_identity" in self._table.c else {}
        )


def end_officials_sessions(connection: Connection, name: str, caller: Caller, at: datetime) -> None:
    """End every session of an official in the caller's transaction, each with its entry."""
    table = official_session
    rows = connection.execute(select(table).where(table.c.owner == name)).all()
    connection.execute(delete(table).where(table.c.owner == name))
    for row in rows:
        append_entry(connection, at, caller, "console:session:close", _session_of(row).subject)


def _session_of(row: Row[Any]) -> KeptSession:
    replacement = row.next_digest is not None
    until = row.previous_until
    return KeptSession(
        id=bytes(row.id),
        owner=row.owner,
        token_digest=bytes(row.token_digest),
        started_at=read_instant(row.started_at),
        ends_at=read_instant(row.ends_at),
        last_seen_at=read_instant(row.last_seen_at),
        rotated_at=read_instant(row.rotated_at),
        assurance=row.assurance,
        sealed_identity=bytes(getattr(row, "sealed_identity", b"")),
        browser=row.browser,
        replacement=Replacement(bytes(row.next_digest), bytes(row.next_salt)) if replacement else None,
        previous_digest=_bytes_or_none(row.previous_digest),
        previous_until=None if until is None else read_instant(until),
        provider_session=_bytes_or_none(row.provider_session),
        provider_subject=_bytes_or_none(row.provider_subject),
        acting_for=getattr(row, "acting_for", None),
    )


def _bytes_or_none(value: bytes | None) -> bytes | None:
    return None if value is None else bytes(value)
