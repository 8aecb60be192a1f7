"""The ASGI application of the short way. It tells stored answers; everything that it is not sure of goes on to the faces."""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from certsvc.entrypoints.hot_path.gathering import Gathering
from certsvc.entrypoints.hot_path.standing import Standing
from certsvc.entrypoints.hot_path.tally import Tally
from certsvc.entrypoints.http.allowances import address_of
from certsvc.entrypoints.http.security_headers import SECURITY_HEADERS
from certsvc.entrypoints.public_api.askers import PAGE_HEADER
from certsvc.errors import UnavailableError
from certsvc.ports.sharing import AnswerCache, RateLimiter
from certsvc.ports.stored_answers import AnswerFrame, AnswerSource, NearSource, StoredAnswer, record_key
from certsvc.stages.stored_answers import put_together

VERIFY_PATH: Final = "/api/v1/verify"
GREATEST_AGE_SECONDS: Final = 2.0
MOST_REMEMBERED: Final = 50_000
_LONGEST_BODY: Final = 4096
_JSON: Final = b"application/json"
_HANDED_ON: Final = frozenset({b"authorization", b"x-proof-of-work", b"idempotency-key", b"content-encoding"})
_A_MINUTE: Final = 60
_PAGE: Final = PAGE_HEADER.lower().encode()
HEADERS: Final = [
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    *((name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()),
]
_OPENINGS: Final = (b'{"qr":"', b'{"qr": "')
_CLOSING: Final = b'"}'
_PROCESS: Final = int.from_bytes(os.urandom(2), "big") << 24


class _Remembered(NamedTuple):
    """An answer that was told a moment ago, for the very same bytes of a question."""

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
        from_page = _asked_plainly(scope)
        if from_page is None:
            await self._app(scope, receive, send)
            return
        message = await receive()
        found = await self._find(message)
        address = address_of(scope["client"][0] if scope["client"] else "")
        if (
            found is None
            or self._standing.age is None
            or not self._limiter.allow(f"verify:{address}", self._per_minute, _A_MINUTE).allowed
        ):
            await self._app(scope, _received_again(message, receive), send)
            return
        self._tally.count(found.answer, found.frame, address, from_page)
        body = put_together(found.frame, self._standing.age, found.answer.own)
        headers = [
            *HEADERS,
            (b"content-length", b"%d" % len(body)),
            (b"x-request-id", b"%010X" % (_PROCESS + next(self._numbers))),
        ]
        if scope["scheme"] == "https":
            headers.append((b"strict-transport-security", b"max-age=31536000"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _find(self, message: Message) -> _Remembered | None:
        """What there is to be told for a question that arrived in one piece."""
        if message["type"] != "http.request" or message.get("more_body", False):
            return None
        raw_question: bytes = message["body"]
        told = self._remembered.get(raw_question)
        if (
            told is not None
            and told.until > self._monotonic()
            and told.turn == self._standing.turn
            and told.changes == self._changes.changes
        ):
            self._tally.found_in_memory += 1
            return told
        return await self._read(raw_question)

    async def _read(self, raw_question: bytes) -> _Remembered | None:
        text = _record_asked_for(raw_question, self._standing.prefixes)
        if text is None or self._gathering is None or self._source is None:
            return None
        # Taken before the reading: an answer is as old as the beginning of its reading.
        until, turn, changes = (
            self._monotonic() + GREATEST_AGE_SECONDS,
            self._standing.turn,
            self._changes.changes,
        )
        if changes != self._seen_changes:
            self._seen_changes = changes
            self._source.changed()
        answer = await self._stored(record_key(text), self._gathering)
        if answer is None or not self._standing.holds(answer):
            return None
        frame = await self._standing.frame_of(answer, self._source)
        if frame is None:
            return None
        told = _Remembered(until, turn, changes, frame, answer)
        self._remember(raw_question, told)
        return told

    async def _stored(self, key: bytes, gathering: Gathering) -> StoredAnswer | None:
        if self._near is None:
            return await gathering.find(key)
        try:
            return self._near.find_one(key)
        except UnavailableError:
            return None

    def _remember(self, raw_question: bytes, told: _Remembered) -> None:
        if len(self._remembered) >= MOST_REMEMBERED:
            for oldest in list(itertools.islice(self._remembered, MOST_REMEMBERED // 10)):
                del self._remembered[oldest]
        self._remembered.pop(raw_question, None)
        self._remembered[raw_question] = told

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
        self._standing.age = None
        for task in self._work:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self._tally.write(self._standing.at)
        if self._source is not None:
            await self._source.close()


def _asked_plainly(scope: Scope) -> bool | None:
    """Whether the question comes from our own page; None when its headers ask for more than a plain answer."""
    plain = from_page = False
    for name, value in scope["headers"]:
        if name == b"content-type":
            plain = value == _JSON
        elif name in _HANDED_ON:
            return None
        elif name == b"content-length":
            if len(value) > 4 or int(value) > _LONGEST_BODY:
                return None
        elif name == _PAGE:
            from_page = value == b"page"
    return from_page if plain else None


def _record_asked_for(raw_question: bytes, prefixes: tuple[str, ...]) -> str | None:
    """The record's text in a question by QR text and nothing else, with one of our links or none."""
    text = _qr_text(raw_question)
    if text is None:
        return None
    for prefix in prefixes:
        if text.startswith(prefix):
            return text[len(prefix) :]
    return text


def _qr_text(raw_question: bytes) -> str | None:
    """The member `qr` of a JSON object that has no other; only ASCII, as records are."""
    if not raw_question.isascii():
        return None
    for opening in _OPENINGS:
        if raw_question.startswith(opening) and raw_question.endswith(_CLOSING):
            raw_text = raw_question[len(opening) : -len(_CLOSING)]
            if b'"' not in raw_text and b"\\" not in raw_text:
                return raw_text.decode()
    try:
        question = json.loads(raw_question)
    except ValueError:
        return None
    text = question.get("qr") if isinstance(question, dict) and len(question) == 1 else None
    return text if isinstance(text, str) and text.isascii() else None


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
