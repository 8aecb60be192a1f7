"""Errors of the public face: problem details for programs (RFC 9457), a page for people."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from certsvc.entrypoints.http.problems import Problem, describe, problem_response
from certsvc.entrypoints.http.security_headers import SECURITY_HEADERS, request_number_of
from certsvc.entrypoints.public_api.pages import Pages
from certsvc.entrypoints.public_api.tree_files import is_machine_path
from certsvc.errors import CertsvcError


def answer_errors(app: FastAPI, pages: Pages) -> None:
    """Turn every failure of the application into a problem or a page; details of our own faults stay inside."""

    def refused(request: Request, error: Exception) -> Response:
        problem = describe(error)
        if "text/html" in request.headers.get("accept", "") and not is_machine_path(request.url.path):
            return _page(request, pages, problem)
        answer = problem_response(request, problem)
        if not is_machine_path(request.url.path):
            answer.headers["Vary"] = "Accept"
        return answer

    def broken(request: Request, error: Exception) -> Response:
        # Runs outside the middleware, so the headers are set here.
        answer = refused(request, error)
        answer.headers.update(SECURITY_HEADERS)
        return answer

    for family in (HTTPException, RequestValidationError, CertsvcError):
        app.add_exception_handler(family, refused)
    app.add_exception_handler(Exception, broken)


def _page(request: Request, pages: Pages, problem: Problem) -> Response:
    content = pages.error(problem.status, request_number_of(request.scope))
    headers = {"Cache-Control": "no-store", "Vary": "Accept"} | problem.headers
    return Response(content, problem.status, headers, "text/html; charset=utf-8")
