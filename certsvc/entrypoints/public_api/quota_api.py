"""`/api/v1/quota`: what an organisation's key may still ask (docs/api-keys.md)."""

from __future__ import annotations

from datetime import UTC
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from certsvc.entrypoints.http.allowances import require_allowance
from certsvc.entrypoints.public_api.answers import problem_answers
from certsvc.entrypoints.public_api.askers import asker_of
from certsvc.entrypoints.public_api.key_quotas import note_quota
from certsvc.entrypoints.public_api.service import PublicService
from certsvc.errors import NotSignedIn

PATH: Final = "/api/v1/quota"
_A_MINUTE: Final = 60
_EXAMPLE: Final = {
    "key": "7k3mq2xr9t",
    "organisation": "某市人才服务中心",
    "purpose": "招聘资格审查",
    "per_minute": {"limit": 600, "remaining": 598},
    "per_day": {"limit": 100000, "used": 1250, "remaining": 98750, "resets_at": "2026-11-20T16:00:00Z"},
    "ends_on": None,
}
_COUNT: Final = {"type": "integer", "minimum": 0}
_SCHEMA: Final[dict[str, Any]] = {
    "title": "Quota",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "key": {"type": "string", "description": "The part of the key that is no secret."},
        "organisation": {"type": "string"},
        "purpose": {"type": "string"},
        "per_minute": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"limit": _COUNT, "remaining": _COUNT},
            "required": ["limit", "remaining"],
        },
        "per_day": {
            "type": "object",
            "description": "The day is that of Beijing.",
            "additionalProperties": False,
            "properties": {
                "limit": _COUNT,
                "used": _COUNT,
                "remaining": _COUNT,
                "resets_at": {"type": "string", "format": "date-time"},
            },
            "required": ["limit", "used", "remaining", "resets_at"],
        },
        "ends_on": {
            "type": ["string", "null"],
            "format": "date",
            "description": "The last day on which the key works.",
        },
    },
    "required": list(_EXAMPLE),
}
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "What is left; asking it uses nothing up.",
        "content": {"application/json": {"schema": _SCHEMA, "example": _EXAMPLE}},
    },
    **problem_answers(HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE),
}


def add_quota(app: FastAPI, service: PublicService) -> None:
    """Serve what is left of a quota, and let every route find the keys."""
    app.state.key_desk = service.key_desk

    def quota(request: Request) -> Response:
        """For whoever brings an organisation's key; nobody needs one to verify."""
        asker = asker_of(request)
        require_allowance(
            service.limiter.allow(f"quota:{asker.key}", service.limits.verify_per_minute, _A_MINUTE)
        )
        key = asker.organisation_key
        if key is None:
            raise NotSignedIn("请在 Authorization 中出示机构密钥，才能查询它的配额；核验不需要密钥。")
        left = note_quota(request, key, lambda: service.key_desk.left(key))
        answer = {
            "key": key.id,
            "organisation": key.organisation,
            "purpose": key.purpose,
            "per_minute": {"limit": key.per_minute, "remaining": left.this_minute},
            "per_day": {
                "limit": key.per_day,
                "used": left.used_today,
                "remaining": left.today,
                "resets_at": left.resets_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
            "ends_on": None if key.ends_on is None else key.ends_on.isoformat(),
        }
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    app.add_api_route(
        PATH,
        quota,
        methods=["GET"],
        summary="What is left of a key's quota",
        operation_id="quota",
        responses=_ANSWERS,
    )
