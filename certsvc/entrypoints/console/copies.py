"""Annotated copies 加注件 for the portal in which holders sign in: a program that is registered for it asks in their name."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from certsvc.domain.permission import Action
from certsvc.entrypoints.console.access import Asked, asked, office_of
from certsvc.entrypoints.console.forms import json_body, json_form
from certsvc.entrypoints.console.shares import HolderForm, OwnForm, PortalForm
from certsvc.entrypoints.copy_objects import copy_object
from certsvc.entrypoints.document_answers import document_answer
from certsvc.entrypoints.http.permitted import needs
from certsvc.stages.annotated_copies import CopyWish

router = APIRouter(prefix="/api/v1/holder/annotated-copies", tags=["annotated copies"])
CopyId = Annotated[str, Path(pattern="^J[0-9A-Z]{15}$")]
Caller = Annotated[Asked, Depends(asked)]
_PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {}}, "description": "The document, its exact bytes."}
}
_UNSTORED = {"Cache-Control": "no-store"}
_CHANNEL = "api"


class CopyForm(PortalForm):
    """A copy to be made; `request` is the portal's own word for this wish, so that sending it again makes nothing twice."""

    holder: HolderForm
    number: str = Field(pattern="^[0-9A-Za-z]{1,32}$")
    recipient: str = Field(max_length=200)
    purpose: str = Field(max_length=200)
    ends_on: date = Field(strict=False)
    request: str = Field(pattern="^[0-9A-Za-z_-]{8,64}$")


@router.post("", summary="Make an annotated copy", openapi_extra=json_body(CopyForm))
@needs(Action.COPY_MAKE, on="annotated-copy")
def make(request: Request, caller: Caller) -> Response:
    """Gives the copy when its document is kept; the same request again gives the same copy."""
    form = json_form(request, caller.raw_body, CopyForm)
    office = office_of(request)
    office.permits.require(Action.COPY_MAKE, caller.caller, f"certificate/{form.number}")
    wish = CopyWish(form.number, form.recipient, form.purpose, form.ends_on, form.request)
    made = office.copies.make(form.holder.holder, wish, caller.caller)
    return JSONResponse(copy_object(made, office.clock.today()), headers=_UNSTORED)


@router.post("/list", summary="The holder's annotated copies", openapi_extra=json_body(OwnForm))
@needs(Action.COPY_READ, on="annotated-copy")
def listed(request: Request, caller: Caller) -> Response:
    """Newest first, ended and withdrawn ones too."""
    form = json_form(request, caller.raw_body, OwnForm)
    office = office_of(request)
    office.permits.require(Action.COPY_READ, caller.caller, "annotated-copy")
    today = office.clock.today()
    copies = [copy_object(one, today) for one in office.copies.of_holder(form.holder.holder)]
    return JSONResponse({"copies": copies}, headers=_UNSTORED)


@router.post(
    "/{copy}/document",
    summary="The PDF of an annotated copy",
    openapi_extra=json_body(OwnForm),
    response_class=Response,
    responses=_PDF,
)
@needs(Action.COPY_READ, on="annotated-copy/{copy}")
def document(request: Request, copy: CopyId, caller: Caller) -> Response:
    """Only while it may be used; the look is written down first."""
    form = json_form(request, caller.raw_body, OwnForm)
    office = office_of(request)
    office.permits.require(Action.COPY_READ, caller.caller, f"annotated-copy/{copy}")
    raw = office.copies.document(copy, caller.caller, _CHANNEL, form.holder.holder)
    return document_answer(raw, f"{copy}.pdf")


@router.post("/{copy}/withdrawal", summary="End an annotated copy early", openapi_extra=json_body(OwnForm))
@needs(Action.COPY_WITHDRAW, on="annotated-copy/{copy}")
def withdraw(request: Request, copy: CopyId, caller: Caller) -> Response:
    """From now on verification on line says so; the same again changes nothing."""
    form = json_form(request, caller.raw_body, OwnForm)
    office = office_of(request)
    office.permits.require(Action.COPY_WITHDRAW, caller.caller, f"annotated-copy/{copy}")
    withdrawn = office.copies.withdraw(copy, caller.caller, form.holder.holder)
    return JSONResponse(copy_object(withdrawn, office.clock.today()), headers=_UNSTORED)
