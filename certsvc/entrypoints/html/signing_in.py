"""The door of a face: the page to sign in on, the way to the provider and back, and the way out. Knows neither face."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Query, Request
from fastapi.responses import RedirectResponse, Response

from certsvc.entrypoints.html.addresses import local_address
from certsvc.entrypoints.html.browsers import browser_words
from certsvc.entrypoints.html.rendering import Frame, go_to, html_page
from certsvc.entrypoints.http.cookies import Cookies
from certsvc.entrypoints.http.problems import Problem, describe
from certsvc.errors import NotPermitted, NotSignedIn, UnavailableError
from certsvc.stages.sessions import OpenedSession
from certsvc.stages.sign_in_attempts import ATTEMPT_LASTS, Attempts, ProviderAnswer

NO_STORE: Final = {"Cache-Control": "no-store"}
SIGNED_OUT: Final = "signed-out"
_SEE_OTHER: Final = 303
Given = Annotated[str, Query(max_length=2048)]
Next = Annotated[str, Query(alias="next", max_length=2048)]
Finish = Callable[[bytes, ProviderAnswer, str | None, str], tuple[OpenedSession, str]]


@dataclass(frozen=True, slots=True)
class Door:
    """What a face gives: its first page, cookies, attempts, how it opens sessions, frame and template of the page."""

    home: str
    cookies: Cookies
    attempts: Attempts
    finish: Finish
    frame: Frame
    template: str
    public_url: str

    @property
    def sign_in(self) -> str:
        """The address of the page to sign in on."""
        return f"{self.home}/sign-in"


def begin(door: Door, next_address: str | None) -> Response:
    """On to the provider, with the attempt in a cookie. Raises UnavailableError."""
    attempt = door.attempts.begin(local_address(next_address, door.home) or door.home)
    answer = RedirectResponse(attempt.address, _SEE_OTHER, NO_STORE)
    door.cookies.set_attempt(answer, attempt.sealed.hex(), ATTEMPT_LASTS)
    return answer


def come_back(request: Request, door: Door, answered: ProviderAnswer) -> Response:
    """Open a session under a new token and go on; people are told on the page to sign in on why there is none.

    Raises NotSignedIn, NotPermitted, UnavailableError for whoever does not ask for a page.
    """
    cookies = door.cookies
    try:
        sealed = bytes.fromhex(cookies.attempt(request) or "")
    except ValueError:
        sealed = b""
    browser = browser_words(request.headers.get("user-agent", ""))
    try:
        opened, next_address = door.finish(sealed, answered, cookies.session(request), browser)
    except (NotSignedIn, NotPermitted, UnavailableError) as error:
        if not wants_page(request):
            raise
        answer = sign_in_page(request, door, None, problem=describe(error))
        cookies.forget(answer, cookies.attempt_name)
        return answer
    answer = RedirectResponse(local_address(next_address, door.home) or door.home, _SEE_OTHER, NO_STORE)
    cookies.set_session(answer, opened.token)
    cookies.forget(answer, cookies.attempt_name)
    return answer


def sign_in_page(
    request: Request, door: Door, next_address: str | None, said: str = "", problem: Problem | None = None
) -> Response:
    """What signing in is, who asks for what, and one button."""
    next_address = local_address(next_address, door.home)
    query = {} if next_address is None else {"next": next_address}
    values = {
        "go": f"{door.sign_in}/go" + (f"?{urlencode(query)}" if query else ""),
        "is_open": door.attempts.provider is not None,
        "signed_out": said == SIGNED_OUT,
        "leaving": _leaving(door) if said == SIGNED_OUT else None,
        "problem": problem,
        "language_back": door.sign_in,  # of the way back from the provider nothing stands in the page
    }
    status = 200 if problem is None else int(problem.status)
    return html_page(request, door.template, door.frame, values, status=status)


def leave(request: Request, door: Door) -> Response:
    """Drop the cookie of a session that was ended: people come to a page that says so, programs get 204."""
    answer = (
        go_to(f"{door.sign_in}?said={SIGNED_OUT}")
        if wants_page(request)
        else Response(status_code=204, headers=NO_STORE)
    )
    door.cookies.forget(answer, door.cookies.session_name)
    return answer


def wants_page(request: Request) -> bool:
    """Whether a person's browser asks."""
    return "text/html" in request.headers.get("accept", "")


def _leaving(door: Door) -> str | None:
    """The way to be signed out at the provider too; none where it does not answer: the session here is ended anyway."""
    if door.attempts.provider is None:
        return None
    try:
        return door.attempts.provider.leaving_address(f"{door.public_url}{door.sign_in}")
    except UnavailableError:
        return None
