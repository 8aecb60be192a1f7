"""Errors for programs: problem details (RFC 9457). The one place where failures of the service become HTTP statuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from certsvc.entrypoints.http.allowances import TooManyRequests
from certsvc.entrypoints.http.security_headers import SECURITY_HEADERS, request_number_of
from certsvc.errors import (
    CertsvcError,
    ConflictError,
    MistypedCode,
    NotPermitted,
    NotSignedIn,
    QuotaExceeded,
    RequestError,
    UnavailableError,
    UnknownReference,
)

_AGAIN_SECONDS = 5
_STATUSES: tuple[tuple[type[CertsvcError], HTTPStatus], ...] = (
    (UnknownReference, HTTPStatus.NOT_FOUND),
    (MistypedCode, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotSignedIn, HTTPStatus.UNAUTHORIZED),
    (NotPermitted, HTTPStatus.FORBIDDEN),
    (QuotaExceeded, HTTPStatus.TOO_MANY_REQUESTS),
    (RequestError, HTTPStatus.BAD_REQUEST),
    (ConflictError, HTTPStatus.CONFLICT),
    (UnavailableError, HTTPStatus.SERVICE_UNAVAILABLE),
)
_SENTENCES = {
    HTTPStatus.NOT_FOUND: "没有这个地址。",
    HTTPStatus.METHOD_NOT_ALLOWED: "这个地址不接受这种请求方法。",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "请求的内容过大，没有受理。",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "不接受这种内容类型，请按接口说明提交。",
    HTTPStatus.TOO_MANY_REQUESTS: "请求过于频繁，请稍后再试。",
    HTTPStatus.SERVICE_UNAVAILABLE: "服务暂时繁忙，请稍后重试。",
}
_MOST_PLACES = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """A failure as the caller is told: HTTP status, stable code, a Chinese sentence, headers that belong to it.

    `more` holds further members of the problem (RFC 9457 section 3.2).
    """

    status: HTTPStatus
    code: str
    detail: str
    headers: dict[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


def answer_errors_with_problems(app: FastAPI) -> None:
    """Turn every failure of an application into a problem; details of our own faults stay inside."""

    def refused(request: Request, error: Exception) -> Response:
        return problem_response(request, describe(error))

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


def describe(error: Exception) -> Problem:
    """What the caller is told of an exception."""
    match error:
        case HTTPException():
            status = HTTPStatus(error.status_code)
            code = status.name.lower().replace("_", "-")
            more = error.more if isinstance(error, TooManyRequests) else {}
            sentence = _SENTENCES.get(status, "请求没有被接受。")
            return Problem(status, code, sentence, dict(error.headers or {}), more)
        case RequestValidationError():
            return _invalid(error)
        case NotSignedIn():
            return Problem(status_of(error), error.code, str(error), {"WWW-Authenticate": "Bearer"})
        case QuotaExceeded():
            waiting = {"Retry-After": str(error.wait_seconds)}
            return Problem(
                status_of(error), error.code, str(error), waiting, {"violated-policies": [error.policy]}
            )
        case MistypedCode():
            place = "check-symbol" if error.group is None else f"group-{error.group}"
            errors = [{"pointer": "#/code", "code": place}]
            return Problem(status_of(error), error.code, str(error), more={"errors": errors})
        case UnavailableError():
            again = {"Retry-After": str(_AGAIN_SECONDS)}
            return Problem(status_of(error), error.code, str(error), again)
        case CertsvcError() if status_of(error) < HTTPStatus.INTERNAL_SERVER_ERROR:
            return Problem(status_of(error), error.code, str(error))
        case _:
            return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "failure", "服务内部出现故障，已中止本次请求。")


def problem_response(request: Request, problem: Problem) -> Response:
    """The answer of a problem, never cached; `instance` names the request."""
    content = {
        "type": f"urn:certsvc:problem:{problem.code}",
        "title": problem.status.phrase,
        "status": int(problem.status),
        "detail": problem.detail,
        "code": problem.code,
        "instance": f"urn:certsvc:request:{request_number_of(request.scope)}",
        **problem.more,
    }
    headers = {"Cache-Control": "no-store"} | problem.headers
    return JSONResponse(content, problem.status, headers, "application/problem+json")


def _invalid(error: RequestValidationError) -> Problem:
    """What is wrong and where, as JSON pointers (RFC 6901); never the value that was sent."""
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return Problem(HTTPStatus.BAD_REQUEST, "bad-request", "请求内容不是有效的 JSON，请核对后重试。")
    places = [
        {"pointer": _pointer(one["loc"], one["type"]), "code": one["type"].replace("_", "-")}
        for one in found[:_MOST_PLACES]
    ]
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "unprocessable-content",
        "请求的参数不符合接口说明，请核对后重试。",
        more={"errors": places},
    )


def _pointer(place: Sequence[str | int], kind: str) -> str:
    """The place below the body; of a field that nobody knows, whose name is the caller's own text, the object it is in."""
    known = place[1:-1] if kind == "extra_forbidden" else place[1:]
    return "#" + "".join(f"/{part}" for part in known)
