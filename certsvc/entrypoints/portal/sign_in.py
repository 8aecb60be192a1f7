"""Signing in of holders: the page, the way to the identity platform and back, and the way out."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from certsvc.entrypoints.html.signing_in import (
    NO_STORE,
    Door,
    Given,
    Next,
    begin,
    come_back,
    leave,
    sign_in_page,
)
from certsvc.entrypoints.http.permitted import open_to_all, open_to_signed_in
from certsvc.entrypoints.http.sign_in_limit import limit_begin, limit_finish
from certsvc.entrypoints.portal.access import SignedHolder, cookies_of, office_of, signed_holder
from certsvc.entrypoints.portal.pages.showing import HOME, SIGN_IN, frame_of_nobody
from certsvc.stages.sign_in_attempts import ProviderAnswer

router = APIRouter()
_NOT_KNOWN: Final = "whoever signs in is not known yet"
Signed = Annotated[SignedHolder, Depends(signed_holder)]


@router.get(SIGN_IN, summary="The page to sign in on")
@open_to_all(_NOT_KNOWN)
def page(request: Request, next_address: Next = "", said: Given = "") -> Response:
    """What signing in is, which platform asks for what, and one button; `next`: where to go on within the portal."""
    return sign_in_page(request, door_of(request), next_address, said)


@router.get(f"{SIGN_IN}/go", summary="Begin to sign in: to the platform", dependencies=[Depends(limit_begin)])
@open_to_all(_NOT_KNOWN)
def go(request: Request, next_address: Next = "") -> Response:
    """Redirects the browser to the identity platform."""
    return begin(door_of(request), next_address)


@router.get(
    f"{SIGN_IN}/callback",
    summary="Where the platform sends the browser back to",
    dependencies=[Depends(limit_finish)],
)
@open_to_all(_NOT_KNOWN)
def finish(
    request: Request, state: Given = "", code: Given = "", iss: Given = "", error: Given = ""
) -> Response:
    """Opens a session under a new token and goes on to where the browser was led from, else to /portal."""
    return come_back(request, door_of(request), ProviderAnswer(state, code, iss, error))


@router.post(
    f"{SIGN_IN}/ended-by-provider",
    summary="The platform says that somebody signed out there (back-channel logout)",
    dependencies=[Depends(limit_finish)],
)
@open_to_all("the platform proves itself by its signature")
def ended_by_provider(request: Request, logout_token: Annotated[str, Form(max_length=8192)] = "") -> Response:
    """Ends the sessions that are meant (OpenID Connect Back-Channel Logout 1.0)."""
    office_of(request).holder_sign_in.end_as_provider_says(logout_token)
    return Response(status_code=200, headers=NO_STORE)


@router.get("/portal/me", summary="Who is signed in")
@open_to_signed_in("one's own session")
def me(signed: Signed) -> Response:
    """The CSRF token for unsafe methods and when the session ends; nothing personal."""
    ends_at = signed.ends_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return JSONResponse({"csrf_token": signed.csrf_token, "ends_at": ends_at}, headers=NO_STORE)


@router.post("/portal/sign-out", summary="Sign out: ends the session", status_code=204)
@open_to_signed_in("one's own session")
async def sign_out(request: Request, signed: Signed) -> Response:
    """Ends the session at the server and drops the cookie."""
    token = cookies_of(request).session(request) or ""
    await run_in_threadpool(office_of(request).holder_sign_in.end, token, signed.caller)
    return await run_in_threadpool(leave, request, door_of(request))


def door_of(request: Request) -> Door:
    """The door of this face."""
    office = office_of(request)
    return Door(
        HOME,
        cookies_of(request),
        office.holder_sign_in.attempts,
        office.holder_sign_in.finish,
        frame_of_nobody(request),
        "portal/sign_in.html.j2",
        office.settings.public_url,
    )
