"""The description of the interface for officials and programs (OpenAPI 3.1): problems on every route, whole references."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI

from certsvc.entrypoints.console.platform_examples import ANSWERS, KEYS, PDF, PLATFORM, REQUESTS
from certsvc.entrypoints.console.platform_schemas import SCHEMAS
from certsvc.entrypoints.http.described_examples import add_request_examples, operations

PROBLEMS: Final = (400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
"""The statuses that every route may refuse with."""
_PROBLEM: Final = {
    "title": "Problem",
    "description": "Problem details (RFC 9457); `code` is stable, `detail` is a sentence for the person.",
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "code": {"type": "string"}},
                "required": ["pointer", "code"],
            },
        },
    },
    "required": ["type", "title", "status", "detail", "code", "instance"],
}
_LOCAL, _SHARED = "#/$defs/", "#/components/schemas/"
_UNUSED = ("HTTPValidationError", "ValidationError")  # FastAPI's own form of 422, which is not answered here


SIGNED_SCHEME, SESSION_SCHEME = "signedRequest", "session"
_SCHEMES: Final = {
    SIGNED_SCHEME: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A token for this one request, signed by a registered program, with the digest of the body "
        "(docs/sign-in.md).",
    },
    SESSION_SCHEME: {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-certsvc-session",
        "description": "The session of a signed-in official; whatever changes something needs the header X-CSRF-Token too.",
    },
}
_TOLD: Final = {
    400: ("bad-request", "请求没有内容。请按接口说明提交。"),
    401: ("not-signed-in", "没有登记签发该服务令牌的系统，或其登记已取消。请先登记。"),
    403: ("not-permitted", "该系统没有登记办理这一事项的用途。"),
    404: ("unknown-reference", "没有与持证人相符的证书。请核对证书编号。"),
    409: ("conflict", "该证书已撤销（吉人社职撤〔2024〕3号），不再提供证书文件。"),
    413: ("request-entity-too-large", "请求的内容过大，没有受理。"),
    415: ("unsupported-media-type", "不接受这种内容类型，请按接口说明提交。"),
    422: ("unprocessable-content", "请求的参数不符合接口说明，请核对后重试。"),
    429: ("too-many-requests", "请求过于频繁，请稍后再试。"),
    503: ("unavailable", "数据库暂时无法使用。请稍后重试，或联系管理员。"),
}


class ConsoleFace(FastAPI):
    """The application, with what its routes refuse in its description."""

    def openapi(self) -> dict[str, Any]:
        """The description of the interface."""
        if self.openapi_schema is None:
            described = super().openapi()
            schemas: dict[str, Any] = {}
            described["paths"] = _shared(described["paths"], schemas)
            kept = described.setdefault("components", {}).setdefault("schemas", {})
            for name in _UNUSED:
                kept.pop(name, None)
            kept |= {**schemas, "Problem": _PROBLEM}
            for path in described["paths"].values():
                for operation in path.values():
                    operation["responses"] |= {str(status): _answer(status) for status in PROBLEMS}
            described["components"]["securitySchemes"] = _SCHEMES
            for name, operation in operations(described):
                operation["security"] = _security(name)
                _show_answer(name, operation)
            add_request_examples(described, REQUESTS)
        return super().openapi()


def _answer(status: int) -> dict[str, Any]:
    phrase, (code, detail) = HTTPStatus(status).phrase, _TOLD[status]
    example = {
        "type": f"urn:certsvc:problem:{code}",
        "title": phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "instance": "urn:certsvc:request:0A1B2C3D4E",
    }
    content = {"schema": {"$ref": f"{_SHARED}Problem"}, "example": example}
    return {"description": phrase, "content": {"application/problem+json": content}}


def _security(path: str) -> list[dict[str, list[str]]]:
    """Signed requests for what programs alone may ask, a session beside them elsewhere; nothing for keys and sign-in."""
    if path == KEYS or path.startswith("/console/sign-in"):
        return []
    signed: dict[str, list[str]] = {SIGNED_SCHEME: []}
    return [signed] if path.startswith(PLATFORM) else [signed, {SESSION_SCHEME: []}]


def _show_answer(path: str, operation: dict[str, Any]) -> None:
    """Give the 200 of an operation for programs its example, and its schema where the route has none."""
    if path not in ANSWERS:
        return
    for media_type, content in operation["responses"]["200"]["content"].items():
        if (media_type == "application/json") == (ANSWERS[path] != PDF):
            content["example"] = ANSWERS[path]
            if path in SCHEMAS:
                content["schema"] = SCHEMAS[path]


def _shared(part: Any, schemas: dict[str, Any]) -> Any:
    """The part with its `$defs` moved to `schemas` and the references led there."""
    if isinstance(part, list):
        return [_shared(one, schemas) for one in part]
    if not isinstance(part, dict):
        return part
    for name, schema in part.get("$defs", {}).items():
        schemas[name] = _shared(schema, schemas)
    moved = {key: _shared(value, schemas) for key, value in part.items() if key != "$defs"}
    if isinstance(moved.get("$ref"), str):
        moved["$ref"] = moved["$ref"].replace(_LOCAL, _SHARED)
    return moved
