"""Stored answers in SQLite, read on the event loop: a row by its key takes microseconds, less than a thread costs.

The locks of a transaction cost more than the reading in it: one lasts for the questions of a twentieth of a second, and ends
at once when this process hears of a change.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from certsvc.adapters.answer_sources.opening import COLUMNS, FRAME_COLUMNS, Opening
from certsvc.errors import UnavailableError
from certsvc.ports.stored_answers import GREATEST_AGE_SECONDS, AnswerFrame, StoredAnswer

_BY_KEY = f"SELECT {COLUMNS} FROM stored_answer WHERE record_key = ?"  # noqa: S608  # our own names
_FRAME = f"SELECT {FRAME_COLUMNS} FROM answer_frame WHERE id = ?"  # noqa: S608
_MAPPED_BYTES = 1 << 33
_SNAPSHOT_SECONDS = 0.05
_AWAY = "数据库文件暂时无法读取。"


class SqliteAnswers:
    """ports.stored_answers.AnswerSource and NearSource over a connection that only reads; readers wait for no writer (WAL)."""

    lasting_seconds = GREATEST_AGE_SECONDS - _SNAPSHOT_SECONDS

    def __init__(self, file: str, opening: Opening) -> None:
        self._address = f"file:{quote(str(Path(file).resolve()))}?mode=ro"
        self._opening = opening
        self._connection: sqlite3.Connection | None = None
        self._ending: asyncio.TimerHandle | None = None

    async def find(self, keys: Sequence[bytes]) -> Mapping[bytes, StoredAnswer]:
        """One row a key."""
        return {key: answer for key in keys if (answer := self.find_one(key)) is not None}

    def find_one(self, key: bytes) -> StoredAnswer | None:
        """ports.stored_answers.NearSource."""
        try:
            connection = self._connection or self._connect()
            if self._ending is None:
                connection.execute("BEGIN")
                self._ending = asyncio.get_running_loop().call_later(_SNAPSHOT_SECONDS, self.changed)
            row = connection.execute(_BY_KEY, (key,)).fetchone()
        except sqlite3.Error as error:
            raise self._lost() from error
        return None if row is None else self._opening.open_one(row)

    async def frame(self, frame_id: bytes) -> AnswerFrame | None:
        """A frame."""
        try:
            row = (self._connection or self._connect()).execute(_FRAME, (frame_id,)).fetchone()
        except sqlite3.Error as error:
            raise self._lost() from error
        return None if row is None else AnswerFrame(*row)

    def changed(self) -> None:
        """End the transaction: the next question sees what is committed then."""
        ending, self._ending = self._ending, None
        if ending is None or self._connection is None:
            return
        ending.cancel()
        try:
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            self._lost()

    async def close(self) -> None:
        """Close the connection."""
        self._lost()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._address, uri=True, isolation_level=None, timeout=0)
        connection.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
        self._connection = connection
        return connection

    def _lost(self) -> UnavailableError:
        """A connection that failed is not asked again."""
        connection, self._connection = self._connection, None
        ending, self._ending = self._ending, None
        if ending is not None:
            ending.cancel()
        if connection is not None:
            connection.close()
        return UnavailableError(_AWAY)
