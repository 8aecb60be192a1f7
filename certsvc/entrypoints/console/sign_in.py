"""Signing in and out, and who one is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from certsvc.domain.permission import PERMISSIONS
from certsvc.entrypoints.console.access import cookies_of, office_of, signed_in, signed_in_by_form
from certsvc.entrypoints.console.pages.showing import HOME, SIGN_IN, frame_of_nobody
from certsvc.entrypoints.html.sign_in_routes import sign_in_routes
from certsvc.entrypoints.html.signing_in import NO_STORE, Door, leave
from certsvc.entrypoints.http.permitted import open_to_signed_in
from certsvc.stages.sign_in import SignedIn

router = APIRouter()


@router.post("/console/sign-out", summary="Sign out: ends the session", status_code=204)
@open_to_signed_in("one's own session")
def sign_out(request: Request, session: Annotated[SignedIn, Depends(signed_in_by_form)]) -> Response:
    """Ends the session at the server and drops the cookie."""
    office_of(request).sign_in.end(cookies_of(request).session(request) or "", session.caller)
    return leave(request, door_of(request))


@router.get("/console/me", summary="Who is signed in, and what they may do")
@open_to_signed_in("one's own session")
def me(session: Annotated[SignedIn, Depends(signed_in)]) -> Response:
    """Name, role, region, the actions of the role, the CSRF token for unsafe methods, and when the session ends."""
    caller = session.caller
    actions = sorted(line.action.value for line in PERMISSIONS.values() if caller.role in line.roles)
    return JSONResponse(
        {
            "actor": caller.name,
            "role": caller.role.value,
            "region": caller.region,
            "actions": actions,
            "csrf_token": session.csrf_token,
            "ends_at": session.ends_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
        headers=NO_STORE,
    )


def door_of(request: Request) -> Door:
    """The door of this face."""
    office = office_of(request)
    return Door(
        HOME,
        cookies_of(request),
        office.sign_in.attempts,
        office.sign_in.finish,
        frame_of_nobody(request),
        "console/sign_in.html.j2",
        office.settings.public_url,
    )


def _end_as_provider_says(request: Request, logout_token: str) -> None:
    office_of(request).sign_in.end_as_provider_says(logout_token)


router.include_router(sign_in_routes(SIGN_IN, door_of, _end_as_provider_says))
