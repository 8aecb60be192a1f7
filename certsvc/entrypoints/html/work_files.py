"""The files of the pages that people work in, and the choice of their language: the same for both faces."""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import Response

from certsvc.entrypoints.html.addresses import local_address
from certsvc.entrypoints.html.forms import given_form
from certsvc.entrypoints.html.language import Language, remember_language
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.http.assets import load_work_assets, serve_assets
from certsvc.entrypoints.http.bounds import BodyLimit
from certsvc.entrypoints.http.problems import answer_errors_with_problems
from certsvc.entrypoints.http.security_headers import SecurityHeaders

LANGUAGE_PATH: Final = "/work-language"
PATHS: Final = ("/work-assets", LANGUAGE_PATH)
"""The addresses that this application serves, with everything below them."""
FACES: Final = ("/console", "/portal")
_SMALL: Final = 4096


def create_work_files() -> FastAPI:
    """Stylesheets, scripts and pictures by digest; `POST /work-language` keeps a language and goes back."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(BodyLimit, limit=_SMALL)
    app.add_middleware(SecurityHeaders)
    answer_errors_with_problems(app)
    serve_assets(app, load_work_assets())
    app.add_api_route(LANGUAGE_PATH, _choose, methods=["POST"], include_in_schema=False)
    return app


async def _choose(request: Request) -> Response:
    """Nothing but the look of the pages depends on it: no sign-in, no token."""
    form = await given_form(request)
    language = Language.ENGLISH if form.text("language") == Language.ENGLISH else Language.CHINESE
    back = form.text("back")
    ways = (local_address(back, face) for face in FACES)
    answer = go_to(next((way for way in ways if way is not None), FACES[0]))
    remember_language(answer, language)
    return answer
