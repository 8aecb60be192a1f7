"""The holder's own session: who is signed in, and signing out."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from certsvc.entrypoints.portal.access import SignedHolder, cookies_of, office_of, signed_holder

router = APIRouter(prefix="/portal")
_NO_STORE: Final = {"Cache-Control": "no-store"}
Signed = Annotated[SignedHolder, Depends(signed_holder)]


@router.get("/me", summary="Who is signed in")
def me(signed: Signed) -> Response:
    """The CSRF token for unsafe methods and when the session ends; nothing personal."""
    ends_at = signed.ends_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return JSONResponse({"csrf_token": signed.csrf_token, "ends_at": ends_at}, headers=_NO_STORE)


@router.post("/sign-out", summary="Sign out: ends the session", status_code=204)
async def sign_out(request: Request, signed: Signed) -> Response:
    """Ends the session at the server and drops the cookie."""
    cookies = cookies_of(request)
    sign_in = office_of(request).holder_sign_in
    await run_in_threadpool(sign_in.end, cookies.session(request) or "", signed.caller)
    answer = Response(status_code=204, headers=_NO_STORE)
    cookies.forget(answer, cookies.session_name)
    return answer
