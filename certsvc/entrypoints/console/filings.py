"""Filings over HTTP: the same answers as the command line (docs/cli.md)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from certsvc.domain.filing import FilingStatus
from certsvc.domain.permission import Action
from certsvc.entrypoints.answers import issue_object, listed_object, report_object
from certsvc.entrypoints.console.access import Asked, asked, office_of, raw_body_of
from certsvc.entrypoints.console.forms import json_body, json_form, media_type, require_content, unsupported
from certsvc.entrypoints.http.body import uploaded_file
from certsvc.entrypoints.http.permitted import needs
from certsvc.ports.filings import DueFilter
from certsvc.stages.filing_desk import ListWish
from certsvc.stages.receipts import MOST_REASON

PATH = "/api/v1/filings"
router = APIRouter(prefix=PATH, tags=["filings"])
FORM_FIELD = "file"
_PAGE = 50
_MOST_PAGES = 1_000_000
_SUFFIXES = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "text/csv": ".csv",
    "application/json": ".json",
}
_FORM = "multipart/form-data"
UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in _SUFFIXES},
            _FORM: {
                "schema": {
                    "type": "object",
                    "properties": {FORM_FIELD: {"type": "string", "format": "binary"}},
                    "required": [FORM_FIELD],
                }
            },
        },
    }
}
FilingId = Annotated[str, Path(pattern="^F[0-9A-F]{15}$")]
Caller = Annotated[Asked, Depends(asked)]


async def file_of(request: Request, raw_body: Annotated[bytes, Depends(raw_body_of)]) -> tuple[bytes, str]:
    """The filed file and its name: the body itself, or the one file of a form."""
    kind = media_type(request)
    suffix = _SUFFIXES.get(kind)
    if suffix is None and kind != _FORM:
        raise unsupported(*_SUFFIXES, _FORM)
    require_content(raw_body)
    if suffix is None:
        return await uploaded_file(request, raw_body, FORM_FIELD)
    return raw_body, f"filing{suffix}"


@router.post("", summary="File a batch", openapi_extra=UPLOAD)
@needs(Action.FILING_SUBMIT)
def submit(
    request: Request, caller: Caller, file: Annotated[tuple[bytes, str], Depends(file_of)]
) -> Response:
    """Receives XLSX, CSV or JSON and answers with every finding at once, as `filing submit --json` does."""
    raw, name = file
    report = office_of(request).submit(raw, name, caller.caller)
    return JSONResponse(report_object(report))


@router.get("", summary="Filings within one's reach")
@needs(Action.FILING_READ, on="filings")
def listed(
    request: Request,
    caller: Caller,
    status: FilingStatus | None = None,
    region: Annotated[str | None, Query(pattern="^22[0-9]{4}$")] = None,
    committee: Annotated[str | None, Query(min_length=1, max_length=64)] = None,
    year: Annotated[int | None, Query(ge=1900, le=2199)] = None,
    due: DueFilter | None = None,
    page: Annotated[int, Query(ge=1, le=_MOST_PAGES)] = 1,
) -> Response:
    """The newest first, fifty a page. `due` keeps those with a step to be taken, or with one whose day is over."""
    desk = office_of(request).filing_face.desk
    question = desk.question(caller.caller, ListWish(status, region, committee, year, due))
    rows = desk.shelf.listed(question, (page - 1) * _PAGE, _PAGE)
    total = desk.shelf.count(question)
    return JSONResponse({"total": total, "page": page, "filings": [listed_object(one) for one in rows]})


@router.get("/{filing}", summary="The answer to a filing")
@needs(Action.FILING_READ, on="filing/{filing}")
def show(request: Request, filing: FilingId, caller: Caller) -> Response:
    """Status and findings; the look is written down."""
    report = office_of(request).view_filing(filing, caller.caller, channel_of(caller))
    return JSONResponse(report_object(report))


@router.get(
    "/{filing}/log-receipt",
    summary="The log's promise to take the certificates of a filing",
    response_class=PlainTextResponse,
)
@needs(Action.FILING_READ, on="filing/{filing}")
def log_receipt(request: Request, filing: FilingId, caller: Caller) -> Response:
    """A signed note (docs/formats/log-receipt.md), without any name; for those who may read the filing."""
    office = office_of(request)
    office.require_filing_reader(filing, caller.caller)
    return PlainTextResponse(office.ledger_desk.receipts.for_filing(filing))


class ApprovalForm(BaseModel):
    """Why the province receives the batch after its day; without a body the receipt is recorded without a reason."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    late_reason: str | None = Field(default=None, max_length=MOST_REASON)


@router.post(
    "/{filing}/approval",
    summary="Approve a filing: the first of two persons",
    openapi_extra=json_body(ApprovalForm, required=False),
)
@needs(Action.FILING_APPROVE, on="filing/{filing}")
def approve(request: Request, filing: FilingId, caller: Caller) -> Response:
    """Confirms that the admitted persons may get their certificates, and records the province's receipt."""
    office = office_of(request)
    office.permits.require(Action.FILING_APPROVE, caller.caller, f"filing/{filing}")
    reason = json_form(request, caller.raw_body, ApprovalForm).late_reason if caller.raw_body else None
    return JSONResponse(
        report_object(office.approval.approve(filing, caller.caller.name, late_reason=reason))
    )


@router.post("/{filing}/issue", summary="Issue the certificates of a filing: the second of two persons")
@needs(Action.FILING_ISSUE, on="filing/{filing}")
def issue(request: Request, filing: FilingId, caller: Caller) -> Response:
    """Numbers, seals, logs and publishes. What was broken off is finished by asking again."""
    office = office_of(request)
    office.permits.require(Action.FILING_ISSUE, caller.caller, f"filing/{filing}")
    office.approval.begin_issue(filing, caller.caller.name)
    report = office.issuance.run(filing)
    return JSONResponse(issue_object(report, office.certificates.progress(filing)))


def channel_of(caller: Asked) -> str:
    """The way by which somebody looks, as the log of looks names it."""
    return "service" if caller.caller.purposes else "console"
