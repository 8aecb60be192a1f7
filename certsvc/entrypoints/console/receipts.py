"""Receipts of the filing chain over HTTP: recorded by those who receive, level by level."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from certsvc.domain.permission import Action
from certsvc.domain.registry import FilingLevel
from certsvc.entrypoints.answers import receipt_object
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.filings import Caller, FilingId, channel_of
from certsvc.entrypoints.console.forms import json_body, json_form
from certsvc.entrypoints.http.permitted import needs
from certsvc.stages.receipts import MOST_REF, MOST_TEXT

router = APIRouter(prefix="/api/v1/filings", tags=["receipts"])


class ReceiptForm(BaseModel):
    """What is recorded of a level; the same words as `certsvc filing receipt`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    level: FilingLevel = Field(strict=False)
    receipt: str = Field(max_length=MOST_REF)
    received_on: date = Field(strict=False)
    opinion: str = Field(max_length=MOST_TEXT)


@router.post("/{filing}/receipts", summary="Record a level's receipt", openapi_extra=json_body(ReceiptForm))
@needs(Action.RECEIPT_RECORD, on="filing/{filing}")
def record(request: Request, filing: FilingId, caller: Caller) -> Response:
    """Recorded once by an official of the authority that receives at this level; the same again changes nothing."""
    office = office_of(request)
    office.permits.require_role(Action.RECEIPT_RECORD, caller.caller, f"filing/{filing}")
    form = json_form(request, caller.raw_body, ReceiptForm)
    recorded = office.receipts.record(
        filing, form.level, form.receipt, form.received_on, form.opinion, caller.caller.name
    )
    return JSONResponse(receipt_object(recorded))


@router.get("/{filing}/receipts", summary="The receipts of a filing, and the levels without one")
@needs(Action.FILING_READ, on="filing/{filing}")
def show(request: Request, filing: FilingId, caller: Caller) -> Response:
    """For everybody who may read the filing; the look is written down."""
    office = office_of(request)
    office.view_filing(filing, caller.caller, channel_of(caller))
    missing = office.receipts.missing(filing)
    return JSONResponse(
        {
            "filing": filing,
            "receipts": [receipt_object(one) for one in office.receipts.receipts.recorded(filing)],
            "missing": [{"level": one.level.value, "office": one.office} for one in missing],
        }
    )
