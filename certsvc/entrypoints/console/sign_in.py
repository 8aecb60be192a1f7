"""Signing in and out, and who one is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from certsvc.domain.permission import PERMISSIONS
from certsvc.entrypoints.console.access import cookies_of, office_of, signed_in
from certsvc.entrypoints.console.sign_in_limit import limit_begin, limit_finish
from certsvc.entrypoints.http.permitted import open_to_all, open_to_signed_in
from certsvc.errors import NotSignedIn
from certsvc.stages.sign_in import ATTEMPT_LASTS, SignedIn

router = APIRouter()
_SEE_OTHER = 303
_NO_STORE = {"Cache-Control": "no-store"}


@router.get(
    "/console/sign-in", summary="Begin to sign in: to the provider", dependencies=[Depends(limit_begin)]
)
@open_to_all("whoever signs in is not known yet")
def begin(request: Request) -> Response:
    """Redirects the browser to the OpenID provider."""
    attempt = office_of(request).sign_in.begin()
    answer = RedirectResponse(attempt.address, _SEE_OTHER, _NO_STORE)
    cookies_of(request).set_attempt(answer, attempt.sealed.hex(), ATTEMPT_LASTS)
    return answer


@router.get(
    "/console/sign-in/callback",
    summary="Where the provider sends the browser back to",
    dependencies=[Depends(limit_finish)],
)
@open_to_all("whoever signs in is not known yet")
def finish(
    request: Request,
    state: Annotated[str, Query(max_length=512)] = "",
    code: Annotated[str, Query(max_length=2048)] = "",
) -> Response:
    """Opens a session under a new token and goes on to /console/me."""
    cookies = cookies_of(request)
    try:
        sealed = bytes.fromhex(cookies.attempt(request) or "")
    except ValueError:
        sealed = b""
    if not (sealed and state and code):
        raise NotSignedIn("登录没有完成：统一身份认证没有给出结果，或不是本浏览器发起的登录。请重新登录。")
    session = office_of(request).sign_in.finish(sealed, state, code, cookies.session(request))
    answer = RedirectResponse("/console/me", _SEE_OTHER, _NO_STORE)
    cookies.set_session(answer, session.token)
    cookies.forget(answer, cookies.attempt_name)
    return answer


@router.post("/console/sign-out", summary="Sign out: ends the session", status_code=204)
@open_to_signed_in("ends the session of the one who asks")
def sign_out(request: Request, session: Annotated[SignedIn, Depends(signed_in)]) -> Response:
    """Ends the session at the server and drops the cookie."""
    cookies = cookies_of(request)
    office_of(request).sign_in.end(cookies.session(request) or "", session.caller)
    answer = Response(status_code=204, headers=_NO_STORE)
    cookies.forget(answer, cookies.session_name)
    return answer


@router.get("/console/me", summary="Who is signed in, and what they may do")
@open_to_signed_in("about the one who asks")
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
        headers=_NO_STORE,
    )
