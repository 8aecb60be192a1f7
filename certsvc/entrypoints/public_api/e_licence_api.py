"""`/api/v1/e-licence`: the metadata of a certificate in GB/T 36903 names, and the check of an identifier (docs/api.md)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from certsvc.domain.e_licence import (
    ELicenceIdentifier,
    IdentifierFault,
    read_e_licence_identifier,
)
from certsvc.entrypoints.e_licence_objects import (
    SAMPLE_IDENTIFIER,
    answer_schema,
    e_licence_object,
    sample_answer,
)
from certsvc.entrypoints.public_api.answers import ASKED, problem_answers
from certsvc.entrypoints.public_api.guarding import (
    asked_by_number,
    limited_as_bundles,
    limited_as_verification,
    refuse_reading,
)
from certsvc.entrypoints.public_api.noting import note_hand_out
from certsvc.entrypoints.public_api.questions import ManualCodeQuestion, ProofQuestion, QrQuestion
from certsvc.entrypoints.public_api.service import PublicService
from certsvc.entrypoints.public_api.verification_api import JsonRoute

PATH: Final = "/api/v1/e-licence"
IDENTIFIER_PATH: Final = "/api/v1/e-licence/identifier"
_LONGEST: Final = 256
_NO_STORE: Final = {"Cache-Control": "no-store"}
_WORDS: Final = {
    None: "标识的格式和校验位正确。仅凭标识不提供证照内容，也不说明该证照是否存在；"
    "请扫描证书二维码，或提供证书编号、姓名和证件号码后四位。",
    IdentifierFault.FORM: "不是电子证照标识：应以 1.2.156.3005.2 开头，后接证照类型代码、颁发机构代码、流水号、"
    "三位版本号和一位校验位，各部分以点分隔。请核对后重试。",
    IdentifierFault.CHECK: "标识的校验位不符，其中有写错的字符。请对照证书重新录入。",
}


class IdentifierQuestion(BaseModel):
    """An identifier as it is written."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    identifier: str = Field(min_length=1, max_length=_LONGEST, examples=[SAMPLE_IDENTIFIER])


def add_e_licences(app: FastAPI, service: PublicService) -> None:
    """Serve metadata and the check of identifiers."""
    router = APIRouter(route_class=JsonRoute)

    @router.post(
        PATH,
        summary="The metadata of a certificate as an e-licence",
        operation_id="e_licence",
        responses=_ANSWERS,
        dependencies=[Depends(limited_as_bundles(service))],
    )
    def e_licence(request: Request, question: ProofQuestion) -> Response:
        """By the QR record, its manual code, or number, name and last four characters together; the holder is masked.

        Every answer is noted, and counts as a bundle does. Whatever does not agree has one and the same answer.
        """
        if isinstance(question, QrQuestion):
            answer = service.e_licences.masked(question.qr)
        elif isinstance(question, ManualCodeQuestion):
            answer = service.e_licences.masked(service.codes.asked(question.symbols))
        else:
            with asked_by_number(service, request, question.claim):
                answer = service.e_licences.masked(question.claim)
        note_hand_out(service, request, answer.number)
        return JSONResponse(e_licence_object(answer), headers=_NO_STORE)

    @router.post(
        IDENTIFIER_PATH,
        summary="Whether an e-licence identifier is written rightly",
        operation_id="e_licence_identifier",
        responses=_IDENTIFIER_ANSWERS,
        dependencies=[Depends(limited_as_verification(service))],
    )
    def identifier(question: IdentifierQuestion) -> Response:
        """Form and check character, and the parts; nothing is looked up, so nothing is said of any certificate."""
        return JSONResponse(identifier_object(question.identifier), headers=_NO_STORE)

    app.include_router(router)

    refuse_reading(app, PATH, IDENTIFIER_PATH)


def identifier_object(text: str) -> dict[str, Any]:
    """What can be told of a written identifier without looking anything up."""
    read = read_e_licence_identifier(text)
    if isinstance(read, ELicenceIdentifier):
        parts = {
            "type_code": read.type_code,
            "issuer": read.issuer,
            "serial": read.serial,
            "version": read.version,
        }
        return {"right": True, "fault": None, "parts": parts, "zh": _WORDS[None]}
    return {"right": False, "fault": read.value, "parts": None, "zh": _WORDS[read]}


_METADATA_EXAMPLE: Final = sample_answer("林**", "**************1022")
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The metadata with the holder masked, and the status of now.",
        "content": {"application/json": {"schema": answer_schema(), "example": _METADATA_EXAMPLE}},
    },
    **problem_answers(*ASKED, HTTPStatus.NOT_FOUND),
}
_PARTS: Final[dict[str, Any]] = {
    "type": ["object", "null"],
    "additionalProperties": False,
    "properties": {
        "type_code": {"type": "string", "description": "证照类型代码"},
        "issuer": {"type": "string", "description": "证照颁发机构代码"},
        "serial": {"type": "string", "description": "流水号"},
        "version": {"type": "integer", "minimum": 1, "maximum": 999, "description": "版本号"},
    },
    "required": ["type_code", "issuer", "serial", "version"],
}
_IDENTIFIER_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "What the identifier itself says; also a wrong one is answered with 200.",
        "content": {
            "application/json": {
                "schema": {
                    "title": "IdentifierAnswer",
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "right": {"type": "boolean"},
                        "fault": {
                            "enum": [*(fault.value for fault in IdentifierFault), None],
                            "description": "form: not of the form; check: another check character.",
                        },
                        "parts": _PARTS,
                        "zh": {"type": "string"},
                    },
                    "required": ["right", "fault", "parts", "zh"],
                },
                "example": identifier_object(SAMPLE_IDENTIFIER),
            }
        },
    },
    **problem_answers(*ASKED),
}
