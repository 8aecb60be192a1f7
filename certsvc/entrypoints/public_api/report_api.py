"""`/api/v1/report`: a verification report 核验报告, a signed PDF of the verdict of this moment (docs/api.md)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import Response
from pydantic import Field

from certsvc.entrypoints.document_answers import document_answer
from certsvc.entrypoints.public_api.answers import ASKED, problem_answers
from certsvc.entrypoints.public_api.guarding import asked_by_number, limited_as_bundles, refuse_reading
from certsvc.entrypoints.public_api.noting import note_verdict
from certsvc.entrypoints.public_api.questions import (
    HolderVerifyQuestion,
    ManualCodeQuestion,
    ManualCodeVerifyQuestion,
    QrQuestion,
    QrVerifyQuestion,
)
from certsvc.entrypoints.public_api.service import PublicService
from certsvc.entrypoints.public_api.verification_api import JsonRoute
from certsvc.stages.verification_reports import BY_CODE, LONGEST_DAYS, VerificationReport

PATH: Final = "/api/v1/report"
Days = Annotated[
    int,
    Field(
        ge=1,
        le=LONGEST_DAYS,
        description="Days after which the report ends; without it as the authority has set.",
        examples=[90],
    ),
]


class QrReportQuestion(QrVerifyQuestion):
    """A QR text, and optionally the place of use and the days until the report ends."""

    days: Days | None = None


class ManualCodeReportQuestion(ManualCodeVerifyQuestion):
    """A manual code, and optionally the place of use and the days until the report ends."""

    days: Days | None = None


class HolderReportQuestion(HolderVerifyQuestion):
    """Number, name and last four characters, and optionally the place of use and the days until the report ends."""

    days: Days | None = None


ReportQuestion = QrReportQuestion | ManualCodeReportQuestion | HolderReportQuestion


def add_reports(app: FastAPI, service: PublicService) -> None:
    """Serve verification reports."""

    router = APIRouter(route_class=JsonRoute)

    @router.post(
        PATH,
        summary="A verification report",
        operation_id="report",
        responses=_ANSWERS,
        response_class=Response,
        dependencies=[Depends(limited_as_bundles(service))],
    )
    def report(request: Request, question: ReportQuestion) -> Response:
        """By the same questions as a verdict: the verdict of now, dated, numbered and signed, with the verdict's JSON inside.

        Its QR symbol is the certificate's own, so that scanning the report gives the verdict of that day; its report code
        leads to what it said (`/api/v1/report/check`). It ends after `days`. What the authority did not sign has no report
        (409); every report is noted, and counts as a bundle does.
        """
        made = _made(service, request, question)
        note_verdict(service, request, made.verdict)
        return document_answer(made.document, f"verification-report-{made.number}.pdf")

    app.include_router(router)

    refuse_reading(app, PATH)


def _made(service: PublicService, request: Request, question: ReportQuestion) -> VerificationReport:
    if isinstance(question, QrQuestion):
        return service.reports.make(question.qr, question.place, days=question.days)
    if isinstance(question, ManualCodeQuestion):
        found = service.codes.asked(question.symbols)
        return service.reports.make(found, question.place, asked=BY_CODE, days=question.days)
    with asked_by_number(service, request, question.claim):
        return service.reports.make(question.claim, question.place, days=question.days)


_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The report: one page, signed as certificates are (docs/formats/document.md).",
        "content": {
            "application/pdf": {"schema": {"type": "string", "format": "binary"}, "example": "%PDF-1.7 …"}
        },
    },
    **problem_answers(*ASKED, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
}
