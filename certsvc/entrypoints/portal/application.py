"""The application for holders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fastapi import FastAPI

from certsvc.bootstrap import Office
from certsvc.entrypoints.html.problems import answer_people_with_pages
from certsvc.entrypoints.http.bounds import BodyLimit, TimeLimit
from certsvc.entrypoints.http.cookies import PORTAL_COOKIES, Cookies, NextSessionToken
from certsvc.entrypoints.http.request_log import RequestLog
from certsvc.entrypoints.http.security_headers import SecurityHeaders
from certsvc.entrypoints.http.sign_in_limit import PER_MINUTE, SignInLimit
from certsvc.entrypoints.portal import sessions, sign_in
from certsvc.entrypoints.portal.pages import copies, look_ups, shares, titles
from certsvc.entrypoints.portal.pages import data as own_data
from certsvc.entrypoints.portal.pages import notices as own_notices
from certsvc.entrypoints.portal.pages import requests as own_requests
from certsvc.entrypoints.portal.pages.showing import SIGN_IN, frame_of_nobody
from certsvc.ports.sharing import RateLimiter

PATH: Final = "/portal"
"""The address that this face serves, with everything below it."""
SMALL_BODY: Final = 64 * 1024
LARGEST_BODIES: Final[dict[str, int]] = {**own_requests.UPLOADS}
"""Bytes of the addresses that take more than a small form."""


def create_portal(
    office: Office,
    limiter: RateLimiter,
    count: Callable[[str, str, int, float], None] | None = None,
    sign_ins_per_minute: int = PER_MINUTE,
) -> FastAPI:
    """The portal of an office. `count` is given method, route template, status and seconds of every request.

    `limiter` is the one that all processes share (`app.state.limiter`).
    """
    app = FastAPI(title="吉林省职称电子证书持证人服务", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.office = office
    app.state.limiter = limiter
    app.state.sign_in_limit = SignInLimit(limiter, sign_ins_per_minute)
    app.state.cookies = Cookies(PORTAL_COOKIES, secure=office.settings.public_url.startswith("https://"))
    app.add_middleware(NextSessionToken, cookies=app.state.cookies)
    app.add_middleware(BodyLimit, limit=SMALL_BODY, by_path=LARGEST_BODIES)
    app.add_middleware(TimeLimit, seconds=office.settings.answer_seconds)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestLog, count=count)
    answer_people_with_pages(app, frame_of_nobody, below=PATH, sign_in=SIGN_IN)
    for part in (
        sign_in,
        sessions,
        titles,
        copies,
        shares,
        look_ups,
    ):
        app.include_router(part.router)
    for part in (own_notices, own_requests, own_data):
        app.include_router(part.router)
    return app
