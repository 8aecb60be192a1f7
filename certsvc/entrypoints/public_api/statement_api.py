"""`/api/v1/statement`: the statement 历史数据说明 of a historical record as a signed page."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import Response

from certsvc.entrypoints.document_answers import statement_answer
from certsvc.entrypoints.public_api.answers import ASKED, problem_answers, problem_told
from certsvc.entrypoints.public_api.guarding import asked_by_number, limited_as_bundles, refuse_reading
from certsvc.entrypoints.public_api.questions import HolderQuestion
from certsvc.entrypoints.public_api.service import PublicService
from certsvc.entrypoints.public_api.verification_api import JsonRoute
from certsvc.stages.statements import NO_RECORD

PATH: Final = "/api/v1/statement"


def add_statements(app: FastAPI, service: PublicService) -> None:
    """Serve statements of historical records."""

    router = APIRouter(route_class=JsonRoute)

    @router.post(
        PATH,
        summary="The statement of a historical record",
        operation_id="statement",
        responses=_ANSWERS,
        response_class=Response,
        dependencies=[Depends(limited_as_bundles(service))],
    )
    def statement(request: Request, question: HolderQuestion) -> Response:
        """By check reference or number of the old certificate, with name and last four characters, as verification asks.

        What the older papers record, word for word; its QR symbol leads to the verdict of its reader's day. The same version
        of a record always gives the same bytes. What does not agree has one answer (404); of a record that is disputed,
        corrected or revoked nothing is stated (409). Every statement is noted, and counts as a bundle does.
        """
        with asked_by_number(service, request, question.claim):
            return statement_answer(service.statements.for_claim(question.claim))

    app.include_router(router)

    refuse_reading(app, PATH)


_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The statement: one page, signed as certificates are (docs/formats/document.md).",
        "content": {
            "application/pdf": {"schema": {"type": "string", "format": "binary"}, "example": "%PDF-1.7 …"}
        },
    },
    404: problem_told(HTTPStatus.NOT_FOUND, NO_RECORD),
    409: problem_told(
        HTTPStatus.CONFLICT, "该历史数据有异议，正在核实，暂不能出具历史数据说明。请待处理完毕后再办理。"
    ),
    **problem_answers(*ASKED),
}
