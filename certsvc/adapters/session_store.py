"""Sessions of officials and spent tokens in the database: digests only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, delete, insert, select, update

from certsvc.adapters.access_schema import spent_token, web_session
from certsvc.adapters.audit_store import append_entry
from certsvc.adapters.database import insert_unless_known
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.domain.caller import Caller
from certsvc.ports.access import StoredSession


class DatabaseSessionStore:
    """ports.access.SessionStore and ports.access.SpentTokens on SQLAlchemy Core."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, session: StoredSession, caller: Caller) -> None:
        """Keep a new session, with its audit entry; forgets those that are over."""
        now = instant_text(session.started_at)
        with self._engine.begin() as connection:
            connection.execute(delete(web_session).where(web_session.c.ends_at <= now))
            connection.execute(
                insert(web_session).values(
                    token_digest=session.token_digest,
                    actor=session.actor,
                    csrf_digest=session.csrf_digest,
                    started_at=now,
                    ends_at=instant_text(session.ends_at),
                    last_seen_at=instant_text(session.last_seen_at),
                )
            )
            append_entry(
                connection,
                session.started_at,
                caller,
                "console:session:open",
                session_subject(session.token_digest),
            )

    def find(self, token_digest: bytes) -> StoredSession | None:
        """The session of a token digest."""
        with self._engine.begin() as connection:
            row = connection.execute(
                select(web_session).where(web_session.c.token_digest == token_digest)
            ).one_or_none()
        if row is None:
            return None
        return StoredSession(
            token_digest=bytes(row.token_digest),
            actor=row.actor,
            csrf_digest=bytes(row.csrf_digest),
            started_at=read_instant(row.started_at),
            ends_at=read_instant(row.ends_at),
            last_seen_at=read_instant(row.last_seen_at),
        )

    def touch(self, token_digest: bytes, at: datetime) -> None:
        """Note that the session was used."""
        with self._engine.begin() as connection:
            connection.execute(
                update(web_session)
                .where(web_session.c.token_digest == token_digest)
                .values(last_seen_at=instant_text(at))
            )

    def close(self, token_digest: bytes, caller: Caller, at: datetime) -> bool:
        """End a session, with its audit entry; False when there was none."""
        with self._engine.begin() as connection:
            ended = connection.execute(delete(web_session).where(web_session.c.token_digest == token_digest))
            if ended.rowcount == 0:
                return False
            append_entry(connection, at, caller, "console:session:close", session_subject(token_digest))
        return True

    def spend(self, digest: bytes, ends_at: datetime, now: datetime) -> bool:
        """Note the digest of a token until it ends anyway; False when it was spent before."""
        with self._engine.begin() as connection:
            fresh = insert_unless_known(
                connection, spent_token, {"digest": digest, "ends_at": instant_text(ends_at)}
            )
            connection.execute(delete(spent_token).where(spent_token.c.ends_at < instant_text(now)))
        return fresh


def session_subject(token_digest: bytes) -> str:
    """A session as the audit trail names it: enough to tell two apart, of no use to anybody else."""
    return f"session/{token_digest.hex()[:16]}"
