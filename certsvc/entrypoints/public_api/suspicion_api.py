"""`/api/v1/suspicions`: a suspected fake is reported by name, and the reporter asks how far the case is."""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64
from http import HTTPStatus
from typing import Any, Final

from certverify.manual_code import LONGEST_TYPED
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from certsvc.domain.suspicion import (
    LARGEST_ATTACHMENT,
    LONGEST_ACCOUNT,
    LONGEST_CONTACT,
    LONGEST_NAME,
    LONGEST_PLACE,
    CaseOutcome,
    CaseStatus,
    suspicion_report,
)
from certsvc.entrypoints.public_api.answers import ASKED, problem_answers, problem_told
from certsvc.entrypoints.public_api.askers import asker_of
from certsvc.entrypoints.public_api.guarding import allow_or_prove, limited_as_verification, refuse_reading
from certsvc.entrypoints.public_api.questions import LONGEST_QR_TEXT
from certsvc.entrypoints.public_api.service import PublicService
from certsvc.entrypoints.public_api.verification_api import JsonRoute
from certsvc.entrypoints.suspicion_objects import state_object
from certsvc.errors import RequestError
from certsvc.stages.suspicions import UNKNOWN_CASE

SUSPICIONS_PATH: Final = "/api/v1/suspicions"
STATE_PATH: Final = f"{SUSPICIONS_PATH}/state"
_LONGEST_ATTACHED: Final = (LARGEST_ATTACHMENT + 2) // 3 * 4
MAX_REPORT_BYTES: Final = _LONGEST_ATTACHED + 32_768
_AN_HOUR: Final = 3600
_NO_STORE: Final = {"Cache-Control": "no-store"}


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SuspicionForm(_Form):
    """A suspected fake. At most one of `qr`, `code` and `number`: what was checked, as it was presented."""

    name: str = Field(
        min_length=1,
        max_length=4 * LONGEST_NAME,
        description="The reporter's real name.",
        examples=["林晓棠"],
    )
    contact: str = Field(
        min_length=1,
        max_length=4 * LONGEST_CONTACT,
        description="Telephone number or e-mail address of the reporter.",
        examples=["13900000000"],
    )
    shown_at: str = Field(
        min_length=1,
        max_length=4 * LONGEST_PLACE,
        description="Where it was shown: an employer, a website, an office.",
        examples=["某公司招聘现场"],
    )
    account: str = Field(
        min_length=1,
        max_length=4 * LONGEST_ACCOUNT,
        description="What happened; lines are kept.",
        examples=["应聘人员出示的证书，扫码显示内容被改动。"],
    )
    qr: str | None = Field(default=None, min_length=1, max_length=LONGEST_QR_TEXT, examples=[None])
    code: str | None = Field(default=None, min_length=1, max_length=LONGEST_TYPED, examples=[None])
    number: str | None = Field(default=None, min_length=1, max_length=64, examples=[None])
    file: str | None = Field(
        default=None,
        max_length=_LONGEST_ATTACHED,
        description=f"PDF, JPEG or PNG of at most {LARGEST_ATTACHMENT:,} bytes, in base64 (RFC 4648 section 4).",
        examples=[None],
    )


class StateQuestion(_Form):
    """Asked with the number and the code that the report was answered with; separators and small letters do not count."""

    number: str = Field(min_length=1, max_length=40, examples=["S7K3MQ2XR9"])
    code: str = Field(min_length=1, max_length=40, examples=["TBW4-HNC7-2KQX"])


