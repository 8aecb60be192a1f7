"""Stored answers in PostgreSQL: the questions of one moment in one statement, by asyncpg."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from sqlalchemy.engine import URL

from certsvc.adapters.answer_sources.opening import COLUMNS, FRAME_COLUMNS, Opening
from certsvc.errors import UnavailableError
from certsvc.ports.stored_answers import AnswerFrame, StoredAnswer

_BY_KEYS = f"SELECT {COLUMNS} FROM stored_answer WHERE record_key = ANY($1)"  # noqa: S608  # our own names
_FRAME = f"SELECT {FRAME_COLUMNS} FROM answer_frame WHERE id = $1"  # noqa: S608
_CONNECTIONS = 2
_SECONDS = 2.0
_LOST = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


class PostgresqlAnswers:
    """ports.stored_answers.AnswerSource over a small pool whose transactions cannot write."""

    def __init__(self, url: URL, opening: Opening) -> None:
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._opening = opening
        self._pool: Any = None

    async def find(self, keys: Sequence[bytes]) -> Mapping[bytes, StoredAnswer]:
        """All of them by one statement."""
        try:
            pool = self._pool or await self._connect()
            return self._opening.open(await pool.fetch(_BY_KEYS, keys))
        except _LOST as error:
            raise UnavailableError("数据库没有应答。") from error

    async def frame(self, frame_id: bytes) -> AnswerFrame | None:
        """A frame."""
        try:
            pool = self._pool or await self._connect()
            row = await pool.fetchrow(_FRAME, frame_id)
        except _LOST as error:
            raise UnavailableError("数据库没有应答。") from error
        return None if row is None else AnswerFrame(*row)

    def changed(self) -> None:
        """Nothing: what is read is what is committed."""

    async def close(self) -> None:
        """Close the pool."""
        if self._pool is not None:
            self._pool.terminate()
            self._pool = None

    async def _connect(self) -> Any:
        self._pool = await asyncpg.create_pool(
            self._address,
            min_size=0,
            max_size=_CONNECTIONS,
            timeout=_SECONDS,
            command_timeout=_SECONDS,
            server_settings={"default_transaction_read_only": "on"},
        )
        return self._pool
