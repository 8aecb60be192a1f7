"""Announced lists, corrected announcements and the coverage check over HTTP (docs/announced-lists.md)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from certsvc.domain.announced_list import ListStatus
from certsvc.domain.permission import Action
from certsvc.entrypoints.announced_answers import (
    answer_object,
    coverage_object,
    list_object,
    shown_object,
)
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.filings import UPLOAD, Caller, channel_of, file_of
from certsvc.entrypoints.console.report_files import FILE_ANSWERS, WantedFile, file_answer
from certsvc.entrypoints.http.permitted import needs
from certsvc.stages.coverage_table import asked_words, coverage_table

PATH = "/api/v1/announced-lists"
REPLACEMENTS = f"{PATH}/replacements"
router = APIRouter(tags=["announced-lists"])
ListId = Annotated[str, Path(pattern="^A[0-9A-F]{15}$")]
File = Annotated[tuple[bytes, str], Depends(file_of)]


@router.post(PATH, summary="Load the list of an announcement document", openapi_extra=UPLOAD)
@needs(Action.ANNOUNCED_LIST_LOAD, on="announced")
def load(request: Request, caller: Caller, file: File) -> Response:
    """XLSX, CSV or JSON; every finding at once, nothing kept when one of them is an error."""
    office, (raw, name) = office_of(request), file
    office.permits.require_role(Action.ANNOUNCED_LIST_LOAD, caller.caller, "announced")
    return JSONResponse(answer_object(office.announced.load(raw, name, caller.caller.name)))


@router.post(REPLACEMENTS, summary="Load the list of a corrected document", openapi_extra=UPLOAD)
@needs(Action.ANNOUNCED_LIST_LOAD, on="announced")
def replace(
    request: Request,
    caller: Caller,
    file: File,
    replaces: Annotated[str, Query(pattern="^A[0-9A-F]{15}$", description="The list that is replaced.")],
    document: Annotated[str, Query(max_length=128, description="Number of the corrected document.")],
    *,
    dry_run: Annotated[bool, Query(description="Compare only; nothing is kept.")] = False,
) -> Response:
    """Every person changed, withdrawn and added; it takes effect when somebody else confirms it."""
    office, (raw, name) = office_of(request), file
    office.permits.require_role(Action.ANNOUNCED_LIST_LOAD, caller.caller, "announced")
    before = office.announced.loading.find(replaces)
    answer = office.announced.replace(
        raw, name, before.head.document_ref, document, caller.caller.name, keep=not dry_run
    )
    return JSONResponse(answer_object(answer))


@router.get(PATH, summary="The announced lists that the caller may see")
@needs(Action.REPORT_READ, on="announced")
def listed(request: Request, caller: Caller, status: ListStatus | None = None) -> Response:
    """Newest first; nobody's name stands in the answer."""
    found = office_of(request).announced.listed(status, caller.caller)
    return JSONResponse({"lists": [list_object(one) for one in found]})


@router.get(f"{PATH}/{{list_id}}", summary="A list, and how far its changes have come")
@needs(Action.REPORT_READ, on="announced/{list_id}")
def show(request: Request, list_id: ListId, caller: Caller) -> Response:
    """The changes name persons: the look is written down."""
    stored, changes = office_of(request).announced.show(list_id, caller.caller, channel_of(caller))
    return JSONResponse(shown_object(stored, changes))


@router.post(f"{PATH}/{{list_id}}/confirmation", summary="Put a list in force: the second of two persons")
@needs(Action.ANNOUNCED_LIST_CONFIRM, on="announced/{list_id}")
def confirm(request: Request, list_id: ListId, caller: Caller) -> Response:
    """By another official of the authority that loaded it, who did not file the batch."""
    office = office_of(request)
    office.permits.require_role(Action.ANNOUNCED_LIST_CONFIRM, caller.caller, f"announced/{list_id}")
    return JSONResponse(list_object(office.announced.loading.confirm(list_id, caller.caller.name)))


@router.post(f"{PATH}/{{list_id}}/proposals", summary="Propose every decision that a correction asks for")
@needs(Action.CORRECTION_PROPOSE, on="announced/{list_id}")
def propose(request: Request, list_id: ListId, caller: Caller) -> Response:
    """Each decision still needs its second person. What was broken off is finished by asking again."""
    office = office_of(request)
    office.permits.require_role(Action.CORRECTION_PROPOSE, caller.caller, f"announced/{list_id}")
    stored, followed = office.announced.propose(list_id, caller.caller.name)
    return JSONResponse(shown_object(stored, followed))


@router.get(
    "/api/v1/reports/coverage",
    summary="Announced results without exactly one certificate, with the reason",
    responses=FILE_ANSWERS,
)
@needs(Action.REPORT_READ, on="report/coverage")
def coverage(
    request: Request,
    caller: Caller,
    file: WantedFile,
    year: Annotated[int | None, Query(ge=2022, le=2099)] = None,
    region: Annotated[str | None, Query(pattern="^[0-9]{6}$")] = None,
    document: Annotated[str | None, Query(max_length=128)] = None,
) -> Response:
    """As `certsvc report coverage --json`, for officials in their own territory and supervisors; the look is written down."""
    report = office_of(request).announced.coverage(
        caller.caller, channel_of(caller), year=year, region=region, document_ref=document
    )
    if file is not None:
        table = coverage_table(report, asked_words(year, region or caller.caller.region, document))
        return file_answer(request, table, caller, region, file)
    return JSONResponse(coverage_object(report))
