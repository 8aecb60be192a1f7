"""The two cookies: the session, and the sign-in attempt that is under way.

Over https their names begin with `__Host-`: a browser then accepts them only with Secure, for the whole of this host
and for no other (RFC 6265bis section 4.1.3).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from fastapi import Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONSOLE_COOKIES: Final = ("certsvc-session", "certsvc-sign-in")
PORTAL_COOKIES: Final = ("certsvc-holder-session", "certsvc-holder-sign-in")
LONGEST_COOKIE = 2048


class Cookies:
    """Reads and sets both of a face; `secure` when the service is reached over https."""

    def __init__(self, names: tuple[str, str] = CONSOLE_COOKIES, *, secure: bool) -> None:
        self._secure = secure
        prefix = "__Host-" if secure else ""
        self.session_name, self.attempt_name = (prefix + name for name in names)

    def session(self, request: Request) -> str | None:
        """The session token that the browser sent."""
        return self._read(request, self.session_name)

    def attempt(self, request: Request) -> str | None:
        """The sealed attempt that the browser sent."""
        return self._read(request, self.attempt_name)

    def set_session(self, answer: Response, token: str) -> None:
        """Keep the session until the browser is closed; the service ends it earlier."""
        self._set(answer, self.session_name, token, None)

    def set_attempt(self, answer: Response, sealed: str, lasts: timedelta) -> None:
        """Keep the attempt for as long as it holds."""
        self._set(answer, self.attempt_name, sealed, int(lasts.total_seconds()))

    def forget(self, answer: Response, name: str) -> None:
        """Have the browser drop a cookie."""
        answer.delete_cookie(name, path="/", secure=self._secure, httponly=True, samesite="lax")

    def _set(self, answer: Response, name: str, value: str, max_age: int | None) -> None:
        answer.set_cookie(
            name, value, max_age=max_age, path="/", secure=self._secure, httponly=True, samesite="lax"
        )

    @staticmethod
    def _read(request: Request, name: str) -> str | None:
        value = request.cookies.get(name)
        return value if value is not None and len(value) <= LONGEST_COOKIE else None


def keep_from_now_on(request: Request, token: str | None) -> None:
    """Have the answer to this request give the browser the next token of its session; None: it keeps the one it has."""
    if token is not None:
        request.state.next_session_token = token


class NextSessionToken:
    """ASGI middleware: sets the session cookie anew on answers to requests that `keep_from_now_on` was called for.

    An answer that sets or drops the session cookie itself, as signing in and out do, stays as it is.
    """

    def __init__(self, app: ASGIApp, cookies: Cookies) -> None:
        self._app = app
        self._cookies = cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_token(message: Message) -> None:
            token = scope.get("state", {}).get("next_session_token")
            if message["type"] == "http.response.start" and token is not None:
                own = f"{self._cookies.session_name}=".encode()
                given = any(
                    name.lower() == b"set-cookie" and value.startswith(own)
                    for name, value in message["headers"]
                )
                if not given:
                    message = {**message, "headers": [*message["headers"], self._header(token)]}
            await send(message)

        await self._app(scope, receive, send_with_token)

    def _header(self, token: str) -> tuple[bytes, bytes]:
        answer = Response()
        self._cookies.set_session(answer, token)
        return b"set-cookie", answer.headers["set-cookie"].encode("latin-1")
