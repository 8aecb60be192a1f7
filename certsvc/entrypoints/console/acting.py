"""For whom somebody acts 代办: chosen on the page of delegations for one session, or named in the header `X-Acting-For`.

The choice stands with the session at the server and ends with it. It is worth nothing by itself: every request asks
whether the delegation is in force.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from fastapi import Request

from certsvc.entrypoints.http.csrf import SAFE_METHODS
from certsvc.entrypoints.http.permitted import Open, declared
from certsvc.errors import NotPermitted
from certsvc.stages.delegations import Delegations
from certsvc.stages.sign_in import SignedIn

HEADER: Final = "x-acting-for"
"""An account's name, percent-encoded as UTF-8."""
_LONGEST: Final = 1024


def acting_session(request: Request, session: SignedIn, delegations: Delegations) -> SignedIn:
    """The session as it acts: in the name of another where that was chosen and the delegation is in force.

    Where it no longer is, pages are shown with one's own reach, and nothing is done in a name that was not meant:
    raises NotPermitted for what changes something, and whenever the header asks for it.
    """
    in_header = request.headers.get(HEADER)
    wanted = unquote(in_header[:_LONGEST]) if in_header is not None else session.acting_for
    if wanted is None:
        return session
    try:
        return replace(session, caller=delegations.acting_for(session.caller, wanted))
    except NotPermitted:
        own = isinstance(declared(request.scope["endpoint"]), Open)  # one's own session, signing out among it
        if in_header is not None or not (own or request.method in SAFE_METHODS):
            raise
        return session
