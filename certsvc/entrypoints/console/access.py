"""Who asks: the bearer of a service token, or the official of a session. Every route takes one of these dependencies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from certsvc.bootstrap import Office
from certsvc.domain.actor import LONGEST_NAME
from certsvc.domain.caller import Caller
from certsvc.domain.intake_words import LARGEST_FILE
from certsvc.entrypoints.console.acting import acting_session
from certsvc.entrypoints.http.cookies import Cookies, keep_from_now_on
from certsvc.entrypoints.http.csrf import CSRF_HEADER, SAFE_METHODS, given_csrf
from certsvc.entrypoints.http.permitted import turn_away
from certsvc.entrypoints.http.polling import asks_by_itself
from certsvc.entrypoints.http.subjects import request_subject
from certsvc.errors import NotSignedIn
from certsvc.stages.sign_in import SignedIn

SMALL_BODY = 64 * 1024
"""Bytes that anybody may send; larger bodies are read for callers that are known."""
LARGEST_UPLOAD = LARGEST_FILE + SMALL_BODY
"""Bytes of a filing with the multipart form around it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An authenticated request: on whose behalf, and the whole body."""

    caller: Caller
    raw_body: bytes


def office_of(request: Request) -> Office:
    """The office behind this application."""
    office: Office = request.app.state.office
    return office


def cookies_of(request: Request) -> Cookies:
    """The cookies of this application."""
    cookies: Cookies = request.app.state.cookies
    return cookies


async def raw_body_of(request: Request) -> bytes:
    """The whole body; the middleware bounds it. Raises NotSignedIn, NotPermitted before a large one is read."""
    announced = request.headers.get("content-length", "")[:20]
    known = announced.isascii() and announced.isdigit() and int(announced) > SMALL_BODY
    if known:
        await run_in_threadpool(_require_known, request)
    pieces, length = [], 0
    async for piece in request.stream():
        length += len(piece)
        if length > SMALL_BODY and not known:
            await run_in_threadpool(_require_known, request)
            known = True
        pieces.append(piece)
    return b"".join(pieces)


def session_of(request: Request) -> SignedIn:
    """The official of the session, whatever the method. Raises NotSignedIn."""
    token = cookies_of(request).session(request)
    if token is None:
        raise NotSignedIn("请先登录（/console/sign-in），或以服务令牌调用。")
    session = office_of(request).sign_in.resume(token, polled=asks_by_itself(request))
    keep_from_now_on(request, session.next_token)
    return acting_session(request, session, office_of(request).people.delegations)


def signed_in(request: Request) -> SignedIn:
    """The official of the session; unsafe methods need the CSRF token too. Raises NotSignedIn, NotPermitted."""
    session = session_of(request)
    if request.method not in SAFE_METHODS:
        given = request.headers.get(CSRF_HEADER)
        office_of(request).sign_in.check_csrf(session, given, request_subject(request))
    turn_away(request, session.caller, office_of(request).permits)
    return session


async def signed_in_by_form(request: Request) -> AsyncIterator[SignedIn]:
    """The same for small forms of pages, whose CSRF token stands in a field; read only when the session holds."""
    session = await run_in_threadpool(session_of, request)
    try:
        given = await given_csrf(request)
        sign_in = office_of(request).sign_in
        await run_in_threadpool(sign_in.check_csrf, session, given, request_subject(request))
        await run_in_threadpool(turn_away, request, session.caller, office_of(request).permits)
        yield session
    finally:
        await request.close()  # files of a form lie in temporary files


def asked(request: Request, raw_body: Annotated[bytes, Depends(raw_body_of)]) -> Asked:
    """The caller of a request: a service client by its token, or else the official of the session."""
    token = _service_token(request)
    if token is None:
        return Asked(signed_in(request).caller, raw_body)
    office = office_of(request)
    program = office.service_access.admit(token, raw_body, request_subject(request))
    turn_away(request, program, office.permits)
    return Asked(program, raw_body)


def _service_token(request: Request) -> str | None:
    """The bearer token, None without an Authorization header. Raises NotSignedIn for other kinds."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return None
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("Authorization 须为 Bearer 加服务令牌。")
    return token.strip()


def _require_known(request: Request) -> None:
    """Pass when the session holds, or the token is signed by its client; what it says is checked with the body."""
    token = _service_token(request)
    if token is None:
        signed_in(request)
        return
    access = office_of(request).service_access
    name = access.claimed_client(token)
    client = access.clients.find_client(name) if len(name) <= LONGEST_NAME else None
    if client is None:
        raise NotSignedIn("没有登记签发该服务令牌的系统，或其登记已取消。请先登记。")
    access.signed_claims(token, client.public_key)
    turn_away(request, client.caller, office_of(request).permits)
