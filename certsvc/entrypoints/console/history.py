"""Historical records over HTTP: the steps of `certsvc history` for signed-in officials (docs/history.md)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from certsvc.domain.history import HistoryState
from certsvc.domain.mapping import WORDING, Qualification
from certsvc.domain.permission import Action
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.filings import UPLOAD, Caller, channel_of, file_of
from certsvc.entrypoints.console.forms import json_body, json_form
from certsvc.entrypoints.history_objects import (
    dispute_object,
    import_answer_object,
    import_object,
    record_line,
    record_object,
)
from certsvc.entrypoints.http.permitted import needs

IMPORTS_PATH = "/api/v1/history-imports"
RECORDS_PATH = "/api/v1/historical-records"
MAPPINGS_PATH = "/api/v1/qualification-mappings"
PATHS = (IMPORTS_PATH, RECORDS_PATH, MAPPINGS_PATH)
router = APIRouter(tags=["history"])
ImportId = Annotated[str, Path(pattern="^L[0-9A-F]{15}$")]
Reference = Annotated[str, Path(pattern="^H[0-9]{14}[0-9A-Z]$")]
File = Annotated[tuple[bytes, str], Depends(file_of)]
_MOST_LISTED = 500
_MOST_CHANGES = 20


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class DisputeForm(_Form):
    """What the person objects to, in their words."""

    ground: str = Field(min_length=1, max_length=2000)


class SettlementForm(_Form):
    """Why the record stands as it is."""

    opinion: str = Field(min_length=1, max_length=500)


class CorrectionForm(_Form):
    """Columns of the format with the right words, and the document that they rest on; empty words take a column away."""

    changes: dict[str, Annotated[str, Field(max_length=500)]] = Field(min_length=1, max_length=_MOST_CHANGES)
    basis: str = Field(min_length=1, max_length=500)


class MappingForm(_Form):
    """A person's qualification certificate, for a mapping statement."""

    name: str = Field(min_length=1, max_length=200)
    id_number: str = Field(min_length=1, max_length=32)
    qualification: str = Field(min_length=1, max_length=128)
    grade: str | None = Field(default=None, max_length=128)
    certificate: str = Field(min_length=1, max_length=128)
    obtained_on: date = Field(strict=False)


@router.post(IMPORTS_PATH, summary="Import historical data", openapi_extra=UPLOAD)
@needs(Action.HISTORY_IMPORT, on="history")
def import_file(request: Request, caller: Caller, file: File) -> Response:
    """Receives XLSX, CSV or JSON and answers with every finding at once, as `history import --json` does."""
    raw, name = file
    return JSONResponse(
        import_answer_object(office_of(request).history.files.receive(raw, name, caller.caller))
    )


@router.get(f"{IMPORTS_PATH}/{{wanted}}", summary="An import and its records")
@needs(Action.DECISION_READ, on="history/{wanted}")
def show_import(
    request: Request, wanted: ImportId, caller: Caller, state: Annotated[HistoryState | None, Query()] = None
) -> Response:
    """Counts, and a line for each record (at most 500) without anything personal."""
    history = office_of(request).history
    kept = history.records.view_import(wanted, caller.caller)
    records = history.store.records(import_id=wanted, state=state, most=_MOST_LISTED)
    return JSONResponse({**import_object(kept), "lines": [record_line(one) for one in records]})


@router.post(
    f"{IMPORTS_PATH}/{{wanted}}/confirmation", summary="Confirm an import: the second of two persons"
)
@needs(Action.HISTORY_CONFIRM, on="history/{wanted}")
def confirm_import(request: Request, wanted: ImportId, caller: Caller) -> Response:
    """Records of grades A and B are published. What was broken off is finished by asking again."""
    history = office_of(request).history
    history.confirm(wanted, caller.caller)
    return JSONResponse(import_object(history.records.find_import(wanted)))


@router.get(f"{RECORDS_PATH}/{{reference}}", summary="A historical record with all its versions")
@needs(Action.DECISION_READ, on="history/{reference}")
def show_record(request: Request, reference: Reference, caller: Caller) -> Response:
    """As recorded, with today's codes beside it, and the steps that the caller may take; the look is written down."""
    history = office_of(request).history
    found = history.steps.view(reference, caller.caller, channel_of(caller))
    versions = [record_object(one, found.disputes) for one in found.versions]
    return JSONResponse({"reference": reference, "versions": versions, "steps": list(found.steps)})


@router.post(
    f"{RECORDS_PATH}/{{reference}}/disputes",
    summary="Record a person's objection",
    openapi_extra=json_body(DisputeForm),
)
@needs(Action.HISTORY_IMPORT, on="history/{reference}")
def dispute(request: Request, reference: Reference, caller: Caller) -> Response:
    """The record is answered as disputed until this is settled, or corrected."""
    form = json_form(request, caller.raw_body, DisputeForm)
    recorded = office_of(request).history.records.dispute(reference, form.ground, caller.caller)
    return JSONResponse(dispute_object(recorded))


@router.post(
    f"{RECORDS_PATH}/{{reference}}/settlement",
    summary="Settle an objection without a correction",
    openapi_extra=json_body(SettlementForm),
)
@needs(Action.HISTORY_IMPORT, on="history/{reference}")
def settle(request: Request, reference: Reference, caller: Caller) -> Response:
    """By another person than who recorded it."""
    form = json_form(request, caller.raw_body, SettlementForm)
    history = office_of(request).history
    settled = history.records.settle(reference, form.opinion, caller.caller)
    history.catch_up()
    return JSONResponse(record_line(settled))


@router.post(
    f"{RECORDS_PATH}/{{reference}}/corrections",
    summary="Propose a corrected version",
    openapi_extra=json_body(CorrectionForm),
)
@needs(Action.HISTORY_IMPORT, on="history/{reference}")
def correct(request: Request, reference: Reference, caller: Caller) -> Response:
    """The old version stays; another person confirms the new one."""
    form = json_form(request, caller.raw_body, CorrectionForm)
    records = office_of(request).history.records
    return JSONResponse(record_line(records.correct(reference, form.changes, form.basis, caller.caller)))


@router.post(
    f"{RECORDS_PATH}/{{reference}}/confirmation", summary="Confirm a correction: the second of two persons"
)
@needs(Action.HISTORY_CONFIRM, on="history/{reference}")
def confirm_correction(request: Request, reference: Reference, caller: Caller) -> Response:
    """The corrected version takes the place of the old one, in the register and in the public log."""
    history = office_of(request).history
    history.confirm(reference, caller.caller)
    return JSONResponse(record_line(history.store.versions(reference)[-1]))


@router.post(MAPPINGS_PATH, summary="Make a mapping statement", openapi_extra=json_body(MappingForm))
@needs(Action.MAPPING_MAKE, on="mapping")
def make_mapping(request: Request, caller: Caller) -> Response:
    """Gives its reference; the same person and certificate keep theirs. It is no certificate."""
    office = office_of(request)
    office.permits.require(Action.MAPPING_MAKE, caller.caller, "mapping")
    form = json_form(request, caller.raw_body, MappingForm)
    asked = Qualification(form.qualification, form.grade, form.certificate, form.obtained_on)
    made = office.mapping.make(form.name, form.id_number, asked, caller.caller)
    return JSONResponse({"reference": made.reference, "kind": WORDING})
