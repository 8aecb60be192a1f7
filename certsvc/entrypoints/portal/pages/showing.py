"""A page of the portal in its frame."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from certsvc.entrypoints.html.rendering import Frame, html_page
from certsvc.entrypoints.portal.access import SignedHolder, office_of
from certsvc.entrypoints.portal.pages.rooms import ROOMS

HOME: Final = "/portal"
SIGN_IN: Final = "/portal/sign-in"
_NAME: Final = ("职称证书持证人服务", "Title certificates: for holders")


def show(
    request: Request,
    signed: SignedHolder,
    template: str,
    *,
    fragment: str | None = None,
    status: int = 200,
    **values: Any,
) -> Response:
    """A page for the holder of a session; only the block `fragment` where htmx asks for what goes there."""
    frame = frame_for(request, signed)
    return html_page(request, f"portal/{template}", frame, values, fragment=fragment, status=status)


def frame_for(request: Request, signed: SignedHolder) -> Frame:
    """What stands around a holder's page."""
    test = office_of(request).settings.environment == "test"
    return Frame(
        "portal",
        HOME,
        *_NAME,
        groups=ROOMS,
        person=signed.holder.name,
        csrf_token=signed.csrf_token,
        test_environment=test,
    )


def frame_of_nobody(request: Request) -> Frame:
    """What stands around a page for whoever is not signed in, or of whom nothing is known when a failure is told."""
    return Frame("portal", HOME, *_NAME, test_environment=office_of(request).settings.environment == "test")
