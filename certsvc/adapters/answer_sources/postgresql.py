"""Stored answers in PostgreSQL: the questions of one moment in one statement, by asyncpg."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from sqlalchemy.engine import URL

from certsvc.adapters.answer_sources.opening import COLUMNS, FRAME_COLUMNS, Opening
from certsvc.errors import UnavailableError
from certsvc.ports.stored_answers import GREATEST_AGE_SECONDS, AnswerFrame, StoredAnswer

_BY_KEYS = f"SELECT {COLUMNS} FROM stored_answer WHERE record_key = ANY($1)"  # noqa: S608  # our own names
_FRAME = f"SELECT {FRAME_COLUMNS} FROM answer_frame WHERE id = $1"  # noqa: S608
_CONNECTIONS = 2
_SECONDS = 2.0
_PAUSE_SECONDS = 1.0
_AWAY = "数据库没有应答。"
_LOST = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


class PostgresqlAnswers:
    """ports.stored_answers.AnswerSource over a small pool whose transactions cannot write."""

    lasting_seconds = GREATEST_AGE_SECONDS

    def __init__(self, url: URL, opening: Opening) -> None:
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._opening = opening
        self._pool: Any = None
        self._connecting = asyncio.Lock()
        self._left_alone_until = 0.0

    async def find(self, keys: Sequence[bytes]) -> Mapping[bytes, StoredAnswer]:
        """All of them by one statement."""
        return self._opening.open(await self._ask("fetch", _BY_KEYS, keys))

    async def frame(self, frame_id: bytes) -> AnswerFrame | None:
        """A frame."""
        row = await self._ask("fetchrow", _FRAME, frame_id)
        return None if row is None else AnswerFrame(*row)

    def changed(self) -> None:
        """Nothing: what is read is what is committed."""

    async def close(self) -> None:
        """Close the pool."""
        if self._pool is not None:
            self._pool.terminate()
            self._pool = None

    async def _ask(self, how: str, statement: str, value: object) -> Any:
        """A database that did not answer is left alone for a moment: who asks is answered on another way at once."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._left_alone_until:
            raise UnavailableError(_AWAY)
        try:
            pool = self._pool or await self._connect()
            return await getattr(pool, how)(statement, value)
        except _LOST as error:
            self._left_alone_until = loop.time() + _PAUSE_SECONDS
            raise UnavailableError(_AWAY) from error

    async def _connect(self) -> Any:
        async with self._connecting:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._address,
                    min_size=0,
                    max_size=_CONNECTIONS,
                    timeout=_SECONDS,
                    command_timeout=_SECONDS,
                    server_settings={"default_transaction_read_only": "on"},
                )
        return self._pool
