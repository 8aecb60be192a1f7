"""Signing in and out, and who one is."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, Response

from certsvc.domain.permission import PERMISSIONS
from certsvc.entrypoints.console.access import cookies_of, office_of, signed_in, signed_in_by_form
from certsvc.entrypoints.console.pages.showing import HOME, SIGN_IN, frame_of_nobody
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
from certsvc.stages.sign_in import SignedIn
from certsvc.stages.sign_in_attempts import ProviderAnswer

router = APIRouter()
_NOT_KNOWN: Final = "whoever signs in is not known yet"


@router.get(SIGN_IN, summary="The page to sign in on", include_in_schema=False)
@open_to_all(_NOT_KNOWN)
def page(request: Request, next_address: Next = "", said: Given = "") -> Response:
    """What signing in is, and one button; `next`: where to go on afterwards, within the console."""
    return sign_in_page(request, door_of(request), next_address, said)


@router.get(f"{SIGN_IN}/go", summary="Begin to sign in: to the provider", dependencies=[Depends(limit_begin)])
@open_to_all(_NOT_KNOWN)
def go(request: Request, next_address: Next = "") -> Response:
    """Redirects the browser to the OpenID provider."""
    return begin(door_of(request), next_address)


@router.get(
    f"{SIGN_IN}/callback",
    summary="Where the provider sends the browser back to",
    dependencies=[Depends(limit_finish)],
)
@open_to_all(_NOT_KNOWN)
def finish(
    request: Request, state: Given = "", code: Given = "", iss: Given = "", error: Given = ""
) -> Response:
    """Opens a session under a new token and goes on to where the browser was led from, else to /console."""
    return come_back(request, door_of(request), ProviderAnswer(state, code, iss, error))


@router.post(
    f"{SIGN_IN}/ended-by-provider",
    summary="The provider says that somebody signed out there (back-channel logout)",
    dependencies=[Depends(limit_finish)],
)
@open_to_all("the provider proves itself by its signature")
def ended_by_provider(request: Request, logout_token: Annotated[str, Form(max_length=8192)] = "") -> Response:
    """Ends the sessions that are meant (OpenID Connect Back-Channel Logout 1.0)."""
    office_of(request).sign_in.end_as_provider_says(logout_token)
    return Response(status_code=200, headers=NO_STORE)


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
