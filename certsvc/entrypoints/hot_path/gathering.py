"""Questions of one moment are read together: one statement for many keys."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from certsvc.errors import UnavailableError
from certsvc.ports.stored_answers import AnswerSource, StoredAnswer

MOST_AT_ONCE: Final = 256
_READINGS: Final = 2


class Gathering:
    """Gathers the keys that come while others are being read, or in one turn of the event loop."""

    def __init__(self, source: AnswerSource) -> None:
        self._source = source
        self._waiting: dict[bytes, asyncio.Future[StoredAnswer | None]] = {}
        self._reading: set[asyncio.Task[None]] = set()
        self._scheduled = False

    def find(self, key: bytes) -> asyncio.Future[StoredAnswer | None]:
        """The answer; None where there is none, or the source does not answer."""
        future = self._waiting.get(key)
        if future is None:
            loop = asyncio.get_running_loop()
            future = self._waiting[key] = loop.create_future()
            if not self._scheduled and len(self._reading) < _READINGS:
                self._scheduled = True
                loop.call_soon(self._begin)
        return future

    def _begin(self) -> None:
        self._scheduled = False
        if not self._waiting:
            return
        batch = dict(list(self._waiting.items())[:MOST_AT_ONCE])
        for key in batch:
            del self._waiting[key]
        task = asyncio.get_running_loop().create_task(self._read(batch))
        self._reading.add(task)
        task.add_done_callback(self._ended)

    async def _read(self, batch: Mapping[bytes, asyncio.Future[StoredAnswer | None]]) -> None:
        found: Mapping[bytes, StoredAnswer] = {}
        try:
            found = await self._source.find(list(batch))
        except UnavailableError:
            pass
        finally:
            for key, future in batch.items():
                if not future.done():
                    future.set_result(found.get(key))

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._reading.discard(task)
        if self._waiting and not self._scheduled:
            self._begin()
