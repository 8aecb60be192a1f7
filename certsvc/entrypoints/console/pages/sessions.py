"""The official's own sessions: where one is signed in, and ending it there."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Posting, Viewing
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.console.sign_in import door_of
from certsvc.entrypoints.html.own_sessions import ENDED, end_as_chosen, lines_of
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.html.signing_in import Given, leave
from certsvc.entrypoints.http.permitted import open_to_signed_in

PATH = "/console/sessions"
router = APIRouter(include_in_schema=False)


@router.get(PATH)
@open_to_signed_in("one's own sessions")
def listed(request: Request, session: Viewing, said: Given = "") -> Response:
    """Begun, last used, kind of browser; each may be ended."""
    sign_in = office_of(request).sign_in
    lines = lines_of(sign_in.sessions, session.owner, session.session)
    return show(request, session, "sessions.html.j2", lines=lines, said=ENDED.get(said))


@router.post(PATH)
@open_to_signed_in("one's own sessions")
def end(request: Request, post: Posting) -> Response:
    """Ends them at the server; whoever ended their own is led out."""
    sessions, caller = office_of(request).sign_in.sessions, post.caller
    said = end_as_chosen(sessions, post.session.owner, post.session.session, caller, post.form)
    return leave(request, door_of(request)) if said is None else go_to(f"{PATH}?said={said}")
