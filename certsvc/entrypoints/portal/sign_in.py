"""Signing in of holders: the page, the way to the identity provider and back, and the way out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from certsvc.entrypoints.html.sign_in_routes import sign_in_routes
from certsvc.entrypoints.html.signing_in import NO_STORE, Door, leave
from certsvc.entrypoints.http.permitted import open_to_signed_in
from certsvc.entrypoints.portal.access import SignedHolder, cookies_of, office_of, signed_holder
from certsvc.entrypoints.portal.pages.showing import HOME, SIGN_IN, frame_of_nobody

router = APIRouter()
Signed = Annotated[SignedHolder, Depends(signed_holder)]


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


def _end_as_provider_says(request: Request, logout_token: str) -> None:
    office_of(request).holder_sign_in.end_as_provider_says(logout_token)


router.include_router(sign_in_routes(SIGN_IN, door_of, _end_as_provider_says))
