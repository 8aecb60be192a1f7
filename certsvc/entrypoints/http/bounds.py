"""Bounds of a request: how large its body may be, how long its answer may take."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from certsvc.entrypoints.http.problems import Problem, describe, problem_response

_TOO_SLOW = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "timeout",
    "服务暂时繁忙，未能在规定时间内答复。请稍后重试。",
    {"Retry-After": "5"},
)


class BodyLimit:
    """ASGI middleware: a body above the limit is refused with 413, at its announcement or as soon as it has grown too large."""

    def __init__(self, app: ASGIApp, limit: int, by_path: Mapping[str, int] | None = None) -> None:
        """Limits in bytes: one for every address, others for the addresses named in `by_path`."""
        self._app = app
        self._limit = limit
        self._by_path = by_path or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._by_path.get(scope["path"], self._limit)
        if _announced(scope) > limit:
            refusal = describe(HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
            await problem_response(Request(scope), refusal)(scope, receive, send)
            return
        received = 0

        async def receive_bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return message

        await self._app(scope, receive_bounded, send)


class TimeLimit:
    """ASGI middleware: an answer that has not begun within so many seconds is given up with 503.

    Work in a thread cannot be stopped; it ends unheard.
    """

    def __init__(self, app: ASGIApp, seconds: float, below: Mapping[str, float] | None = None) -> None:
        """One time for every address, others for the addresses that begin as in `below`."""
        self._app = app
        self._seconds = seconds
        self._below = below or {}
        self._given_up: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = given_up = False

        async def send_unless_given_up(message: Message) -> None:
            nonlocal begun
            if not given_up:
                begun = True
                await send(message)

        work = asyncio.ensure_future(self._answer(scope, receive, send_unless_given_up))
        try:
            await asyncio.wait({work}, timeout=self._seconds_for(scope["path"]))
            if not work.done() and not begun:
                given_up = True
                self._abandon(work)
                await problem_response(Request(scope), _TOO_SLOW)(scope, receive, send)
            else:
                await work
        finally:
            if not work.done() and not given_up:
                self._abandon(work)

    def _seconds_for(self, path: str) -> float:
        return next((own for start, own in self._below.items() if path.startswith(start)), self._seconds)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    def _abandon(self, work: asyncio.Task[None]) -> None:
        work.cancel()
        self._given_up.add(work)
        work.add_done_callback(self._forget)

    def _forget(self, work: asyncio.Task[None]) -> None:
        self._given_up.discard(work)
        with suppress(asyncio.CancelledError):
            work.exception()


def _announced(scope: Scope) -> int:
    """The Content-Length, 0 without a usable one: what arrives is counted all the same."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value[:20]) if value.isdigit() else 0
    return 0
