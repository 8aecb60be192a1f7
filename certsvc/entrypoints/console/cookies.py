"""The two cookies: the session, and the sign-in attempt that is under way.

Over https their names begin with `__Host-`: a browser then accepts them only with Secure, for the whole of this host
and for no other (RFC 6265bis section 4.1.3).
"""

from __future__ import annotations

from datetime import timedelta

from fastapi import Request
from fastapi.responses import Response

_SESSION, _ATTEMPT = "certsvc-session", "certsvc-sign-in"
LONGEST_COOKIE = 2048


class Cookies:
    """Reads and sets both; `secure` when the service is reached over https."""

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure
        prefix = "__Host-" if secure else ""
        self.session_name = prefix + _SESSION
        self.attempt_name = prefix + _ATTEMPT

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
