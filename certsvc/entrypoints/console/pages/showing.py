"""A page of the console in its frame."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from certsvc.domain.actor import Role
from certsvc.domain.caller import Caller, CallerRole
from certsvc.domain.regions import REGIONS
from certsvc.entrypoints.console.access import office_of, session_of
from certsvc.entrypoints.console.pages.rooms import groups_for
from certsvc.entrypoints.html.rendering import Frame, html_page
from certsvc.errors import CertsvcError
from certsvc.stages.sign_in import SignedIn

HOME: Final = "/console"
SIGN_IN: Final = "/console/sign-in"
_NAME: Final = ("职称证书办理", "Title certificates: console")


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
    """What stands around a page; without a session the name of the console alone."""
    test = office_of(request).settings.environment == "test"
    if session is None:
        return Frame("console", HOME, *_NAME, test_environment=test)
    caller = session.caller
    return Frame(
        "console",
        HOME,
        *_NAME,
        groups=groups_for(caller),
        person=caller.name,
        duty=duty_of(caller),
        duty_en=f"{Role(caller.role.value).en} · {caller.region}",
        csrf_token=session.csrf_token,
        test_environment=test,
        at_machine=caller.role is CallerRole.SYSTEM,
    )


def frame_of_nobody(request: Request) -> Frame:
    """The frame before anybody has signed in."""
    return frame_for(request, None)


def frame_of_whoever(request: Request) -> Frame:
    """The frame of whoever is signed in, with their sections, where a page was refused or is not there."""
    try:
        return frame_for(request, session_of(request))
    except CertsvcError:
        return frame_of_nobody(request)


def duty_of(caller: Caller) -> str:
    """Role and region in words: 经办 · 珲春市."""
    region = REGIONS.get(caller.region)
    place = caller.region if region is None else region.name
    return f"{Role(caller.role.value).zh} · {place}"
