"""Batch decisions, dependent titles and annulments over HTTP; the same words as `certsvc batch|dependants|annulment`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from certsvc.bootstrap import Office
from certsvc.domain.annulment import ProofKind
from certsvc.domain.batch_voiding import BatchDecision, BatchKind
from certsvc.domain.decision import DecisionStatus
from certsvc.domain.dependants import DependantStatus
from certsvc.domain.permission import Action, confirming, proposing
from certsvc.entrypoints.batch_answers import (
    annulment_object,
    batch_object,
    confirmed_annulment_object,
    dependant_object,
    preview_object,
)
from certsvc.entrypoints.console.access import Asked, asked, office_of
from certsvc.entrypoints.console.forms import json_body, json_form
from certsvc.entrypoints.http.permitted import needs

PATHS = ("/api/v1/batch-decisions", "/api/v1/dependent-titles", "/api/v1/annulments")
"""The addresses of these routes, with everything below them."""
router = APIRouter(prefix="/api/v1", tags=["batches"])
BatchId = Annotated[str, Path(pattern="^B[A-Z0-9]{1,19}$")]
EntryId = Annotated[str, Path(pattern="^T[A-Z0-9]{1,19}$")]
AnnulmentId = Annotated[str, Path(pattern="^A[A-Z0-9]{1,19}$")]
Caller = Annotated[Asked, Depends(asked)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class BatchForm(_Form):
    """What is proposed. `filing`: for void; `undoes`: the batch decision that a restoration lifts."""

    kind: BatchKind = Field(strict=False)
    filing: str | None = Field(default=None, pattern="^F[0-9A-F]{15}$")
    undoes: str | None = Field(default=None, pattern="^B[A-Z0-9]{1,19}$")
    document: str = Field(max_length=128)
    decided_on: date = Field(strict=False)
    ground: str = Field(max_length=2000)
    document_sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    dry_run: bool = False


class SettlementForm(_Form):
    """What a person decided over a dependent title."""

    outcome: Literal["kept", "ended"]
    decision: str | None = Field(default=None, pattern="^[A-Z0-9]{1,20}$")
    note: str | None = Field(default=None, max_length=2000)


class AnnulmentLiftingForm(_Form):
    """What lifts an annulment; the same words as `certsvc annulment lift`."""

    document: str = Field(max_length=128)
    decided_on: date = Field(strict=False)
    ground: str = Field(max_length=2000)


class AnnulmentForm(AnnulmentLiftingForm):
    """An annulled proof; the same words as `certsvc annulment record`."""

    kind: ProofKind = Field(strict=False)
    reference: str = Field(max_length=128)


@router.post(
    "/batch-decisions",
    summary="Propose to void or restore a batch: the first of two persons",
    openapi_extra=json_body(BatchForm),
)
@needs(*(proposing(f"batch_{kind}") for kind in BatchKind))
def propose(request: Request, caller: Caller) -> Response:
    """Gives the id; with `dry_run` what would happen, and nothing is changed."""
    form = json_form(request, caller.raw_body, BatchForm)
    office = office_of(request)
    subject = f"filing/{form.filing or ''}"
    office.permits.require_role(proposing(f"batch_{form.kind}"), caller.caller, subject)
    batches = office.case_work.batches
    proposal = batches.proposal(
        form.kind,
        form.filing,
        form.undoes,
        form.document,
        form.decided_on,
        form.ground,
        form.document_sha256,
    )
    if form.dry_run:
        return JSONResponse(preview_object(batches.preview(proposal, caller.caller.name)))
    return JSONResponse({"batch_decision": batches.propose(proposal, caller.caller.name)})


@router.get("/batch-decisions", summary="Batch decisions in one's reach, newest proposal first")
@needs(Action.BATCH_VOIDING_READ, on="batch")
def listed(
    request: Request,
    caller: Caller,
    filing: Annotated[str | None, Query(pattern="^F[0-9A-F]{15}$")] = None,
) -> Response:
    """Each as it is read alone; of one filing where asked."""
    office = office_of(request)
    found = office.decision_room.lists.batch_decisions(caller.caller, filing)
    lines = [batch_object(one, office.case_work.batches.progress(one.id)) for one in found]
    return JSONResponse({"batch_decisions": lines})


@router.post(
    "/batch-decisions/{batch}/confirmation", summary="Confirm a batch decision: the second of two persons"
)
@needs(*(confirming(f"batch_{kind}") for kind in BatchKind), on="batch/{batch}")
def confirm(request: Request, batch: BatchId, caller: Caller) -> Response:
    """Takes effect at once; what was broken off afterwards is finished by asking again, or in the background."""
    office = office_of(request)
    kind = office.case_work.batches.find(batch).proposal.kind
    office.permits.require_role(confirming(f"batch_{kind}"), caller.caller, f"batch/{batch}")
    return _answer(office, office.confirm_batch(batch, caller.caller.name))


@router.post("/batch-decisions/{batch}/withdrawal", summary="Withdraw a batch decision that is not confirmed")
@needs(Action.DECISION_WITHDRAW, on="batch/{batch}")
def withdraw(request: Request, batch: BatchId, caller: Caller) -> Response:
    """By an official of the authority that proposed it; the same again changes nothing."""
    office = office_of(request)
    office.permits.require_role(Action.DECISION_WITHDRAW, caller.caller, f"batch/{batch}")
    return _answer(office, office.case_work.batches.withdraw(batch, caller.caller.name))


@router.get("/batch-decisions/{batch}", summary="A batch decision, and how far it is")
@needs(Action.BATCH_VOIDING_READ, on="batch/{batch}")
def show(request: Request, batch: BatchId, caller: Caller) -> Response:
    """What the second person confirms; nobody is named in it."""
    office = office_of(request)
    stored = office.case_work.batches.find(batch)
    place = office.case_work.batches.place_of(stored.proposal.filing)
    office.permits.require(Action.BATCH_VOIDING_READ, caller.caller, f"batch/{batch}", place=place)
    return _answer(office, stored)


@router.get("/dependent-titles", summary="Titles that rest on what ended")
@needs(Action.BATCH_VOIDING_READ, on="dependants")
def dependent_titles(
    request: Request, caller: Caller, status: Annotated[DependantStatus | None, Query()] = None
) -> Response:
    """For officials of the province; certificates stand in it by their numbers alone."""
    found = office_of(request).case_work.dependants.read(caller.caller, status)
    return JSONResponse({"dependent_titles": [dependant_object(one) for one in found]})


@router.post(
    "/dependent-titles/{entry}/settlement",
    summary="Settle a dependent title",
    openapi_extra=json_body(SettlementForm),
)
@needs(Action.DEPENDENT_SETTLE, on="dependant/{entry}")
def settle(request: Request, entry: EntryId, caller: Caller) -> Response:
    """Kept, with a note; or ended, by a confirmed decision of its own. Nothing ends by itself."""
    form = json_form(request, caller.raw_body, SettlementForm)
    office = office_of(request)
    office.permits.require_role(Action.DEPENDENT_SETTLE, caller.caller, f"dependant/{entry}")
    outcome = DependantStatus(form.outcome)
    settled = office.case_work.dependants.settle(entry, outcome, caller.caller.name, form.note, form.decision)
    return JSONResponse(dependant_object(settled))


@router.post(
    "/annulments",
    summary="Propose to record an annulled examination or qualification: the first of two persons",
    openapi_extra=json_body(AnnulmentForm),
)
@needs(Action.ANNULMENT_RECORD, on="annulment")
def record(request: Request, caller: Caller) -> Response:
    """Gives the step's id; the same content proposed again keeps its id. Nothing counts before the confirmation."""
    form = json_form(request, caller.raw_body, AnnulmentForm)
    office = office_of(request)
    office.permits.require_role(Action.ANNULMENT_RECORD, caller.caller, "annulment")
    step = office.case_work.annulments.record(
        form.kind, form.reference, form.document, form.decided_on, form.ground, caller.caller.name
    )
    return JSONResponse({"annulment": step})


