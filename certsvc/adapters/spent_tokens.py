"""Tokens that were used once and hold no more, in the database: digests only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, delete

from certsvc.adapters.access_schema import spent_token
from certsvc.adapters.database import insert_unless_known
from certsvc.adapters.instants import instant_text


class DatabaseSpentTokens:
    """ports.access.SpentTokens on SQLAlchemy Core."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def spend(self, digest: bytes, ends_at: datetime, now: datetime) -> bool:
        """Note the digest of a token until it ends anyway; False when it was spent before."""
        with self._engine.begin() as connection:
            fresh = insert_unless_known(
                connection, spent_token, {"digest": digest, "ends_at": instant_text(ends_at)}
            )
            connection.execute(delete(spent_token).where(spent_token.c.ends_at < instant_text(now)))
        return fresh
