"""Headers that every answer carries, and the request number that an error page names."""

from __future__ import annotations

import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
ONE_YEAR = "max-age=31536000"


class SecurityHeaders:
    """ASGI middleware: numbers each request and adds the headers, unless the answer sets its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = request_number_of(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                headers["X-Request-Id"] = number
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = ONE_YEAR
            await send(message)

        await self._app(scope, receive, send_with_headers)


def request_number_of(scope: Scope) -> str:
    """The number of a request: random, allotted at first asking, of no meaning outside the log."""
    state = scope.setdefault("state", {})
    number: str = state.setdefault("request_number", secrets.token_hex(5).upper())
    return number
