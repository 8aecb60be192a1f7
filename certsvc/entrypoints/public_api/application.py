"""The application: routes of the public face."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from certsvc.entrypoints.http.assets import load_assets, serve_assets
from certsvc.entrypoints.http.bounds import BodyLimit, TimeLimit
from certsvc.entrypoints.http.caching import (
    REVALIDATE,
    answer_compressed,
    answer_with_etag,
    compressed,
)
from certsvc.entrypoints.http.request_log import RequestLog
from certsvc.entrypoints.http.security_headers import SecurityHeaders
from certsvc.entrypoints.public_api.allowances_left import require_left
from certsvc.entrypoints.public_api.announced_pages import add_announced
from certsvc.entrypoints.public_api.answers import HEALTH_ANSWERS
from certsvc.entrypoints.public_api.batch_api import BATCH_PATH, MAX_BATCH_BYTES, add_batches
from certsvc.entrypoints.public_api.description import complete_description
from certsvc.entrypoints.public_api.e_licence_api import add_e_licences
from certsvc.entrypoints.public_api.guarding import limited_as_verification
from certsvc.entrypoints.public_api.heads import answer_heads
from certsvc.entrypoints.public_api.idempotency import IdempotencyDesk
from certsvc.entrypoints.public_api.installable import add_installable
from certsvc.entrypoints.public_api.job_api import (
    JOB_SECONDS,
    JOBS_PATH,
    MAX_JOB_BYTES,
    PREVIEW_PATH,
    add_verification_jobs,
)
from certsvc.entrypoints.public_api.key_quotas import QuotaHeaders
from certsvc.entrypoints.public_api.mapping_api import add_mapping_check
from certsvc.entrypoints.public_api.notice_pages import add_notices
from certsvc.entrypoints.public_api.operation_api import add_operation
from certsvc.entrypoints.public_api.pages import Pages
from certsvc.entrypoints.public_api.problems import answer_errors
from certsvc.entrypoints.public_api.quota_api import add_quota
from certsvc.entrypoints.public_api.report_api import add_reports
from certsvc.entrypoints.public_api.report_check_api import add_report_checks
from certsvc.entrypoints.public_api.scanner_headers import (
    PAGE_HEADERS,
    SYMBOL_WORKER,
    SYMBOL_WORKER_HEADERS,
)
from certsvc.entrypoints.public_api.service import Limits, PublicService
from certsvc.entrypoints.public_api.sharing_api import add_sharing
from certsvc.entrypoints.public_api.signed_verdict_api import add_signed_verdicts
from certsvc.entrypoints.public_api.statement_api import add_statements
from certsvc.entrypoints.public_api.suspicion_api import MAX_REPORT_BYTES, SUSPICIONS_PATH, add_suspicions
from certsvc.entrypoints.public_api.tree_files import classify_path, published_anchor, read_tree_file
from certsvc.entrypoints.public_api.verification_api import MAX_FORM_BYTES, PDF_PATH, add_verification
from certsvc.errors import UnavailableError, UnknownReference

READ = ["GET", "HEAD"]
MAX_JSON_BYTES = 16_384


class PublicFace(FastAPI):
    """The application, with the schemas of its answers in its description."""

    def openapi(self) -> dict[str, Any]:
        """The description of the interface (OpenAPI 3.1)."""
        if self.openapi_schema is None:
            described = super().openapi()
            complete_description(described, self.routes)
        return super().openapi()


def create_app(
    public_tree_folder: Path, service: PublicService | None = None, *, keeps_pages: bool = True
) -> FastAPI:
    """The public face over a published tree (docs/formats/ledger.md, "Public tree"): pages, checker, tree.

    With a `service`, `/api/v1`, `/readyz` and `/metrics` are there too (docs/api.md).
    Without `keeps_pages` browsers are told to forget the pages that they keep for times without network.
    The folder may still be empty: the pages then say that the ledger cannot be reached, and `/healthz` answers 503.
    Raises ConfigurationError when the pages or the checker's scripts are not where this installation keeps them.
    """
    assets = load_assets()
    pages = Pages(
        assets.address,
        asks_decision=service is not None,
        has_notices=service is not None,
        trust_anchor=published_anchor(public_tree_folder),
        keeps_pages=keeps_pages,
    )
    app = PublicFace(
        title="吉林省职称电子证书公开查验",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        servers=[{"url": "/"}],
    )
    _add_middleware(app, service)
    answer_errors(app, pages)
    _add_description(app)
    _add_pages(app, pages)
    serve_assets(app, assets, {SYMBOL_WORKER: SYMBOL_WORKER_HEADERS})
    add_installable(app, assets, pages, keeps_pages=keeps_pages)
    _add_health(app, public_tree_folder)
    if service is not None:
        add_verification(app, service)
        add_batches(app, service)
        add_verification_jobs(app, service)
        add_operation(app, service)
        add_notices(app, service, pages)
        add_announced(app, service, pages)
        add_sharing(app, service)
        add_e_licences(app, service)
        add_reports(app, service)
        add_report_checks(app, service)
        add_signed_verdicts(app, service)
        add_statements(app, service)
        add_suspicions(app, service)
        add_mapping_check(app, service)
        add_quota(app, service)
        app.state.idempotency = IdempotencyDesk(
            service.idempotent_requests,
            service.clock,
            limited_as_verification(service),
            partial(require_left, service),
        )
        _add_pages_of_the_service(app, pages)
    answer_heads(app)
    _add_tree(app, public_tree_folder)
    return app


def _add_middleware(app: FastAPI, service: PublicService | None) -> None:
    """The last one added is the outermost."""
    limits = Limits() if service is None else service.limits
    app.add_middleware(QuotaHeaders)
    app.add_middleware(
        BodyLimit,
        limit=MAX_JSON_BYTES,
        by_path={
            PDF_PATH: MAX_FORM_BYTES,
            BATCH_PATH: MAX_BATCH_BYTES,
            JOBS_PATH: MAX_JOB_BYTES,
            PREVIEW_PATH: MAX_JOB_BYTES,
            SUSPICIONS_PATH: MAX_REPORT_BYTES,
        },
    )
    app.add_middleware(TimeLimit, seconds=limits.answer_seconds, below={JOBS_PATH: JOB_SECONDS})
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestLog, count=None if service is None else service.metrics.count_request)


def _add_description(app: FastAPI) -> None:
    def description(request: Request) -> Response:
        content = json.dumps(app.openapi(), ensure_ascii=False).encode()
        return answer_compressed(request, compressed(content), "application/json", REVALIDATE)

    app.add_api_route("/openapi.json", description, methods=READ, include_in_schema=False)


def _add_pages(app: FastAPI, pages: Pages) -> None:
    def start(request: Request) -> Response:
        return _checking_page(request, pages.start)

    def verdict(request: Request) -> Response:
        return _checking_page(request, pages.verdict)

    app.add_api_route("/", start, methods=READ, include_in_schema=False)
    app.add_api_route("/v", verdict, methods=READ, include_in_schema=False)


def _checking_page(request: Request, content: bytes) -> Response:
    answer = answer_compressed(request, compressed(content), "text/html; charset=utf-8", REVALIDATE)
    answer.headers.update(PAGE_HEADERS)
    return answer


def _add_pages_of_the_service(app: FastAPI, pages: Pages) -> None:
    """Only where the service answers: these pages ask it, and check nothing in the browser."""
    for path, content in (
        ("/historical", pages.historical),
        ("/batch", pages.batch),
        ("/share", pages.share),
        ("/suspicion", pages.suspicion),
    ):
        app.add_api_route(path, _page_route(content), methods=READ, include_in_schema=False)


def _page_route(content: bytes) -> Callable[[Request], Response]:
    def page(request: Request) -> Response:
        return answer_with_etag(request, content, "text/html; charset=utf-8", REVALIDATE)

    return page


def _add_health(app: FastAPI, folder: Path) -> None:
    def health() -> Response:
        if read_tree_file(folder, "checkpoint") is None:
            raise UnavailableError("公开账本尚未发布检查点。")
        return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})

    app.add_api_route(
        "/healthz",
        health,
        methods=["GET"],
        summary="Whether this server can answer checks",
        operation_id="health",
        responses=HEALTH_ANSWERS,
    )


def _add_tree(app: FastAPI, folder: Path) -> None:
    def tree_file(request: Request) -> Response:
        # Not the path parameter: the router drops a line feed at its end.
        path: str = request.scope["path"].removeprefix("/")
        kind = classify_path(path)
        content = None if kind is None else read_tree_file(folder, path)
        if kind is None or content is None:
            raise UnknownReference("没有这个文件。")
        answer = answer_with_etag(request, content, kind.media_type, kind.caching)
        # Public and without credentials: a checker on another site may read it too.
        answer.headers["Access-Control-Allow-Origin"] = "*"
        answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return answer

    app.add_api_route("/{path:path}", tree_file, methods=READ, include_in_schema=False)
