"""The application: routes of the public face."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from certsvc.entrypoints.http.security_headers import SecurityHeaders
from certsvc.entrypoints.public_api.assets import Assets, load_assets
from certsvc.entrypoints.public_api.caching import FOREVER, REVALIDATE, answer_with_etag
from certsvc.entrypoints.public_api.pages import Pages
from certsvc.entrypoints.public_api.problems import answer_errors
from certsvc.entrypoints.public_api.tree_files import classify_path, read_tree_file
from certsvc.errors import UnavailableError, UnknownReference

READ = ["GET", "HEAD"]


def create_app(public_tree_folder: Path) -> FastAPI:
    """The public face over a published tree (docs/formats/ledger.md, "Public tree").

    The folder may still be empty: the pages then say that the ledger cannot be reached, and `/healthz` answers 503.
    Raises ConfigurationError when the pages or the checker's scripts are not where this installation keeps them.
    """
    assets = load_assets()
    pages = Pages(assets.address)
    app = FastAPI(title="吉林省职称电子证书公开查验", docs_url=None, redoc_url=None)
    app.add_middleware(SecurityHeaders)
    answer_errors(app, pages)
    _add_pages(app, pages)
    _add_assets(app, assets)
    _add_health(app, public_tree_folder)
    _add_tree(app, public_tree_folder)
    return app


def _add_pages(app: FastAPI, pages: Pages) -> None:
    def start(request: Request) -> Response:
        return answer_with_etag(request, pages.start, "text/html; charset=utf-8", REVALIDATE)

    def verdict(request: Request) -> Response:
        return answer_with_etag(request, pages.verdict, "text/html; charset=utf-8", REVALIDATE)

    app.add_api_route("/", start, methods=READ, include_in_schema=False)
    app.add_api_route("/v", verdict, methods=READ, include_in_schema=False)


def _add_assets(app: FastAPI, assets: Assets) -> None:
    def asset(request: Request, digest: str, name: str) -> Response:
        found = assets.files.get(name) if digest == assets.digest else None
        if found is None:
            raise UnknownReference("没有这个文件。")
        return answer_with_etag(request, found.content, found.media_type, FOREVER)

    app.add_api_route("/assets/{digest}/{name}", asset, methods=READ, include_in_schema=False)


def _add_health(app: FastAPI, folder: Path) -> None:
    def health() -> Response:
        if read_tree_file(folder, "checkpoint") is None:
            raise UnavailableError("公开账本尚未发布检查点。")
        return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})

    app.add_api_route("/healthz", health, methods=READ, summary="Whether this server can answer checks")


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

    app.add_api_route("/{path:path}", tree_file, methods=READ, summary="A file of the public tree")
