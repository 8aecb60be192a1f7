"""The ASGI application of the short way. It tells stored answers; everything that it is not sure of goes on to the faces."""

from __future__ import annotations

import asyncio
import gc
import itertools
import logging
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from certsvc.entrypoints.hot_path.gathering import Gathering
from certsvc.entrypoints.hot_path.questions import asked_plainly, record_asked_for
from certsvc.entrypoints.hot_path.standing import Standing
from certsvc.entrypoints.hot_path.tally import Tally
from certsvc.entrypoints.http.allowances import address_of
from certsvc.entrypoints.http.security_headers import ONE_YEAR, SECURITY_HEADERS
from certsvc.errors import UnavailableError
from certsvc.ports.sharing import AnswerCache, RateLimiter
from certsvc.ports.stored_answers import AnswerFrame, AnswerSource, NearSource, StoredAnswer, record_key
from certsvc.stages.stored_answers import put_together

VERIFY_PATH: Final = "/api/v1/verify"
MOST_REMEMBERED: Final = 50_000
_A_MINUTE: Final = 60
_BODY_SECONDS: Final = 2.0
_FORGOTTEN_AT_ONCE: Final = 2
_log = logging.getLogger(__name__)
HEADERS: Final = [
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    *((name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()),
]
_PROCESS: Final = int.from_bytes(os.urandom(2), "big") << 24


class _Remembered(NamedTuple):
    """An answer that was told a moment ago."""

    until: float
    turn: int
    changes: int
    frame: AnswerFrame
    answer: StoredAnswer


class HotPath:
    """ASGI application in front of `app`. Its work begins and ends with the server's lifespan; without one it hands on all."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        open_source: Callable[[], Awaitable[AnswerSource]],
        standing: Standing,
        changes: AnswerCache,
        limiter: RateLimiter,
        per_minute: int,
        tally: Tally,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`changes` hears of changes; `limiter` is this process's own, for `per_minute` questions of one address."""
        self._app = app
        self._open_source = open_source
        self._standing = standing
        self._changes = changes
        self._limiter = limiter
        self._per_minute = per_minute
        self._tally = tally
        self._monotonic = monotonic
        self._remembered: dict[bytes, _Remembered] = {}
        self._source: AnswerSource | None = None
        self._gathering: Gathering | None = None
        self._near: NearSource | None = None
        self._work: list[asyncio.Task[None]] = []
        self._numbers = itertools.count(1)
        self._seen_changes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, self._around(receive) if scope["type"] == "lifespan" else receive, send)
        elif scope["path"] == VERIFY_PATH and scope["method"] == "POST" and self._standing.age is not None:
            await self._verify(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _verify(self, scope: Scope, receive: Receive, send: Send) -> None:
        from_page = asked_plainly(scope)
        if from_page is None:
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                message = await receive()
        except TimeoutError:  # whoever sends slowly waits where answers have a time limit
            await self._app(scope, receive, send)
            return
        found = await self._found(message)
        address, age = address_of(scope["client"][0] if scope["client"] else ""), self._standing.age
        if (
            found is None
            or age is None
            or not self._limiter.allow(f"verify:{address}", self._per_minute, _A_MINUTE).allowed
        ):
            await self._app(scope, _received_again(message, receive), send)
            return
        self._remember(found)
        self._tally.count(found.answer, found.frame, address, from_page)
        body = put_together(found.frame, age, found.answer.own)
        headers = [
            *HEADERS,
            (b"content-length", b"%d" % len(body)),
            (b"x-request-id", b"%010X" % (_PROCESS + next(self._numbers))),
        ]
        if scope["scheme"] == "https":
            headers.append((b"strict-transport-security", ONE_YEAR.encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _found(self, message: Message) -> _Remembered | None:
        """What there is to be told for a question that arrived in one piece; a fault here is nobody's who asks."""
        if message["type"] != "http.request" or message.get("more_body", False):
            return None
        try:
            text = record_asked_for(message["body"], self._standing.prefixes)
            return None if text is None else await self._find(record_key(text))
        except Exception:
            _log.exception("the short way failed, verification answers")
            return None

    async def _find(self, key: bytes) -> _Remembered | None:
        told = self._remembered.get(key)
        if (
            told is not None
            and told.until > self._monotonic()
            and told.turn == self._standing.turn
            and told.changes == self._changes.changes
        ):
            self._tally.found_in_memory += 1
            return told
        return await self._read(key)

    async def _read(self, key: bytes) -> _Remembered | None:
        if self._gathering is None or self._source is None:
            return None
        # Taken before the reading: an answer is as old as the beginning of its reading.
        until = self._monotonic() + self._source.lasting_seconds
        turn, changes = self._standing.turn, self._changes.changes
        if changes != self._seen_changes:
            self._seen_changes = changes
            self._source.changed()
        answer = await self._stored(key, self._gathering)
        if answer is None or not self._standing.holds(answer):
            return None
        frame = await self._standing.frame_of(answer, self._source)
        return None if frame is None else _Remembered(until, turn, changes, frame, answer)

    async def _stored(self, key: bytes, gathering: Gathering) -> StoredAnswer | None:
        if self._near is None:
            return await gathering.find(key)
        try:
            return self._near.find_one(key)
        except UnavailableError:
            return None

    def _remember(self, told: _Remembered) -> None:
        """The newest reading last; what has ended leaves at the front, a few at a time."""
        remembered, key = self._remembered, told.answer.key
        if remembered.get(key) is told:
            return
        remembered.pop(key, None)
        remembered[key] = told
        now = self._monotonic()
        for oldest in tuple(itertools.islice(remembered, _FORGOTTEN_AT_ONCE)):
            if len(remembered) <= MOST_REMEMBERED and remembered[oldest].until > now:
                break
            del remembered[oldest]

    def _around(self, receive: Receive) -> Receive:
        """Begin and end with the server."""

        async def received() -> Message:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._start()
            elif message["type"] == "lifespan.shutdown":
                await self._stop()
            return message

        return received

    async def _start(self) -> None:
        self._source = await self._open_source()
        self._gathering = Gathering(self._source)
        self._near = self._source if isinstance(self._source, NearSource) else None
        await self._standing.look()
        self._work = [
            asyncio.create_task(self._standing.keep_looking()),
            asyncio.create_task(self._tally.keep_writing(lambda: self._standing.at)),
        ]
        # What there is now stays: no collection need look at it again.
        gc.collect()
        gc.freeze()

    async def _stop(self) -> None:
        self._standing.end()
        for task in self._work:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self._tally.write(self._standing.at)
        if self._source is not None:
            await self._source.close()


def _received_again(message: Message, receive: Receive) -> Receive:
    """What was received already, and then the rest."""
    given = False

    async def received() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return message

    return received
