"""Statements 历史数据说明 for the portal in which holders sign in: a program that is registered for it asks in their name."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import Field

from certsvc.domain.permission import Action
from certsvc.entrypoints.console.access import Asked, asked, office_of
from certsvc.entrypoints.console.forms import json_body, json_form
from certsvc.entrypoints.console.shares import HolderForm, PortalForm
from certsvc.entrypoints.document_answers import statement_answer
from certsvc.entrypoints.http.permitted import needs

router = APIRouter(prefix="/api/v1/holder/statements", tags=["statements"])
Caller = Annotated[Asked, Depends(asked)]
_PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {}}, "description": "The document, its exact bytes."}
}


class StatementForm(PortalForm):
    """Which record: its check reference `H…`, or the number of the old certificate."""

    holder: HolderForm
    number: str = Field(min_length=1, max_length=200)


@router.post(
    "",
    summary="The holder's own statement of a historical record",
    openapi_extra=json_body(StatementForm),
    response_class=Response,
    responses=_PDF,
)
@needs(Action.STATEMENT_READ, on="historical-statement")
def statement(request: Request, caller: Caller) -> Response:
    """The same version of a record always gives the same bytes; the look is written down first."""
    form = json_form(request, caller.raw_body, StatementForm)
    office = office_of(request)
    office.permits.require(Action.STATEMENT_READ, caller.caller, "historical-statement")
    return statement_answer(office.statements.for_holder(form.holder.holder, form.number, caller.caller))
