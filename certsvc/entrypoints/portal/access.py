"""Who asks in the portal: the holder of a session. Every route behind the sign-in takes `signed_holder`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from certsvc.bootstrap import Office
from certsvc.domain.caller import Caller
from certsvc.entrypoints.http.cookies import Cookies, keep_from_now_on
from certsvc.entrypoints.http.csrf import SAFE_METHODS, given_csrf
from certsvc.entrypoints.http.permitted import turn_away
from certsvc.entrypoints.http.polling import asks_by_itself
from certsvc.entrypoints.http.subjects import request_subject
from certsvc.errors import NotSignedIn
from certsvc.stages.share_grants import Holder


@dataclass(frozen=True, slots=True)
class SignedHolder:
    """A holder who is signed in: name and ID number, the pseudonym that stands in logs, the session's CSRF token and id."""

    holder: Holder
    caller: Caller
    csrf_token: str
    ends_at: datetime
    session: bytes


def office_of(request: Request) -> Office:
    """The office behind this application."""
    office: Office = request.app.state.office
    return office


def cookies_of(request: Request) -> Cookies:
    """The cookies of this application."""
    cookies: Cookies = request.app.state.cookies
    return cookies


async def signed_holder(request: Request) -> AsyncIterator[SignedHolder]:
    """The holder of the session; unsafe methods need the CSRF token too, in the header or the field of the form.

    Raises NotSignedIn, NotPermitted. A form is read only when the session holds.
    """
    token = cookies_of(request).session(request)
    if token is None:
        raise NotSignedIn("请先登录。")
    sign_in = office_of(request).holder_sign_in
    session = await run_in_threadpool(sign_in.resume, token, polled=asks_by_itself(request))
    try:
        if request.method not in SAFE_METHODS:
            given = await given_csrf(request)
            await run_in_threadpool(sign_in.check_csrf, session, given, request_subject(request))
        await run_in_threadpool(turn_away, request, session.caller, office_of(request).permits)
        keep_from_now_on(request, session.next_token)
        yield SignedHolder(
            session.holder, session.caller, session.csrf_token, session.ends_at, session.session
        )
    finally:
        await request.close()  # files of a form lie in temporary files
