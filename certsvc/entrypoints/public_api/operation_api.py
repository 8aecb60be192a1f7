"""`/readyz` and `/metrics`: for those who run the service."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from certsvc.adapters.metrics import MEDIA_TYPE
from certsvc.entrypoints.http.problems import Problem, problem_response
from certsvc.entrypoints.public_api.answers import METRICS_ANSWERS, READY_ANSWERS
from certsvc.entrypoints.public_api.service import PublicService
from certsvc.stages.readiness import OK

_NO_STORE = {"Cache-Control": "no-store"}
_SENTENCE = "服务尚未就绪，暂时不能给出可靠的核验结果。请稍后重试。"


def add_operation(app: FastAPI, service: PublicService) -> None:
    """Serve readiness and measurements."""

    @app.get(
        "/readyz", summary="Whether answers can be relied on", operation_id="ready", responses=READY_ANSWERS
    )
    def ready(request: Request) -> Response:
        """Database, published checkpoint, keys: each `ok` or the reason why not.

        Beside them how each signing key stands: whether its holder answers, and until when it may sign. A key that cannot
        sign makes nothing unready, for answers do not need it; nor do annotated copies that are not finished. `sandbox`:
        which walls of the kernel stand around uploaded files that are looked into.
        """
        checks = dict(service.readiness.check())
        more: dict[str, object] = {
            "checks": checks,
            "signers": [one.as_json() for one in service.readiness.signers()],
            "unfinished_copies": service.readiness.unfinished_copies(),
            "sandbox": service.readiness.sandbox_walls(),
        }
        if set(checks.values()) == {OK}:
            return JSONResponse({"status": "ready"} | more, headers=_NO_STORE)
        problem = Problem(HTTPStatus.SERVICE_UNAVAILABLE, "not-ready", _SENTENCE, more=more)
        return problem_response(request, problem)

    @app.get(
        "/metrics",
        summary="Measurements",
        operation_id="metrics",
        responses=METRICS_ANSWERS,
        response_class=PlainTextResponse,
    )
    def metrics() -> Response:
        """Counts and times in the text format of Prometheus."""
        return Response(service.metrics.render(), headers=_NO_STORE | {"Content-Type": MEDIA_TYPE})