def add_suspicions(app: FastAPI, service: PublicService) -> None:
    """Serve reports of suspected fakes, and their reporters."""
    router = APIRouter(route_class=JsonRoute, dependencies=[Depends(limited_as_verification(service))])

    @router.post(
        SUSPICIONS_PATH,
        status_code=HTTPStatus.CREATED,
        summary="Report a suspected fake",
        operation_id="report_suspicion",
        responses=_OPENED,
    )
    def report(request: Request, form: SuspicionForm) -> Response:
        """Opens a case for the authority, and changes nothing else: no certificate, no verdict.

        Everything in it is kept encrypted and read by the officials who are competent, each look noted. The same report again
        within a day is the same case. A few an hour; whoever hands in more computes first (429 with a challenge).
        """
        handed_in = suspicion_report(
            form.name,
            form.contact,
            form.shown_at,
            form.account,
            qr=form.qr,
            manual_code=form.code,
            number=form.number,
            attached=None if form.file is None else _decoded(form.file),
        )
        key = f"suspicion:{asker_of(request).key}"
        allow_or_prove(service, request, key, service.limits.suspicions_per_hour, _AN_HOUR)
        opened = service.suspicions.report(handed_in)
        answer = {"number": opened.number, "code": opened.code}
        return JSONResponse(answer, HTTPStatus.CREATED, headers=_NO_STORE)

    @router.post(STATE_PATH, summary="How far a case is", operation_id="suspicion_state", responses=_STATE)
    def state(question: StateQuestion) -> Response:
        """For the reporter. Unknown numbers and wrong codes give one and the same answer."""
        told = service.suspicions.state(question.number, question.code)
        return JSONResponse(state_object(told), headers=_NO_STORE)

    app.include_router(router)
    refuse_reading(app, SUSPICIONS_PATH, STATE_PATH)


def _decoded(text: str) -> bytes:
    try:
        return a2b_base64(text, strict_mode=True)
    except (Base64Error, ValueError) as error:
        raise RequestError("附件须按 base64 编码。请按接口说明提交。") from error


_TEXT: Final = {"type": "string"}
_PERHAPS: Final = {"type": ["string", "null"]}
_OPENED_EXAMPLE: Final = {"number": "S7K3MQ2XR9", "code": "TBW4-HNC7-2KQX"}
_OPENED: Final[dict[int | str, dict[str, Any]]] = {
    201: {
        "description": "The case, with the code by which the reporter asks how far it is.",
        "content": {
            "application/json": {
                "schema": {
                    "title": "OpenedCase",
                    "type": "object",
                    "additionalProperties": False,
                    "properties": dict.fromkeys(_OPENED_EXAMPLE, _TEXT),
                    "required": list(_OPENED_EXAMPLE),
                },
                "example": _OPENED_EXAMPLE,
            }
        },
    },
    **problem_answers(*ASKED),
}
_STATE_EXAMPLE: Final = {
    "number": "S7K3MQ2XR9",
    "status": "closed",
    "status_label": "已办结",
    "reported_at": "2026-11-20T08:00:00Z",
    "outcome": "true",
    "outcome_label": "属实",
    "words": "经核查，所举报的证书系伪造，已依规处理。感谢您的监督。",
    "reference": "吉人社职决〔2026〕8号",
    "closed_at": "2026-12-01T02:00:00Z",
}
_STATE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "How far the case is.",
        "content": {
            "application/json": {
                "schema": {
                    "title": "CaseState",
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "number": _TEXT,
                        "status": {"enum": [one.value for one in CaseStatus]},
                        "status_label": _TEXT,
                        "reported_at": {"type": "string", "format": "date-time"},
                        "outcome": {"enum": [*(one.value for one in CaseOutcome), None]},
                        "outcome_label": _PERHAPS,
                        "words": {**_PERHAPS, "description": "For the reporter; null once it is forgotten."},
                        "reference": {
                            **_PERHAPS,
                            "description": "Of the decision that followed a true case.",
                        },
                        "closed_at": {**_PERHAPS, "format": "date-time"},
                    },
                    "required": list(_STATE_EXAMPLE),
                },
                "example": _STATE_EXAMPLE,
            }
        },
    },
    404: problem_told(HTTPStatus.NOT_FOUND, UNKNOWN_CASE),
    **problem_answers(*ASKED),
}
