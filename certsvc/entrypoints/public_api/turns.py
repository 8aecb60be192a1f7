"""Turns at heavy work, of files and tables: one at a time, waited for on the event loop, with few places for each asker.

Who waits holds no worker thread: single questions go on being answered, however many files come.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from certsvc.entrypoints.http.allowances import TooManyRequests
from certsvc.errors import UnavailableError

AGAIN_SECONDS: Final = 5
"""What whoever found no place is told to wait."""


class Turns:
    """For one event loop."""

    def __init__(self, *, waiting: int = 16, patience: float = 10.0, per_asker: int = 2) -> None:
        """`waiting`: how many may wait for the turn, each for `patience` seconds."""
        self._free = asyncio.Semaphore(1)
        self._waiting = 0
        self._most_waiting = waiting
        self._patience = patience
        self._per_asker = per_asker
        self._places: Counter[str] = Counter()

    @contextmanager
    def place(self, asker: str) -> Iterator[None]:
        """A block of which an asker may be in so many at once. Raises TooManyRequests at once for one more."""
        if self._places[asker] >= self._per_asker:
            raise TooManyRequests(AGAIN_SECONDS)
        self._places[asker] += 1
        try:
            yield
        finally:
            self._places[asker] -= 1
            if not self._places[asker]:
                del self._places[asker]

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """A block alone. Raises UnavailableError: at once while too many wait, later when those before take too long."""
        if self._waiting >= self._most_waiting:
            raise _busy()
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                await self._free.acquire()
        except TimeoutError:
            raise _busy() from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()


def _busy() -> UnavailableError:
    return UnavailableError("现在上传和下载的人较多，请稍等片刻再试。")
