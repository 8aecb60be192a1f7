"""Cancelled years over HTTP: proposed by one official, confirmed by another of the same authority, or withdrawn."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from certsvc.domain.identity import IdKind
from certsvc.domain.permission import Action
from certsvc.entrypoints.console.access import Asked, asked, office_of
from certsvc.entrypoints.console.forms import json_body, json_form
from certsvc.entrypoints.credit_answers import cancellation_object
from certsvc.entrypoints.http.permitted import needs

PATH = "/api/v1/cancelled-years"
router = APIRouter(prefix=PATH, tags=["cancelled years"])
StepId = Annotated[str, Path(pattern="^[A-Z0-9]{1,20}$")]
Caller = Annotated[Asked, Depends(asked)]
_NEW = "cancelled-year"


class _Grounds(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    document: str = Field(max_length=128)
    decided_on: date = Field(strict=False)
    ground: str = Field(max_length=2000)


class CancellationForm(_Grounds):
    """Whose year is cancelled; the same words as `certsvc cancel-year propose`."""

    name: str = Field(max_length=100)
    id_kind: IdKind = Field(strict=False)
    id_number: str = Field(max_length=64)
    year: int = Field(ge=1900, le=9999)
    place: str | None = Field(default=None, pattern="^[0-9]{6}$")


class YearLiftingForm(_Grounds):
    """A cancelled year to be given back; the same words as `certsvc cancel-year lift`."""


@router.post("", summary="Propose to cancel a person's year", openapi_extra=json_body(CancellationForm))
@needs(Action.YEAR_CANCEL_PROPOSE, on="cancelled-year")
def propose(request: Request, caller: Caller) -> Response:
    """Gives the step's id; the same content proposed again keeps its id."""
    form = json_form(request, caller.raw_body, CancellationForm)
    office = office_of(request)
    office.permits.require_role(Action.YEAR_CANCEL_PROPOSE, caller.caller, _NEW)
    step = office.credit.cancelled_years.propose(
        form.name,
        form.id_kind,
        form.id_number,
        form.year,
        form.place,
        form.document,
        form.decided_on,
        form.ground,
        caller.caller.name,
    )
    return JSONResponse({"step": step})


@router.get("", summary="The cancelled years of one's own authority")
@needs(Action.YEAR_CANCEL_READ, on="cancelled-year")
def listed(request: Request, caller: Caller) -> Response:
    """For officials; the province sees all. Every look is written down."""
    found = office_of(request).credit.cancelled_years.listed(caller.caller, "console")
    return JSONResponse({"steps": [cancellation_object(one) for one in found]})


@router.post(
    "/{step}/lifting", summary="Propose to give a year back", openapi_extra=json_body(YearLiftingForm)
)
@needs(Action.YEAR_CANCEL_PROPOSE, on="cancelled-year/{step}")
def lift(request: Request, step: StepId, caller: Caller) -> Response:
    """Gives the id of the lifting step, which a second person confirms."""
    form = json_form(request, caller.raw_body, YearLiftingForm)
    office = office_of(request)
    office.permits.require_role(Action.YEAR_CANCEL_PROPOSE, caller.caller, f"{_NEW}/{step}")
    years, name = office.credit.cancelled_years, caller.caller.name
    return JSONResponse({"step": years.lift(step, form.document, form.decided_on, form.ground, name)})


@router.post("/{step}/confirmation", summary="Confirm a step: the second of two persons")
@needs(Action.YEAR_CANCEL_CONFIRM, on="cancelled-year/{step}")
def confirm(request: Request, step: StepId, caller: Caller) -> Response:
    """Takes effect at once; asked again by the same person it changes nothing."""
    office = office_of(request)
    office.permits.require_role(Action.YEAR_CANCEL_CONFIRM, caller.caller, f"{_NEW}/{step}")
    confirmed = office.credit.cancelled_years.confirm(step, caller.caller.name)
    return JSONResponse(cancellation_object(confirmed))


@router.post("/{step}/withdrawal", summary="Withdraw a step that is not confirmed")
@needs(Action.YEAR_CANCEL_PROPOSE, on="cancelled-year/{step}")
def withdraw(request: Request, step: StepId, caller: Caller) -> Response:
    """By an official of the authority; asked again it changes nothing."""
    office = office_of(request)
    office.permits.require_role(Action.YEAR_CANCEL_PROPOSE, caller.caller, f"{_NEW}/{step}")
    return JSONResponse(cancellation_object(office.credit.cancelled_years.withdraw(step, caller.caller.name)))
