"""One line in the log for every request, and its measurement. Nothing that somebody sent stands in either."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from certsvc.entrypoints.http.security_headers import request_number_of

NO_ROUTE = "none"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
Count = Callable[[str, str, int, float], None]
_log = logging.getLogger("certsvc.http")


class RequestLog:
    """ASGI middleware: logs method, route template, status, milliseconds and request id, and counts the request."""

    def __init__(self, app: ASGIApp, count: Count | None = None) -> None:
        """`count` is given method, route template, status and seconds."""
        self._app = app
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500  # what the outermost handler answers when nobody else did

        async def send_noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_noting_status)
        finally:
            self._note(scope, status, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        method, route = scope["method"], route_of(scope)
        seen = {
            "method": method if method in _METHODS else "OTHER",
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "request_id": request_number_of(scope),
        }
        _log.info("request", extra=seen)
        if self._count is not None:
            self._count(method, route, status, seconds)


def route_of(scope: Scope) -> str:
    """The template of the address that was asked for, `none` when no route serves it."""
    template = getattr(scope.get("route"), "path", None)
    return template if isinstance(template, str) else NO_ROUTE
