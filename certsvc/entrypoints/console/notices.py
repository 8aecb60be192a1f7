"""Public naming of units over HTTP: proposed by one official of the province, confirmed by another, or withdrawn."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from certsvc.domain.decision import DecisionStatus
from certsvc.domain.permission import Action
from certsvc.entrypoints.answers import notice_object
from certsvc.entrypoints.console.access import Asked, asked, office_of
from certsvc.entrypoints.console.forms import json_body, json_form
from certsvc.entrypoints.http.permitted import needs

router = APIRouter(prefix="/api/v1/notice-steps", tags=["unit notices"])
StepId = Annotated[str, Path(pattern="^[A-Z0-9]{1,20}$")]
Caller = Annotated[Asked, Depends(asked)]


class _Grounds(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    document: str = Field(max_length=128)
    decided_on: date = Field(strict=False)
    ground: str = Field(max_length=2000)


class NoticeForm(_Grounds):
    """A unit to be named; the same words as `certsvc notice propose`."""

    unit_name: str = Field(max_length=400)
    unit_code: str = Field(max_length=32)
    certificates: list[Annotated[str, Field(max_length=32)]] = Field(default=[], max_length=200)


class LiftingForm(_Grounds):
    """A published notice to be lifted; the same words as `certsvc notice lift`."""


@router.post("", summary="Propose to name a unit publicly", openapi_extra=json_body(NoticeForm))
@needs(Action.UNIT_NOTICE_PROPOSE, on="unit-notice")
def propose(request: Request, caller: Caller) -> Response:
    """Gives the step's id; the same content proposed again keeps its id."""
    form = json_form(request, caller.raw_body, NoticeForm)
    notices, name = office_of(request).unit_notices, caller.caller.name
    office_of(request).permits.require_role(Action.UNIT_NOTICE_PROPOSE, caller.caller, "unit-notice")
    step = notices.propose(
        form.unit_name, form.unit_code, form.document, form.decided_on, form.ground, name, form.certificates
    )
    return JSONResponse({"notice": step})


@router.get("", summary="Steps of public naming, newest proposal first")
@needs(Action.REPORT_READ, on="unit-notice")
def listed(
    request: Request, caller: Caller, status: Annotated[DecisionStatus | None, Query()] = None
) -> Response:
    """For officials of the province; of one state where asked."""
    found = office_of(request).unit_notices.listed(caller.caller, status)
    return JSONResponse({"notices": [notice_object(one) for one in found]})


@router.post("/{step}/lifting", summary="Propose to lift a notice", openapi_extra=json_body(LiftingForm))
@needs(Action.UNIT_NOTICE_PROPOSE, on="unit-notice/{step}")
def lift(request: Request, step: StepId, caller: Caller) -> Response:
    """Gives the id of the lifting step, which a second person confirms."""
    form = json_form(request, caller.raw_body, LiftingForm)
    notices, name = office_of(request).unit_notices, caller.caller.name
    office_of(request).permits.require_role(Action.UNIT_NOTICE_PROPOSE, caller.caller, f"unit-notice/{step}")
    lifting = notices.propose_lifting(step, form.document, form.decided_on, form.ground, name)
    return JSONResponse({"notice": lifting})


@router.post("/{step}/confirmation", summary="Confirm: the second of two persons")
@needs(Action.UNIT_NOTICE_CONFIRM, on="unit-notice/{step}")
def confirm(request: Request, step: StepId, caller: Caller) -> Response:
    """The unit is named, or no longer named, at once."""
    office = office_of(request)
    office.permits.require_role(Action.UNIT_NOTICE_CONFIRM, caller.caller, f"unit-notice/{step}")
    return JSONResponse(notice_object(office.unit_notices.confirm(step, caller.caller.name)))


@router.post("/{step}/withdrawal", summary="Withdraw a step that is not confirmed")
@needs(Action.UNIT_NOTICE_PROPOSE, on="unit-notice/{step}")
def withdraw(request: Request, step: StepId, caller: Caller) -> Response:
    """The same again changes nothing."""
    office = office_of(request)
    office.permits.require_role(Action.UNIT_NOTICE_PROPOSE, caller.caller, f"unit-notice/{step}")
    return JSONResponse(notice_object(office.unit_notices.withdraw(step, caller.caller.name)))


@router.get("/{step}", summary="A step: what the second person confirms")
@needs(Action.REPORT_READ, on="unit-notice/{step}")
def show(request: Request, step: StepId, caller: Caller) -> Response:
    """Everything proposed, and how far it is."""
    return JSONResponse(notice_object(office_of(request).unit_notices.view(step, caller.caller)))
