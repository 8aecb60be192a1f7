"""`/api/v1/mapping-statements/check`: how a mapping statement stands today, for whoever knows the holder."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from certsvc.domain.mapping import NO_CERTIFICATE, WORDING
from certsvc.entrypoints.mapping_objects import SCHEMA, mapping_object
from certsvc.entrypoints.public_api.answers import SENT, problem_answers
from certsvc.entrypoints.public_api.guarding import count_guess, limited_as_verification, refuse_reading
from certsvc.entrypoints.public_api.service import PublicService
from certsvc.entrypoints.public_api.verification_api import JsonRoute
from certsvc.stages.verify import HolderClaim

CHECK_PATH = "/api/v1/mapping-statements/check"

_EXAMPLE = {
    "schema": SCHEMA,
    "kind": WORDING,
    "note": NO_CERTIFICATE,
    "verdict": "passed",
    "reference": "M20260731059427K",
    "holder": "王*",
    "qualification": {"name": "示例职业资格", "grade": "中级", "obtained_on": "2021-10-31"},
    "title": {"series": "经济专业人员", "level": "中级", "title": "经济师"},
    "list": "吉人社函〔2021〕171号",
    "on": "2026-11-20",
    "findings": [],
}


def _object(**kinds: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": kinds,
        "required": list(kinds),
        "additionalProperties": False,
    }


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


_TEXT = {"type": "string"}
_ANSWER = {
    "title": "MappingAnswer",
    **_object(
        schema={"const": SCHEMA},
        kind={"const": WORDING},
        note=_TEXT,
        verdict={"enum": ["passed", "failed", "undetermined"]},
        reference=_or_null(_TEXT),
        holder=_or_null({"type": "string", "description": "Masked."}),
        qualification=_or_null(_object(name=_TEXT, grade=_or_null(_TEXT), obtained_on=_TEXT)),
        title=_or_null(_object(series=_TEXT, level=_TEXT, title=_TEXT)),
        list=_or_null({"type": "string", "description": "Document of the correspondence list in force."}),
        on=_or_null({"type": "string", "description": "The day for which this was looked up."}),
        findings={"type": "array", "items": _object(code=_TEXT, zh=_TEXT, en=_TEXT)},
    ),
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer; also what is annulled, or cannot be told, is answered with 200.",
        "content": {"application/json": {"schema": _ANSWER, "example": _EXAMPLE}},
    },
    **problem_answers(*SENT),
}


class StatementQuestion(BaseModel):
    """Asked with the reference of a statement, the holder's name and the last four characters of the ID number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    reference: str = Field(min_length=1, max_length=32, examples=["M20260731059427K"])
    name: str = Field(min_length=1, max_length=200, examples=["王某"])
    id_last4: str = Field(min_length=4, max_length=4, examples=["1022"])


def add_mapping_check(app: FastAPI, service: PublicService) -> None:
    """Serve the check of mapping statements."""

    limit = limited_as_verification(service)
    router = APIRouter(route_class=JsonRoute, dependencies=[Depends(limit)])

    @router.post(
        CHECK_PATH,
        summary="Check a mapping statement",
        operation_id="check_mapping_statement",
        responses=_ANSWERS,
    )
    def check_mapping_statement(question: StatementQuestion) -> Response:
        """List and qualification are looked up anew at every question.

        Unknown reference, another name and another ID give one and the same answer.
        """
        count_guess(service, question.reference)
        found = service.mappings.check(HolderClaim(question.reference, question.name, question.id_last4))
        return JSONResponse(mapping_object(found), headers={"Cache-Control": "no-store"})

    app.include_router(router)

    refuse_reading(app, CHECK_PATH)
