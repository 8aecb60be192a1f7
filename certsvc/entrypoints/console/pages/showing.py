"""A page of the console in its frame."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from certsvc.domain.caller import Caller, CallerRole
from certsvc.domain.regions import REGIONS
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.rooms import groups_for
from certsvc.entrypoints.html.rendering import Frame, html_page
from certsvc.stages.sign_in import SignedIn

HOME: Final = "/console"
SIGN_IN: Final = "/console/sign-in"
_DUTIES: Final = {
    CallerRole.MAKER: "经办",
    CallerRole.CHECKER: "复核",
    CallerRole.SUPERVISOR: "监督",
}


def show(
    request: Request,
    session: SignedIn,
    template: str,
    *,
    fragment: str | None = None,
    status: int = 200,
    **values: Any,
) -> Response:
    """A page for the official of a session; only the block `fragment` where htmx asks for what goes there."""
    frame = frame_for(request, session)
    return html_page(request, f"console/{template}", frame, values, fragment=fragment, status=status)


def frame_for(request: Request, session: SignedIn | None) -> Frame:
    """What stands around a page; without a session the way to sign in alone."""
    test = office_of(request).settings.environment == "test"
    if session is None:
        return Frame("console", HOME, "职称证书办理", "Title certificates: console", test_environment=test)
    return Frame(
        "console",
        HOME,
        "职称证书办理",
        "Title certificates: console",
        groups_for(session.caller),
        session.caller.name,
        duty_of(session.caller),
        session.csrf_token,
        test,
    )


def frame_of_nobody(request: Request) -> Frame:
    """The frame where it is not known, or does not matter, who asks."""
    return frame_for(request, None)


def duty_of(caller: Caller) -> str:
    """Role and region in words: 经办 · 珲春市."""
    region = REGIONS.get(caller.region)
    place = caller.region if region is None else region.name
    return f"{_DUTIES.get(caller.role, caller.role.value)} · {place}"
