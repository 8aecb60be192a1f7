"""How long an answer may take: longer where a file is received, or certificates are made."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from certsvc.entrypoints.http.bounds import TimeLimit

LONGER: Final = 12
"""So many times as long for the steps that receive or make many certificates."""
_FILES: Final = ("/api/v1/filings", "/api/v1/history-imports", "/console/filings/new")
_LARGE_TABLES: Final = ("/failed.xlsx", "/failed.csv")
_LONG_STEPS: Final = ("/approval", "/issue", "/confirmation")


class Patience:
    """ASGI middleware: an answer that has not begun in time is given up with 503; a step may then be asked for again."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        """`seconds` for every answer, `LONGER` times as many for the long steps."""
        self._short = TimeLimit(app, seconds)
        self._long = TimeLimit(app, seconds * LONGER)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        limit = self._long if scope["type"] == "http" and _is_long(scope) else self._short
        await limit(scope, receive, send)


def _is_long(scope: Scope) -> bool:
    path: str = scope["path"]
    if scope["method"] == "POST":
        return path in _FILES or path.endswith(_LONG_STEPS)
    return path.endswith(_LARGE_TABLES)
