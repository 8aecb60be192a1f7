"""Pages that renew a part of themselves: asking so is nobody's act, and keeps no session from ending.

    @router.get("/jobs")
    @needs(Action.SYSTEM_READ)
    @polled
    def jobs(...): ...

A route that says so is asked by htmx on a clock (`hx-trigger="every ..."`); tests/access/test_polling.py holds the
templates to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from fastapi import Request

from certsvc.entrypoints.http.csrf import SAFE_METHODS

_MARK: Final = "__polled__"
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def polled(endpoint: Endpoint) -> Endpoint:
    """Declare that a page asks for this by itself."""
    setattr(endpoint, _MARK, True)
    return endpoint


def is_polled(endpoint: object) -> bool:
    """Whether an endpoint declares it."""
    return getattr(endpoint, _MARK, False) is True


def asks_by_itself(request: Request) -> bool:
    """Whether a page renews a part of itself: a script's GET to a route that is polled. People go there without one."""
    by_script = request.headers.get("hx-request") == "true" and "hx-boosted" not in request.headers
    return by_script and request.method in SAFE_METHODS and is_polled(request.scope.get("endpoint"))
