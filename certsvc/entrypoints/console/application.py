"""The application for officials and registered programs."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI

from certsvc.bootstrap import Office
from certsvc.entrypoints.console import decisions, filings, receipts, sign_in
from certsvc.entrypoints.console.access import LARGEST_BODY
from certsvc.entrypoints.console.cookies import Cookies
from certsvc.entrypoints.http.bounds import BodyLimit
from certsvc.entrypoints.http.problems import answer_errors_with_problems
from certsvc.entrypoints.http.request_log import RequestLog
from certsvc.entrypoints.http.security_headers import SecurityHeaders

PATHS = ("/console", "/api/v1/filings", "/api/v1/decisions")
"""The addresses that this face serves, with everything below them."""


def create_console(office: Office, count: Callable[[str, str, int, float], None] | None = None) -> FastAPI:
    """The face of an office. `count` is given method, route template, status and seconds of every request."""
    app = FastAPI(
        title="吉林省职称电子证书办理",
        docs_url=None,
        redoc_url=None,
        openapi_url="/console/openapi.json",
    )
    app.state.office = office
    app.state.cookies = Cookies(secure=office.settings.public_url.startswith("https://"))
    app.add_middleware(BodyLimit, limit=LARGEST_BODY)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestLog, count=count)
    answer_errors_with_problems(app)
    for part in (sign_in, filings, receipts, decisions):
        app.include_router(part.router)
    return app
