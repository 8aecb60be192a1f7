"""The signer's addresses: what each key is, one signature, whether the keys answer."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from time import monotonic

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from certsvc.adapters.key_names import is_key_name
from certsvc.adapters.remote_keys import KEY_FORMAT, LONGEST_MESSAGE
from certsvc.adapters.signature_log import SignatureNote
from certsvc.entrypoints.http.body import read_body
from certsvc.entrypoints.http.bounds import TimeLimit
from certsvc.entrypoints.http.problems import answer_errors_with_problems
from certsvc.entrypoints.http.request_log import RequestLog
from certsvc.entrypoints.http.security_headers import SecurityHeaders
from certsvc.errors import NotSignedIn, UnavailableError, UnknownReference
from certsvc.ports.signing import KeyHolder

_SECONDS = 30.0
_HEALTH_SECONDS = 5.0
_FIRST_KEYS = ("record", "log", "document", "api")
_NO_STORE = {"Cache-Control": "no-store"}


def signer_app(holder: KeyHolder, token: str, note: Callable[[SignatureNote], None]) -> FastAPI:
    """The application. `note` writes down a signature before it is handed out; what it raises keeps the signature back."""
    app = FastAPI(title="certsvc signer", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(TimeLimit, seconds=_SECONDS)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestLog)
    answer_errors_with_problems(app)
    health = _Health(holder)

    @app.get("/healthz")
    def healthz() -> Response:
        health.require()
        return JSONResponse({"status": "ok"}, headers=_NO_STORE)

    @app.get("/v1/keys/{name}")
    def key(name: str, request: Request) -> Response:
        _require_caller(request, token)
        public_key = holder.public_key(_known(name))
        fields = {"format": KEY_FORMAT, "name": name, "public_key": b64encode(public_key).decode("ascii")}
        return JSONResponse(fields, headers=_NO_STORE)

    @app.post("/v1/keys/{name}/sign")
    async def sign(name: str, request: Request) -> Response:
        _require_caller(request, token)
        if request.headers.get("content-type") != "application/octet-stream":
            raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        try:
            message = await read_body(request, LONGEST_MESSAGE)
        except ClientDisconnect as error:  # gone, or too slow (connections.py): nobody hears this
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT) from error
        caller = "" if request.client is None else request.client.host
        signature = await run_in_threadpool(_sign, _known(name), message, caller)
        return Response(signature, media_type="application/octet-stream", headers=_NO_STORE)

    def _sign(name: str, message: bytes, caller: str) -> bytes:
        signature = holder.sign(name, message)
        note(SignatureNote(name, len(message), sha256(signature).hexdigest(), caller))
        return signature

    return app


class _Health:
    """Whether the keys answer, asked at most every few seconds, whoever wants to know."""

    def __init__(self, holder: KeyHolder) -> None:
        self._holder = holder
        self._well_until = 0.0

    def require(self) -> None:
        """Return when there is a key that can be asked for. Raises UnavailableError."""
        if monotonic() < self._well_until:
            return
        if not any(map(self._has, _FIRST_KEYS)):
            raise UnavailableError("签名服务没有可用的密钥。请检查密钥文件夹或签名设备。")
        self._well_until = monotonic() + _HEALTH_SECONDS

    def _has(self, name: str) -> bool:
        try:
            self._holder.public_key(name)
        except UnknownReference:
            return False
        return True


def _require_caller(request: Request, token: str) -> None:
    """Before anything of the request is looked at."""
    given = request.headers.get("authorization", "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {token}".encode("ascii")):
        raise NotSignedIn("签名服务的令牌缺失或不正确。")


def _known(name: str) -> str:
    """The name of a key. Raises UnknownReference, in which nothing of what was sent stands."""
    if not is_key_name(name):
        raise UnknownReference("没有这个名称的签名密钥。")
    return name
