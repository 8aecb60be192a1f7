"""`/api/v1/report/check`: a verification report found again by the code printed on it (docs/api.md)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from certverify.manual_code import LONGEST_TYPED
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from certsvc.entrypoints.public_api.answers import ASKED, problem_answers, problem_told
from certsvc.entrypoints.public_api.guarding import limited_as_verification, refuse_reading
from certsvc.entrypoints.public_api.noting import note_verdict
from certsvc.entrypoints.public_api.sample_verdicts import verdict_examples
from certsvc.entrypoints.public_api.service import PublicService
from certsvc.entrypoints.public_api.verification_api import JsonRoute
from certsvc.formats.report_code import decode_report_code
from certsvc.formats.trust import trust_instant
from certsvc.stages.kept_reports import NO_REPORT, CheckedReport

PATH: Final = "/api/v1/report/check"
SCHEMA: Final = "certsvc-report-check/1"


class ReportCodeQuestion(BaseModel):
    """Asked with the report code 报告查验码; case, width, spaces and hyphens do not count."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    code: str = Field(
        min_length=1,
        max_length=LONGEST_TYPED,
        description="The 18 symbols on the report, the first is B.",
        examples=["BDQ7WE-S83HMV-8M8K2X"],
    )

    @property
    def symbols(self) -> str:
        """The 18 symbols. Raises MistypedReportCode."""
        return decode_report_code(self.code)


def add_report_checks(app: FastAPI, service: PublicService) -> None:
    """Answer those who hold a report."""

    router = APIRouter(route_class=JsonRoute)

    @router.post(
        PATH,
        summary="What a verification report said, and how its certificate stands now",
        operation_id="check_report",
        responses=_ANSWERS,
        dependencies=[Depends(limited_as_verification(service))],
    )
    def check_report(request: Request, question: ReportCodeQuestion) -> Response:
        """By the code printed on it: when it was made, what it said, whether it has ended, and the verdict of now.

        `document_sha256` is that of the PDF as it was given out: another file with this code is not the report. An unknown
        code, and one whose report was deleted after its time, give one and the same answer (404).
        """
        checked = service.report_checking.check(question.symbols)
        note_verdict(service, request, checked.now)
        return JSONResponse(_checked_object(checked), headers={"Cache-Control": "no-store"})

    app.include_router(router)

    refuse_reading(app, PATH)


def _checked_object(checked: CheckedReport) -> dict[str, Any]:
    report = checked.report
    return {
        "schema": SCHEMA,
        "report": {
            "number": report.number,
            "made_at": trust_instant(report.made_at),
            "ends_on": report.ends_on.isoformat(),
            "ended": checked.ended,
            "place": report.place,
            "document_sha256": report.document_sha256,
        },
        "then": dict(report.verdict),
        "now": checked.now.as_json(),
        "changed": checked.changed,
    }


_VERDICT: Final = {"$ref": "#/components/schemas/Verdict"}
_REPORT: Final[dict[str, Any]] = {
    "number": {"type": "string", "pattern": "^R[2-9A-HJKMNP-Z]{15}$"},
    "made_at": {"type": "string", "format": "date-time"},
    "ends_on": {"type": "string", "format": "date"},
    "ended": {"type": "boolean"},
    "place": {"anyOf": [{"type": "string", "pattern": "^[0-9]{6}$"}, {"type": "null"}]},
    "document_sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
}
_MEMBERS: Final[dict[str, Any]] = {
    "schema": {"const": SCHEMA},
    "report": {
        "type": "object",
        "properties": _REPORT,
        "required": list(_REPORT),
        "additionalProperties": False,
    },
    "then": _VERDICT,
    "now": _VERDICT,
    "changed": {"type": "boolean"},
}


def _example() -> dict[str, Any]:
    verdict = next(iter(verdict_examples().values()))
    told = verdict.get("value", verdict)
    return {
        "schema": SCHEMA,
        "report": {
            "number": "RK2M9QX4WBD3HTPC",
            "made_at": "2026-11-20T06:30:00Z",
            "ends_on": "2026-12-20",
            "ended": False,
            "place": None,
            "document_sha256": "5f" * 32,
        },
        "then": told,
        "now": told,
        "changed": False,
    }


_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The report as it was made, and the verdict of now by the same question.",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": _MEMBERS,
                    "required": list(_MEMBERS),
                    "additionalProperties": False,
                },
                "example": _example(),
            }
        },
    },
    **problem_answers(*ASKED),
    404: problem_told(HTTPStatus.NOT_FOUND, NO_REPORT),
}
