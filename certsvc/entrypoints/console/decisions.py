"""Decisions over HTTP: proposed by one official, seen and confirmed by another of the same authority, or withdrawn."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from certsvc.bootstrap import Office
from certsvc.domain.decision import DecisionKind, StoredDecision
from certsvc.domain.decision_authority import city_responsible
from certsvc.domain.decision_lists import DecisionQuestion, DecisionView
from certsvc.domain.permission import Action, confirming, proposing
from certsvc.entrypoints.answers import decision_object
from certsvc.entrypoints.console.access import Asked, asked, office_of
from certsvc.entrypoints.console.forms import json_body, json_form
from certsvc.entrypoints.http.permitted import needs
from certsvc.stages.decision_lists import MOST_LISTED

router = APIRouter(prefix="/api/v1/decisions", tags=["decisions"])
DecisionId = Annotated[str, Path(pattern="^[A-Z0-9]{1,20}$")]
Caller = Annotated[Asked, Depends(asked)]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
_MOST_CHANGES = 20


class ProposalForm(BaseModel):
    """What is proposed; the same words as `certsvc decision propose`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    kind: DecisionKind = Field(strict=False)
    number: str = Field(pattern="^[0-9A-Za-z]{1,32}$")
    document: str = Field(max_length=128)
    document_sha256: Digest | None = None
    decided_on: date = Field(strict=False)
    ground: str = Field(max_length=2000)
    changes: dict[str, Annotated[str, Field(max_length=500)]] = Field(
        default_factory=dict, max_length=_MOST_CHANGES
    )


@router.post(
    "", summary="Propose a decision: the first of two persons", openapi_extra=json_body(ProposalForm)
)
@needs(*(proposing(kind) for kind in DecisionKind))
def propose(request: Request, caller: Caller) -> Response:
    """Gives the decision's id; the same content proposed again keeps its id."""
    form = json_form(request, caller.raw_body, ProposalForm)
    office = office_of(request)
    office.permits.require_role(proposing(form.kind), caller.caller, f"certificate/{form.number}")
    decision = office.deciding.propose(
        form.kind,
        form.number,
        form.document,
        form.decided_on,
        form.ground,
        caller.caller.name,
        form.changes,
        form.document_sha256,
    )
    return JSONResponse({"decision": decision})


@router.get("", summary="Decisions in one's reach, newest proposal first")
@needs(Action.DECISION_READ, on="decision")
def listed(
    request: Request,
    caller: Caller,
    view: Annotated[DecisionView, Query()] = DecisionView.ALL,
    kind: Annotated[DecisionKind | None, Query()] = None,
    number: Annotated[str | None, Query(pattern="^[0-9A-Za-z]{1,32}$")] = None,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    most: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 50,
) -> Response:
    """Without corrections and services, which are read one by one. `total` counts all that are asked for."""
    question = DecisionQuestion(view, kind, None if number is None else number.upper())
    page = office_of(request).decision_room.lists.decisions(question, caller.caller, offset, most)
    lines = [_line(one) for one in page.rows]
    return JSONResponse({"decisions": lines, "total": page.total})


@router.post("/{decision}/confirmation", summary="Confirm a decision: the second of two persons")
@needs(*(confirming(kind) for kind in DecisionKind), on="decision/{decision}")
def confirm(request: Request, decision: DecisionId, caller: Caller) -> Response:
    """Takes effect at once and goes to the public log. What was broken off is finished by asking again."""
    office = office_of(request)
    kind = office.deciding.find(decision).proposal.kind
    office.permits.require_role(confirming(kind), caller.caller, f"decision/{decision}")
    return _answer(office, office.confirm_decision(decision, caller.caller.name))


@router.get("/{decision}", summary="A decision: what the second person confirms")
@needs(Action.DECISION_READ, on="decision/{decision}")
def show(request: Request, decision: DecisionId, caller: Caller) -> Response:
    """Everything proposed, and how far it is. Corrections tell of people: the look is written down."""
    office = office_of(request)
    stored, _ = office.decision_room.lists.view(decision, caller.caller, "console")
    return _answer(office, stored)


@router.get(
    "/{decision}/log-receipt",
    summary="The log's promise to take a decision's events",
    response_class=PlainTextResponse,
)
@needs(Action.DECISION_READ, on="decision/{decision}")
def log_receipt(request: Request, decision: DecisionId, caller: Caller) -> Response:
    """A signed note (docs/formats/log-receipt.md), without any name; for those who may read the decision."""
    office = office_of(request)
    versions = office.decisions.versions(office.deciding.find(decision).proposal.number)
    place = city_responsible(versions[-1].content.award) if versions else None
    office.permits.require(Action.DECISION_READ, caller.caller, f"decision/{decision}", place=place)
    return PlainTextResponse(office.ledger_desk.receipts.for_decision(decision))


@router.post("/{decision}/withdrawal", summary="Withdraw a decision that is not confirmed")
@needs(Action.DECISION_WITHDRAW, on="decision/{decision}")
def withdraw(request: Request, decision: DecisionId, caller: Caller) -> Response:
    """By an official of the authority that proposed it; the same again changes nothing."""
    office = office_of(request)
    office.permits.require_role(Action.DECISION_WITHDRAW, caller.caller, f"decision/{decision}")
    return _answer(office, office.deciding.withdraw(decision, caller.caller.name))


def _answer(office: Office, stored: StoredDecision) -> Response:
    return JSONResponse(decision_object(stored, office.decision_documents.services(stored.id)))


def _line(stored: StoredDecision) -> dict[str, object]:
    told = decision_object(stored)
    return {name: value for name, value in told.items() if name not in ("changes", "services")}
