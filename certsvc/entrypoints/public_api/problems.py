"""Errors of the public face: problem details for programs (RFC 9457), a page for people. The one place where
failures of the service become HTTP statuses."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from certsvc.entrypoints.public_api.pages import Pages
from certsvc.entrypoints.public_api.security_headers import SECURITY_HEADERS, request_number_of
from certsvc.entrypoints.public_api.tree_files import is_machine_path
from certsvc.errors import (
    CertsvcError,
    ConflictError,
    NotPermitted,
    RequestError,
    UnavailableError,
    UnknownReference,
)

_STATUSES: tuple[tuple[type[CertsvcError], HTTPStatus], ...] = (
    (UnknownReference, HTTPStatus.NOT_FOUND),
    (NotPermitted, HTTPStatus.FORBIDDEN),
    (RequestError, HTTPStatus.BAD_REQUEST),
    (ConflictError, HTTPStatus.CONFLICT),
    (UnavailableError, HTTPStatus.SERVICE_UNAVAILABLE),
)


def answer_errors_with_problems(app: FastAPI, pages: Pages) -> None:
    """Turn every failure of the application into a problem or a page; details of our own faults stay inside."""

    def refused(request: Request, error: Exception) -> Response:
        status, code, detail = _describe(error)
        allowed = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
        return _answer(request, pages, status, code, detail, allowed)

    def broken(request: Request, error: Exception) -> Response:
        # Runs outside the middleware, so the headers are set here.
        answer = refused(request, error)
        answer.headers.update(SECURITY_HEADERS)
        return answer

    for family in (HTTPException, RequestValidationError, CertsvcError):
        app.add_exception_handler(family, refused)
    app.add_exception_handler(Exception, broken)


def status_of(error: CertsvcError) -> HTTPStatus:
    """The HTTP status of a failure: the caller's fault 4xx, ours 5xx."""
    return next(
        (status for family, status in _STATUSES if isinstance(error, family)),
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )


def _describe(error: Exception) -> tuple[HTTPStatus, str, str]:
    match error:
        case HTTPException():
            status = HTTPStatus(error.status_code)
            return status, status.name.lower().replace("_", "-"), _SENTENCES.get(status, "请求没有被接受。")
        case RequestValidationError():
            return HTTPStatus.BAD_REQUEST, "bad-request", "请求的参数不符合接口说明，请核对后重试。"
        case CertsvcError() if status_of(error) < HTTPStatus.INTERNAL_SERVER_ERROR or isinstance(
            error, UnavailableError
        ):
            return status_of(error), error.code, str(error)
        case _:
            return HTTPStatus.INTERNAL_SERVER_ERROR, "failure", "服务内部出现故障，已中止本次请求。"


_SENTENCES = {
    HTTPStatus.NOT_FOUND: "没有这个地址。",
    HTTPStatus.METHOD_NOT_ALLOWED: "这个地址只能读取（GET、HEAD）。",
}


def _answer(
    request: Request, pages: Pages, status: HTTPStatus, code: str, detail: str, allowed: dict[str, str]
) -> Response:
    number = request_number_of(request.scope)
    headers = {"Cache-Control": "no-store"} | allowed
    if "text/html" in request.headers.get("accept", "") and not is_machine_path(request.url.path):
        return Response(pages.error(status, number), status, headers, "text/html; charset=utf-8")
    problem = {
        "type": f"urn:certsvc:problem:{code}",
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
        "code": code,
        "instance": f"urn:certsvc:request:{number}",
    }
    return JSONResponse(problem, status, headers, "application/problem+json")