@router.get("/annulments", summary="Annulments and what lifts them")
@needs(Action.BATCH_VOIDING_READ, on="annulment")
def annulments(
    request: Request, caller: Caller, status: Annotated[DecisionStatus | None, Query()] = None
) -> Response:
    """For officials of the province, newest proposal first; no proof's number stands in it."""
    found = office_of(request).case_work.annulments.listed(caller.caller, status)
    return JSONResponse({"annulments": [annulment_object(one) for one in found]})


@router.post(
    "/annulments/{step}/lifting",
    summary="Propose to lift an annulment",
    openapi_extra=json_body(AnnulmentLiftingForm),
)
@needs(Action.ANNULMENT_RECORD, on="annulment/{step}")
def lift(request: Request, step: AnnulmentId, caller: Caller) -> Response:
    """Gives the id of the lifting step, which a second person confirms."""
    form = json_form(request, caller.raw_body, AnnulmentLiftingForm)
    office = office_of(request)
    office.permits.require_role(Action.ANNULMENT_RECORD, caller.caller, f"annulment/{step}")
    lifting = office.case_work.annulments.propose_lifting(
        step, form.document, form.decided_on, form.ground, caller.caller.name
    )
    return JSONResponse({"annulment": lifting})


@router.post(
    "/annulments/{step}/confirmation", summary="Confirm an annulment or lifting: the second of two persons"
)
@needs(Action.ANNULMENT_CONFIRM, on="annulment/{step}")
def confirm_annulment(request: Request, step: AnnulmentId, caller: Caller) -> Response:
    """An annulment lists everything that cites the proof, and bars later rows; a lifting ends both."""
    office = office_of(request)
    office.permits.require_role(Action.ANNULMENT_CONFIRM, caller.caller, f"annulment/{step}")
    return JSONResponse(
        confirmed_annulment_object(*office.case_work.annulments.confirm(step, caller.caller.name))
    )


@router.post("/annulments/{step}/withdrawal", summary="Withdraw an annulment or lifting not confirmed")
@needs(Action.ANNULMENT_RECORD, on="annulment/{step}")
def withdraw_annulment(request: Request, step: AnnulmentId, caller: Caller) -> Response:
    """The same again changes nothing."""
    office = office_of(request)
    office.permits.require_role(Action.ANNULMENT_RECORD, caller.caller, f"annulment/{step}")
    return JSONResponse(annulment_object(office.case_work.annulments.withdraw(step, caller.caller.name)))


def _answer(office: Office, stored: BatchDecision) -> Response:
    return JSONResponse(batch_object(stored, office.case_work.batches.progress(stored.id)))
