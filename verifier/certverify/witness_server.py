"""A witness behind HTTP: Starlette and uvicorn, one process, everything that a stranger sends bounded in size and time.

Uvicorn by itself waits for ever for the head of a request, so its connections are given a deadline here. TLS, and limits
for single addresses, belong to a reverse proxy in front (docs/formats/witness.md).
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from types import FrameType
from typing import ParamSpec, TypeVar

import h11
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from certverify.witness import Witness
from certverify.witness_protocol import MAX_REQUEST_BYTES, TEXT

REQUEST_SECONDS = 10.0
KEEP_ALIVE_SECONDS = 60
MAX_CONNECTIONS = 100
MAX_HEAD_BYTES = 1 << 13
GRACE_SECONDS = 2
BACKLOG = 64
_CLOSE = {"connection": "close"}
_P = ParamSpec("_P")
_T = TypeVar("_T")


class BoundedProtocol(H11Protocol):
    """Uvicorn's connection with a deadline: head and body arrive within REQUEST_SECONDS, or it is closed."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Turn away what is too many, and start the clock."""
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            transport.abort()
        else:
            self._start_clock()

    def data_received(self, data: bytes) -> None:
        """Stop the clock when the request is whole; bytes of the next one start it anew."""
        super().data_received(data)
        if self.conn.their_state in (h11.IDLE, h11.SEND_BODY):
            self._start_clock()
        else:
            self._stop_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave nothing behind."""
        self._stop_clock()
        super().connection_lost(exc)

    def _start_clock(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def application(witness: Witness) -> Starlette:
    """The three routes of a witness."""

    async def add_checkpoint(request: Request) -> Response:
        raw_request = await _body(request)
        if raw_request is None:
            return PlainTextResponse("too-large\n", 413, headers=_CLOSE)
        answer = await _in_thread(witness.add_checkpoint, raw_request)
        return Response(answer.body, answer.status, {"content-type": answer.content_type})

    async def checkpoint(request: Request) -> Response:
        try:
            raw_note = await _in_thread(witness.copy, request.query_params.get("origin", ""))
        except sqlite3.Error:
            return PlainTextResponse("state-unavailable\n", 503)
        if raw_note is None:
            return PlainTextResponse("origin-unknown\n", 404)
        return Response(raw_note, 200, {"content-type": TEXT, "cache-control": "no-store"})

    async def healthz(_request: Request) -> Response:
        try:
            await _in_thread(witness.copy, "")
        except sqlite3.Error:
            return PlainTextResponse("state-unavailable\n", 503)
        return PlainTextResponse("ok\n")

    return Starlette(
        routes=[
            Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
            Route("/checkpoint", checkpoint, methods=["GET"]),
            Route("/healthz", healthz, methods=["GET"]),
        ],
        exception_handlers={ClientDisconnect: _gone},
    )


async def _body(request: Request) -> bytes | None:
    """The whole body, or None when it is longer than any request can be."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_REQUEST_BYTES:
            return None
    return bytes(body)


async def _in_thread(step: Callable[_P, _T], *arguments: _P.args, **named: _P.kwargs) -> _T:
    """Beside the loop, in a thread that an ending process does not wait for: what is not committed has not happened."""
    outcome: Future[_T] = Future()

    def run() -> None:
        if outcome.set_running_or_notify_cancel():
            try:
                outcome.set_result(step(*arguments, **named))
            except BaseException as error:
                outcome.set_exception(error)

    Thread(target=run, daemon=True).start()
    return await asyncio.wrap_future(outcome)


async def _gone(_request: Request, _error: Exception) -> Response:
    return Response(status_code=400, headers=_CLOSE)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any free one. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


def serve(witness: Witness, listening: socket.socket) -> None:
    """Answer on `listening` until SIGTERM or SIGINT; open requests have two seconds to finish. Logs no requests."""
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    configuration = uvicorn.Config(
        application(witness),
        loop="asyncio",
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        limit_concurrency=MAX_CONNECTIONS + 1,  # requests whose sender has left are still counted
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(configuration)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    server.run(sockets=[listening])
