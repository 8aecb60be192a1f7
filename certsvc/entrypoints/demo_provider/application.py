"""The demo's provider over HTTP, on this machine alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qsl

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from certsvc.adapters.shipped import shipped_folder
from certsvc.entrypoints.demo_provider.protocol import DemoProvider
from certsvc.entrypoints.http.bounds import BodyLimit
from certsvc.entrypoints.http.problems import answer_errors_with_problems
from certsvc.errors import ConfigurationError
from certsvc.settings import Settings

HOST: Final = "127.0.0.1"
_SEE_OTHER: Final = 303
_LARGEST: Final = 16 * 1024
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def create_demo_provider(settings: Settings, provider: DemoProvider) -> FastAPI:
    """The application. Raises ConfigurationError in production: its people are made up and show nothing."""
    if settings.environment == "production":
        raise ConfigurationError("演示用的统一身份认证只用于测试环境，不能在生产环境启动。")
    app = FastAPI(title="demo provider", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(BodyLimit, limit=_LARGEST)
    answer_errors_with_problems(app)

    @app.get("/.well-known/openid-configuration")
    def metadata() -> Response:
        return JSONResponse(provider.metadata(), headers=_HEADERS)

    @app.get("/jwks")
    def keys() -> Response:
        return JSONResponse(dict(provider.keys()), headers=_HEADERS)

    @app.get("/authorize")
    def people(request: Request) -> Response:
        asked = provider.asked(request.query_params)
        chosen = [level.acr for level in asked.client.levels]
        fitting = [acr for acr in chosen if acr in asked.levels] or chosen
        return _page("sign_in", asked=asked, chosen=fitting[-1], query=request.url.query)

    @app.post("/authorize")
    async def agree(request: Request) -> Response:
        asked = provider.asked(request.query_params)
        form = await _form(request)
        if "decline" in form:
            back = provider.decline(asked)
        else:
            back = provider.grant(asked, form.get("person", ""), form.get("level", ""))
        return RedirectResponse(back, _SEE_OTHER, _HEADERS)

    @app.post("/token")
    async def token(request: Request) -> Response:
        form = await _form(request)
        status, answer = provider.redeem(form, request.headers.get("authorization", ""))
        return JSONResponse(answer, status, _HEADERS)

    @app.get("/end-session")
    def leave(client_id: str = "", post_logout_redirect_uri: str = "") -> Response:
        client = provider.client(client_id)
        known = client is not None and client.back_address == post_logout_redirect_uri
        return _page("signed_out", back=post_logout_redirect_uri if known else None)

    @app.get("/style.css")
    def style() -> Response:
        raw = (shipped_folder("templates") / "demo-provider" / "style.css").read_bytes()
        return Response(raw, media_type="text/css", headers=_HEADERS)

    return app


@contextmanager
def demo_provider_beside(settings: Settings, provider: DemoProvider, port: int) -> Iterator[None]:
    """Serve the provider on a port of this machine, in a thread, while something else is done."""
    config = uvicorn.Config(
        create_demo_provider(settings, provider), HOST, port, log_level="warning", access_log=False, ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace")))


def _page(name: str, **values: Any) -> Response:
    page = _environment().get_template(f"demo-provider/{name}.html.j2").render(values)
    return HTMLResponse(page, headers=_HEADERS)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(shipped_folder("templates")), autoescape=True, undefined=StrictUndefined
    )
