"""The routes by which people come in, the same for both faces: each gives its door and what ends its sessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from certsvc.entrypoints.html.signing_in import NO_STORE, Door, Given, Next, begin, come_back, sign_in_page
from certsvc.entrypoints.http.permitted import open_to_all
from certsvc.entrypoints.http.sign_in_limit import limit_begin, limit_finish
from certsvc.stages.sign_in_attempts import ProviderAnswer

_NOT_KNOWN: Final = "whoever signs in is not known yet"


def sign_in_routes(
    path: str, door_of: Callable[[Request], Door], end_as_provider_says: Callable[[Request, str], object]
) -> APIRouter:
    """The way in of a face: the page at `path`, the way to the provider and back, and what the provider ends by itself.

    `end_as_provider_says` takes the request and the provider's logout token.
    """
    router = APIRouter()

    @router.get(path, summary="The page to sign in on", include_in_schema=False)
    @open_to_all(_NOT_KNOWN)
    def page(request: Request, next_address: Next = "", said: Given = "") -> Response:
        """What signing in is, who asks for what, and one button; `next`: where to go on afterwards, within the face."""
        return sign_in_page(request, door_of(request), next_address, said)

    @router.get(
        f"{path}/go", summary="Begin to sign in: to the provider", dependencies=[Depends(limit_begin)]
    )
    @open_to_all(_NOT_KNOWN)
    def go(request: Request, next_address: Next = "") -> Response:
        """Redirects the browser to the OpenID provider."""
        return begin(door_of(request), next_address)

    @router.get(
        f"{path}/callback",
        summary="Where the provider sends the browser back to",
        dependencies=[Depends(limit_finish)],
    )
    @open_to_all(_NOT_KNOWN)
    def finish(
        request: Request, state: Given = "", code: Given = "", iss: Given = "", error: Given = ""
    ) -> Response:
        """Opens a session under a new token and goes on to where the browser was led from, else to the first page."""
        return come_back(request, door_of(request), ProviderAnswer(state, code, iss, error))

    @router.post(
        f"{path}/ended-by-provider",
        summary="The provider says that somebody signed out there (back-channel logout)",
        dependencies=[Depends(limit_finish)],
    )
    @open_to_all("the provider proves itself by its signature")
    def ended_by_provider(
        request: Request, logout_token: Annotated[str, Form(max_length=8192)] = ""
    ) -> Response:
        """Ends the sessions that are meant (OpenID Connect Back-Channel Logout 1.0)."""
        end_as_provider_says(request, logout_token)
        return Response(status_code=200, headers=NO_STORE)

    return router
