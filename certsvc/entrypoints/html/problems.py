"""Failures for people: the same problems as programs get, as a page that says what, why, and what to do now."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from certsvc.entrypoints.html.rendering import HTML_HEADERS, Frame, go_to, html_page
from certsvc.entrypoints.http.problems import Problem, describe, problem_response
from certsvc.entrypoints.http.security_headers import SECURITY_HEADERS, request_number_of
from certsvc.errors import CertsvcError, NotSignedIn

_LONGEST_WAY_BACK = 512


def answer_people_with_pages(
    app: FastAPI, frame_of: Callable[[Request], Frame], *, below: str, sign_in: str
) -> None:
    """Turn every failure of an application into a page for browsers at addresses below a path, else into problem details.

    Whoever is not signed in and opens a page is led to sign in, and back afterwards.
    """

    def refused(request: Request, error: Exception) -> Response:
        problem = describe(error)
        if not _is_a_persons(request, below):
            return problem_response(request, problem)
        if isinstance(error, NotSignedIn) and request.method == "GET" and request.url.path != sign_in:
            return _to_sign_in(request, sign_in)
        return _page(request, frame_of(request), problem)

    def broken(request: Request, error: Exception) -> Response:
        # Runs outside the middleware, so the headers are set here.
        answer = refused(request, error)
        for name, value in SECURITY_HEADERS.items():
            answer.headers.setdefault(name, value)
        return answer

    for family in (HTTPException, RequestValidationError, CertsvcError):
        app.add_exception_handler(family, refused)
    app.add_exception_handler(Exception, broken)


def _is_a_persons(request: Request, below: str) -> bool:
    path = request.url.path
    inside = path == below or path.startswith(below + "/")
    return inside and ("text/html" in request.headers.get("accept", "") or "hx-request" in request.headers)


def _to_sign_in(request: Request, sign_in: str) -> Response:
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    way = f"{sign_in}?{urlencode({'next': path})}" if len(path) <= _LONGEST_WAY_BACK else sign_in
    if "hx-request" not in request.headers:
        return go_to(way)
    # A fragment has no place for the page to sign in on: the browser goes there as a whole.
    return Response(status_code=204, headers={**HTML_HEADERS, "HX-Redirect": way})


def _page(request: Request, frame: Frame, problem: Problem) -> Response:
    values = {"problem": problem, "request_number": request_number_of(request.scope)}
    fragment = "hx-request" in request.headers
    template = "work/error_fragment.html.j2" if fragment else "work/error.html.j2"
    answer = html_page(request, template, frame, values, status=int(problem.status))
    if fragment:
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#said", "innerHTML show:window:top"
    for name, value in problem.headers.items():
        answer.headers.setdefault(name, value)
    return answer
