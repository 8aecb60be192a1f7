"""The pages that people work on, as the application answers them: lists, a long filing, search, the portal's first page.

Each beside the bare framework, which renders the same frame around nothing. Everything is asked in this process, without a
socket: what is measured is the work of a page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from statistics import median
from time import perf_counter
from typing import Final

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import Response

from bench.offices import temporary_office
from bench.people import filing
from bench.timing import FULL, Measurement, Scale, Target
from bench.versions import versions
from certsvc.bootstrap import Office
from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import official
from certsvc.entrypoints.console import create_console
from certsvc.entrypoints.html.rendering import Frame, html_page
from certsvc.entrypoints.http.cookies import CONSOLE_COOKIES, PORTAL_COOKIES
from certsvc.entrypoints.http.security_headers import SecurityHeaders
from certsvc.entrypoints.portal import create_portal
from certsvc.ports.sharing import Allowance
from certsvc.stages.holder_sign_in import AssertedHolder
from certsvc.stages.sessions import Opening
from certsvc.stages.share_grants import Holder

_HTML: Final = {"accept": "text/html"}
_PERSON: Final = Actor("bench", Role.CHECKER, "220000")
_HOLDER: Final = Holder("魏昭", "229910196501010001")
_FLOOR: Final = "the framework with the same frame around nothing"


class _Unlimited:
    """ports.sharing.RateLimiter that lets everything through: one holder asks more here than ever in life."""

    def allow(self, _key: str, limit: int, _per_seconds: int, _count: int = 1) -> Allowance:
        """Always."""
        return Allowance(allowed=True, remaining=limit, wait_seconds=0)


def measure(scale: Scale) -> list[Measurement]:
    """Milliseconds of a page, the median of many."""
    with temporary_office() as office:
        report = office.submit(filing(scale.rows), "bench.xlsx")
        office.actors.register_actor(_PERSON, office.clock.now())
        limiter = _Unlimited()
        console, portal = create_console(office, limiter), create_portal(office, limiter)
        last = max(1, scale.rows // 50)
        of_filing = f"/console/filings/{report.filing}"
        pages = {
            "list": ("list of filings", console, "/console/filings"),
            "rows": (f"a filing of {scale.rows:,} rows, its first page", console, of_filing),
            "last_rows": ("the same, its last page", console, f"{of_filing}?page={last}"),
            "search": ("search by year", console, "/console/search?year=2023"),
            "dashboard": ("the console's first page", console, "/console"),
            "portal": ("the portal's first page", portal, "/portal"),
        }
        cookies = _cookies(office)
        floor = asyncio.run(_milliseconds(_bare(), "/", cookies, scale))
        taken = {
            key: (what, asyncio.run(_milliseconds(app, path, cookies, scale)))
            for key, (what, app, path) in pages.items()
        }
    return [
        Measurement(
            f"page_{key}_ms",
            what,
            milliseconds,
            "ms",
            floor,
            f"{_FLOOR}; ratio {milliseconds / floor:.1f}",
            versions("fastapi", "jinja2", "sqlalchemy"),
            Target(100, at_least=False) if scale is FULL else None,
        )
        for key, (what, milliseconds) in taken.items()
    ]


def _cookies(office: Office) -> Mapping[str, str]:
    """An official and a holder, signed in."""
    opening = Opening(_PERSON.name, "bench", "", None, None)
    of_official = office.sign_in.sessions.open(opening, official(_PERSON))
    of_holder = office.holder_sign_in.open(AssertedHolder(_HOLDER, None, "bench"))
    return {CONSOLE_COOKIES[0]: of_official.token, PORTAL_COOKIES[0]: of_holder.token}


def _bare() -> FastAPI:
    """The framework and the frame: no session, no database."""
    app = FastAPI(openapi_url=None)
    app.add_middleware(SecurityHeaders)
    frame = Frame("console", "/console", "职称证书办理", "Title certificates: console")

    @app.get("/")
    def nothing(request: Request) -> Response:
        return html_page(request, "console/dashboard.html.j2", frame, {"tallies": (), "first_steps": ()})

    return app


async def _milliseconds(app: FastAPI, path: str, cookies: Mapping[str, str], scale: Scale) -> float:
    transport = httpx.ASGITransport(app)
    held = "; ".join(f"{name}={value}" for name, value in cookies.items())
    headers = {**_HTML, "cookie": held}
    taken = []
    async with httpx.AsyncClient(transport=transport, base_url="http://bench", headers=headers) as client:
        end = perf_counter() + scale.seconds
        while perf_counter() < end or len(taken) <= scale.rounds:
            begun = perf_counter()
            answer = await client.get(path)
            taken.append(perf_counter() - begun)
            if answer.status_code != httpx.codes.OK:
                raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:300]}")
    return 1000 * median(taken[1:])  # the first one compiles templates
