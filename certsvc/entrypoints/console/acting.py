"""For whom somebody acts 代办: chosen on the page of delegations, or named in the header `X-Acting-For`.

The choice is worth nothing by itself: every request asks whether the delegation is in force.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final
from urllib.parse import quote, unquote

from fastapi import Request
from fastapi.responses import Response

from certsvc.entrypoints.http.csrf import SAFE_METHODS
from certsvc.errors import NotPermitted
from certsvc.stages.delegations import Delegations
from certsvc.stages.sign_in import SignedIn

HEADER: Final = "x-acting-for"
"""An account's name, percent-encoded as UTF-8."""
COOKIE: Final = "certsvc-acting-for"
_BETWEEN: Final = ">"
_LASTS: Final = timedelta(hours=12)
_LONGEST: Final = 1024


def acting_session(request: Request, session: SignedIn, delegations: Delegations) -> SignedIn:
    """The session as it acts: in the name of another where that was chosen and the delegation is in force.

    Where it no longer is, pages are shown with one's own reach, and nothing is done in a name that was not meant:
    raises NotPermitted for what changes something, and whenever the header asks for it.
    """
    in_header = request.headers.get(HEADER)
    wanted = unquote(in_header[:_LONGEST]) if in_header is not None else _chosen(request, session.caller.name)
    if wanted is None:
        return session
    try:
        return replace(session, caller=delegations.acting_for(session.caller, wanted))
    except NotPermitted:
        if in_header is not None or request.method not in SAFE_METHODS:
            raise
        return session


def choose(answer: Response, own: str, delegator: str, *, secure: bool) -> None:
    """Have the browser act for somebody from now on."""
    value = quote(own) + _BETWEEN + quote(delegator)
    longest = int(_LASTS.total_seconds())
    answer.set_cookie(COOKIE, value, longest, path="/", secure=secure, httponly=True, samesite="lax")


def choose_nobody(answer: Response, *, secure: bool) -> None:
    """Have the browser act in one's own name again."""
    answer.delete_cookie(COOKIE, path="/", secure=secure, httponly=True, samesite="lax")


def _chosen(request: Request, own: str) -> str | None:
    value = request.cookies.get(COOKIE, "")
    chooser, between, delegator = value[:_LONGEST].partition(_BETWEEN)
    return unquote(delegator) if between and unquote(chooser) == own else None
