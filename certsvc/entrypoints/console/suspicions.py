"""Suspicion cases over HTTP for officials: listed, looked into with every look noted, assigned, closed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from certsvc.domain.decision_document import MediaType
from certsvc.domain.permission import Action
from certsvc.domain.suspicion import CaseOutcome, CaseStatus, case_closing
from certsvc.entrypoints.console.access import Asked, asked, office_of
from certsvc.entrypoints.console.forms import json_body, json_form
from certsvc.entrypoints.http.permitted import needs
from certsvc.entrypoints.suspicion_objects import case_object, shown_object

PATH = "/api/v1/suspicion-cases"
router = APIRouter(prefix=PATH, tags=["suspicions"])
CaseNumber = Annotated[str, Path(pattern="^S[0-9A-Z]{9}$")]
Caller = Annotated[Asked, Depends(asked)]
_NO_STORE = {"Cache-Control": "no-store"}


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class AssignmentForm(_Form):
    """Who looks into a case."""

    to: str = Field(min_length=1, max_length=64)


class ClosingForm(_Form):
    """How a case ended; the same words as `certsvc suspicion close`."""

    outcome: CaseOutcome = Field(strict=False)
    words: str = Field(max_length=2000)
    reference: str | None = Field(default=None, max_length=512)


@router.get("", summary="Suspicion cases, the oldest first")
@needs(Action.SUSPICION_READ, on="suspicion")
def listed(
    request: Request, caller: Caller, status: Annotated[CaseStatus | None, Query()] = None
) -> Response:
    """Those of the caller's authority, without anything personal."""
    found = office_of(request).suspicion_desk.cases.listed(caller.caller, status)
    return JSONResponse({"cases": [case_object(case) for case in found]}, headers=_NO_STORE)


@router.get("/{number}", summary="A suspicion case")
@needs(Action.SUSPICION_READ, on="suspicion/{number}")
def show(request: Request, number: CaseNumber, caller: Caller) -> Response:
    """Everything that was reported; the look is written down."""
    shown = office_of(request).suspicion_desk.cases.show(number, caller.caller, "console")
    return JSONResponse(shown_object(shown), headers=_NO_STORE)


@router.get("/{number}/attachment", summary="The file that was attached")
@needs(Action.SUSPICION_READ, on="suspicion/{number}")
def attachment(request: Request, number: CaseNumber, caller: Caller) -> Response:
    """As it was handed in, to be kept and never shown inside a page of ours; the look is written down."""
    suffix, content = office_of(request).suspicion_desk.cases.attachment(number, caller.caller, "console")
    kind = next(one for one in MediaType if one.suffix == suffix)
    headers = {**_NO_STORE, "Content-Disposition": f'attachment; filename="{number}{suffix}"'}
    return Response(content, media_type=kind.value, headers=headers)


@router.post("/{number}/assignment", summary="Assign a case", openapi_extra=json_body(AssignmentForm))
@needs(Action.SUSPICION_ASSIGN, on="suspicion/{number}")
def assign(request: Request, number: CaseNumber, caller: Caller) -> Response:
    """The same again changes nothing."""
    cases = office_of(request).suspicion_desk.cases
    office_of(request).permits.require_role(Action.SUSPICION_ASSIGN, caller.caller, f"suspicion/{number}")
    form = json_form(request, caller.raw_body, AssignmentForm)
    return JSONResponse(case_object(cases.assign(number, form.to, caller.caller)), headers=_NO_STORE)


@router.post("/{number}/closing", summary="Close a case", openapi_extra=json_body(ClosingForm))
@needs(Action.SUSPICION_CLOSE, on="suspicion/{number}")
def close(request: Request, number: CaseNumber, caller: Caller) -> Response:
    """With words for the reporter; it changes no certificate. The same again changes nothing."""
    cases = office_of(request).suspicion_desk.cases
    office_of(request).permits.require_role(Action.SUSPICION_CLOSE, caller.caller, f"suspicion/{number}")
    form = json_form(request, caller.raw_body, ClosingForm)
    closing = case_closing(form.outcome, form.words, form.reference)
    return JSONResponse(case_object(cases.close(number, closing, caller.caller)), headers=_NO_STORE)
