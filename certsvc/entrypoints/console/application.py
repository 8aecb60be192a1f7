"""The application for officials and registered programs."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.requests import ClientDisconnect

from certsvc.bootstrap import Office
from certsvc.entrypoints.console import (
    announced,
    batches,
    cancelled_years,
    copies,
    decision_documents,
    decisions,
    e_licences,
    eligibility,
    filings,
    history,
    look_ups,
    notices,
    own_certificates,
    receipts,
    reports,
    samples,
    shares,
    sign_in,
    statements,
    suspicions,
)
from certsvc.entrypoints.console.access import LARGEST_UPLOAD, SMALL_BODY
from certsvc.entrypoints.console.description import ConsoleFace
from certsvc.entrypoints.console.pages import administering, casework, dashboard, operations, supervising
from certsvc.entrypoints.console.pages import filings as filing_pages
from certsvc.entrypoints.console.pages import requests as holder_requests
from certsvc.entrypoints.console.pages import sessions as own_sessions
from certsvc.entrypoints.console.pages.filing_rooms import ROUTERS as FILING_ROUTERS
from certsvc.entrypoints.console.pages.showing import HOME, SIGN_IN, frame_of_whoever
from certsvc.entrypoints.console.patience import Patience
from certsvc.entrypoints.html.problems import answer_people_with_pages
from certsvc.entrypoints.http.bounds import BodyLimit
from certsvc.entrypoints.http.cookies import Cookies, NextSessionToken
from certsvc.entrypoints.http.request_log import RequestLog
from certsvc.entrypoints.http.security_headers import SecurityHeaders
from certsvc.entrypoints.http.sign_in_limit import PER_MINUTE, SignInLimit
from certsvc.ports.sharing import RateLimiter

PATHS = (
    "/console",
    "/api/v1/filings",
    "/api/v1/decisions",
    "/api/v1/reports",
    samples.SAMPLES,
    samples.ATTESTATIONS,
    announced.PATH,
    *history.PATHS,
    *batches.PATHS,
    "/api/v1/decision-documents",
    "/api/v1/notice-steps",
    cancelled_years.PATH,
    eligibility.PATH,
    eligibility.KEYS_PATH,
    e_licences.PATH,
    "/api/v1/holder",
    look_ups.ALERTS_PATH,
    suspicions.PATH,
)
"""The addresses that this face serves, with everything below them."""
_CLIENT_LEFT = 499  # told to nobody: it stands in the log of requests


def create_console(
    office: Office,
    limiter: RateLimiter,
    count: Callable[[str, str, int, float], None] | None = None,
    sign_ins_per_minute: int = PER_MINUTE,
) -> FastAPI:
    """The face of an office. `count` is given method, route template, status and seconds of every request.

    `limiter` keeps each client address to so many sign-ins a minute.
    """
    app = ConsoleFace(
        title="吉林省职称电子证书办理",
        docs_url=None,
        redoc_url=None,
        openapi_url="/console/openapi.json",
    )
    app.state.office = office
    app.state.cookies = Cookies(secure=office.settings.public_url.startswith("https://"))
    app.state.sign_in_limit = SignInLimit(limiter, sign_ins_per_minute)
    app.state.eligibility_limit = eligibility.EligibilityLimit(
        limiter, office.settings.eligibility_per_minute
    )
    app.state.e_licence_limit = e_licences.ELicenceLimit(
        limiter, office.settings.e_licence_per_minute, office.settings.guesses_per_hour
    )
    app.state.own_certificates_limit = own_certificates.OwnCertificatesLimit(
        limiter, office.settings.holder_per_minute
    )
    app.add_middleware(NextSessionToken, cookies=app.state.cookies)
    app.add_middleware(
        BodyLimit,
        limit=SMALL_BODY,
        by_path={
            **dict.fromkeys(
                (
                    filings.PATH,
                    announced.PATH,
                    announced.REPLACEMENTS,
                    history.IMPORTS_PATH,
                    *supervising.UPLOADS,
                ),
                LARGEST_UPLOAD,
            ),
            filing_pages.NEW: LARGEST_UPLOAD,
            **dict.fromkeys((decision_documents.PATH, *casework.UPLOADS), decision_documents.LARGEST_UPLOAD),
        },
    )
    app.add_middleware(Patience, seconds=office.settings.answer_seconds)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestLog, count=count)
    answer_people_with_pages(app, frame_of_whoever, below=HOME, sign_in=SIGN_IN)
    app.add_exception_handler(ClientDisconnect, _client_left)
    app.include_router(cancelled_years.router)
    app.include_router(eligibility.router)
    app.include_router(dashboard.router)
    for router in FILING_ROUTERS:
        app.include_router(router)
    app.include_router(operations.router)
    app.include_router(own_sessions.router)
    app.include_router(holder_requests.router)
    for router in (*casework.ROUTERS, *supervising.ROUTERS, *administering.ROUTERS):
        app.include_router(router)
    for part in (
        sign_in,
        filings,
        receipts,
        decisions,
        decision_documents,
        history,
        batches,
        notices,
        own_certificates,
        shares,
        look_ups,
        copies,
        statements,
        e_licences,
        reports,
        samples,
        announced,
        suspicions,
    ):
        app.include_router(part.router)
    return app


def _client_left(_request: Request, _error: Exception) -> Response:
    """Somebody who closes the connection while sending is no failure of the service."""
    return Response(status_code=_CLIENT_LEFT)
