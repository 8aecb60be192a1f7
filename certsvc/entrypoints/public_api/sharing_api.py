"""`/api/v1/share-grants/open`: what a holder chose to show to whoever has the code."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from certsvc.domain.share_grant import SHAREABLE
from certsvc.entrypoints.public_api.answers import problem_answers
from certsvc.entrypoints.public_api.guarding import limited, refuse_reading
from certsvc.entrypoints.public_api.service import PublicService
from certsvc.entrypoints.public_api.verification_api import JsonRoute
from certsvc.entrypoints.status_words import status_label

OPEN_PATH = "/api/v1/share-grants/open"
_LONGEST_CODE = 40

_EXAMPLE = {
    "status": "valid",
    "status_label": "有效",
    "fields": [
        {"field": "name", "label": "姓名", "value": "林晓棠"},
        {"field": "title", "label": "职称名称", "value": "高级工程师"},
        {"field": "validity_area", "label": "有效范围", "value": None},
    ],
    "recipient": "某公司",
    "ends_at": "2023-11-27T02:00:00Z",
}
_TEXT = {"type": "string"}
_SCHEMA: dict[str, Any] = {
    "title": "OpenedGrant",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "status": {
            "type": "string",
            "description": "Status of the certificate now, as in a verdict; unknown 无法判定 while the log is not fresh.",
        },
        "status_label": _TEXT,
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "field": {"enum": list(SHAREABLE)},
                    "label": _TEXT,
                    "value": {"type": ["string", "null"]},
                },
                "required": ["field", "label", "value"],
            },
        },
        "recipient": {"type": "string", "description": "Whom the holder meant the grant for."},
        "ends_at": {"type": "string", "format": "date-time"},
    },
    "required": list(_EXAMPLE),
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "What the holder chose to show.",
        "content": {"application/json": {"schema": _SCHEMA, "example": _EXAMPLE}},
    },
    **problem_answers(
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    ),
}


class CodeQuestion(BaseModel):
    """Asked with the code of a grant; separators and small letters do not count."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    code: str = Field(min_length=1, max_length=_LONGEST_CODE, examples=["7K3M-Q2XR-9TBW-4HNC"])


def add_sharing(app: FastAPI, service: PublicService) -> None:
    """Serve the opening of share grants; every opening is noted before anything is shown."""

    limit = limited(service, "share", service.limits.verify_per_minute)
    router = APIRouter(route_class=JsonRoute, dependencies=[Depends(limit)])

    @router.post(OPEN_PATH, summary="Open a share grant", operation_id="open_share", responses=_ANSWERS)
    def open_share(question: CodeQuestion) -> Response:
        """Unknown, ended and cancelled codes give one and the same answer."""
        opened = service.shares.open(question.code)
        answer = {
            "status": opened.status.value,
            "status_label": status_label(opened.status),
            "fields": [
                {"field": key, "label": SHAREABLE[key].label, "value": value}
                for key, value in opened.fields.items()
            ],
            "recipient": opened.recipient,
            "ends_at": opened.ends_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    app.include_router(router)

    refuse_reading(app, OPEN_PATH)
