"""The description of the interface for officials and programs (OpenAPI 3.1): problems on every route, whole references."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI

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
        return super().openapi()


def _answer(status: int) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": f"{_SHARED}Problem"}}}
    return {"description": HTTPStatus(status).phrase, "content": content}


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
