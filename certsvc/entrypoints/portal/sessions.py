"""The holder's own sessions: where one is signed in, and ending it there."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certsvc.entrypoints.html.own_sessions import ENDED, end_as_chosen, lines_of
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.html.signing_in import Given, leave
from certsvc.entrypoints.http.permitted import open_to_signed_in
from certsvc.entrypoints.portal.access import office_of
from certsvc.entrypoints.portal.pages.access import Posting, Viewing
from certsvc.entrypoints.portal.pages.showing import show
from certsvc.entrypoints.portal.sign_in import door_of

PATH = "/portal/sessions"
router = APIRouter()


@router.get(PATH, summary="Where the holder is signed in")
@open_to_signed_in("one's own sessions")
def listed(request: Request, signed: Viewing, said: Given = "") -> Response:
    """Begun, last used, kind of browser; each may be ended."""
    sign_in = office_of(request).holder_sign_in
    lines = lines_of(sign_in.sessions, sign_in.owner_of(signed.holder), signed.session)
    return show(request, signed, "sessions.html.j2", lines=lines, said=ENDED.get(said))


@router.post(PATH, summary="End one session, all others, or all")
@open_to_signed_in("one's own sessions")
def end(request: Request, post: Posting) -> Response:
    """Ends them at the server; whoever ended their own is led out."""
    sign_in = office_of(request).holder_sign_in
    owner = sign_in.owner_of(post.holder)
    said = end_as_chosen(sign_in.sessions, owner, post.signed.session, post.caller, post.form)
    return leave(request, door_of(request)) if said is None else go_to(f"{PATH}?said={said}")
