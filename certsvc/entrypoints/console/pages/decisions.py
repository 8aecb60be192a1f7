"""Decisions: proposed after a dry run, confirmed by a second person on a screen of their own, served, undone by another."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from certsvc.domain.decision import DecisionKind, DecisionStatus
from certsvc.domain.decision_changes import CORRECTABLE, FIELD_WORDS
from certsvc.domain.decision_kinds import KINDS
from certsvc.domain.decision_lists import DecisionQuestion, DecisionView
from certsvc.domain.decision_service import ServiceMethod
from certsvc.domain.decision_text import LONGEST_REFERENCE
from certsvc.domain.decision_words import LAW_WORDS, WILL_HAPPEN
from certsvc.domain.permission import Action, confirming, proposing
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Posting, Viewing
from certsvc.entrypoints.console.pages.deciding import (
    changes_in,
    confirm_word,
    day_of,
    file_answer,
    kind_of,
    still,
    uploaded_document,
)
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.console.pages.words import NAMES, require_retyped, require_word
from certsvc.entrypoints.html.paging import PageNumber, Paging
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.http.permitted import needs
from certsvc.errors import ConflictError, RequestError

PATH: Final = "/console/decisions"
PREVIEW: Final = f"{PATH}/preview"
SERVICES: Final = f"{PATH}/services"
router = APIRouter(prefix=PATH, include_in_schema=False)
certificate_router = APIRouter(prefix="/console/certificates", include_in_schema=False)
DecisionId = Annotated[str, Path(pattern="^[A-Z0-9]{1,20}$")]
_PROPOSE: Final = tuple(proposing(kind) for kind in DecisionKind)
_CONFIRM: Final = tuple(confirming(kind) for kind in DecisionKind)
SAID: Final = {
    "proposed": (
        "已提出，等待第二人确认。确认以前，证书状态不变。",
        "Proposed. Nothing changes until a second person confirms.",
    ),
    "confirmed": ("已确认生效，并已登记公开账本。", "Confirmed, in force, and in the public log."),
    "withdrawn": ("已撤回。证书状态没有变化。", "Withdrawn. Nothing was changed."),
    "served": ("已登记送达。", "The service is recorded."),
}


@router.get("")
@needs(Action.DECISION_READ, on="decision")
def listed(
    request: Request,
    session: Viewing,
    view: DecisionView = DecisionView.WAITING,
    kind: Annotated[str, Query(max_length=16)] = "",
    number: Annotated[str, Query(max_length=32)] = "",
    page: PageNumber = 1,
) -> Response:
    """Decisions by their state and kind, page by page."""
    filters = {"view": view.value, "kind": kind, "number": number}
    paging = Paging(PATH, page, 0, filters)
    question = DecisionQuestion(view, kind_of(kind) if kind else None, number.strip().upper() or None)
    lists = office_of(request).decision_room.lists
    found = lists.decisions(question, session.caller, paging.offset, paging.rows)
    return show(
        request,
        session,
        "decisions/list.html.j2",
        fragment="found",
        rows=found.rows,
        paging=Paging(PATH, page, found.total, filters),
        filters=filters,
        names=NAMES,
        views=DecisionView,
    )


@certificate_router.get("/{number}/decide")
@needs(*_PROPOSE, on="certificate/{number}")
def decide(
    request: Request,
    session: Viewing,
    number: Annotated[str, Path(pattern="^[0-9A-Za-z]{1,32}$")],
    kind: Annotated[str, Query(max_length=16)] = "",
) -> Response:
    """The kinds that the caller may propose; for one of them what it takes."""
    room = office_of(request).decision_room
    versions = room.traces.require_reader(number, session.caller, "console", "提出决定")
    kinds = room.previews.possible_kinds(versions[-1], session.caller.name)
    chosen = kind_of(kind) if kind else None
    if chosen is not None and chosen not in kinds:
        raise ConflictError("对这份证书目前不能提出这一种决定。请返回证书页面核对状态。")
    return show(
        request,
        session,
        "decisions/decide.html.j2",
        newest=versions[-1],
        award=versions[-1].content.award,
        kinds=kinds,
        kind=chosen,
        rules=KINDS,
        law=LAW_WORDS,
        will=WILL_HAPPEN,
        fields={name: FIELD_WORDS[name] for name in CORRECTABLE},
        names=NAMES,
        today=office_of(request).clock.today(),
    )


@router.post("/preview")
@needs(*_PROPOSE)
def preview(request: Request, posting: Posting) -> Response:
    """The dry run: what would happen, in full; nothing is changed but that an uploaded document is kept."""
    office, form = office_of(request), posting.form
    kind = kind_of(form.text("kind", 16))
    office.permits.require_role(proposing(kind), posting.caller, f"certificate/{form.text('number', 32)}")
    found = office.decision_room.previews.of_proposal(
        kind,
        form.text("number", 32),
        form.text("document", LONGEST_REFERENCE),
        day_of(form.text("decided_on", 10)),
        form.text("ground", 2000),
        posting.caller.name,
        changes_in(form, kind),
        uploaded_document(office, posting),
    )
    return show(
        request,
        posting.session,
        "decisions/preview.html.j2",
        preview=found,
        rules=KINDS[kind],
        law=LAW_WORDS.get(kind),
        will=WILL_HAPPEN[kind],
        names=NAMES,
    )


@router.post("")
@needs(*_PROPOSE)
def propose(request: Request, posting: Posting) -> Response:
    """The proposal, with the document's number typed again; the same once more is the same decision."""
    office, form = office_of(request), posting.form
    kind = kind_of(form.text("kind", 16))
    office.permits.require_role(proposing(kind), posting.caller, f"certificate/{form.text('number', 32)}")
    require_retyped(form.text("retyped", LONGEST_REFERENCE), form.text("document", LONGEST_REFERENCE))
    decision = office.deciding.propose(
        kind,
        form.text("number", 32),
        form.text("document", LONGEST_REFERENCE),
        day_of(form.text("decided_on", 10)),
        form.text("ground", 2000),
        posting.caller.name,
        changes_in(form, kind),
        form.text("document_sha256", 64) or None,
    )
    return go_to(f"{PATH}/{decision}?said=proposed")


@router.get("/{decision}")
@needs(Action.DECISION_READ, on="decision/{decision}")
def decided(
    request: Request, session: Viewing, decision: DecisionId, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """Everything that was proposed, what it does or did, and the one step that waits for this person."""
    office, by = office_of(request), session.caller
    room = office.decision_room
    stored, versions = room.lists.view(decision, by, "console")
    kind, waits = stored.proposal.kind, stored.status is DecisionStatus.PROPOSED
    refused = room.previews.why_not_confirm(stored, by.name) if waits else None
    found, stale = still(room.previews.of_stored, stored) if waits else (None, None)
    return show(
        request,
        session,
        "decisions/decision.html.j2",
        stored=stored,
        newest=versions[-1],
        award=versions[-1].content.award,
        rules=KINDS[kind],
        law=LAW_WORDS.get(kind),
        will=WILL_HAPPEN[kind],
        word=confirm_word(kind),
        preview=found,
        stale=stale,
        refused=refused,
        may_withdraw=waits and room.previews.may_withdraw(stored, by.name),
        may_serve=office.decision_documents.may_serve(stored, by),
        may_undo=DecisionKind.REINSTATE in room.previews.possible_kinds(versions[-1], by.name),
        services=office.decision_documents.services(decision),
        methods=list(ServiceMethod),
        field_words=FIELD_WORDS,
        names=NAMES,
        today=office.clock.today(),
        notice=SAID.get(said),
    )


@router.post("/{decision}/confirmation")
@needs(*_CONFIRM, on="decision/{decision}")
def confirm(request: Request, decision: DecisionId, posting: Posting) -> Response:
    """The second person confirms what they have seen: another state of the certificate is refused."""
    office, name = office_of(request), posting.caller.name
    stored = office.deciding.find(decision)
    office.permits.require_role(confirming(stored.proposal.kind), posting.caller, f"decision/{decision}")
    require_word(posting.form.text("confirmed", 32), confirm_word(stored.proposal.kind))
    office.decision_room.previews.require_seen(stored, posting.form.text("seen", 64))
    office.confirm_decision(decision, name)
    return go_to(f"{PATH}/{decision}?said=confirmed")


@router.post("/{decision}/withdrawal")
@needs(Action.DECISION_WITHDRAW, on="decision/{decision}")
def withdraw(request: Request, decision: DecisionId, posting: Posting) -> Response:
    """Taken back by its authority, or turned down by the province; the same again changes nothing."""
    office = office_of(request)
    office.permits.require_role(Action.DECISION_WITHDRAW, posting.caller, f"decision/{decision}")
    office.deciding.withdraw(decision, posting.caller.name)
    return go_to(f"{PATH}/{decision}?said=withdrawn")


@router.post("/services")
@needs(Action.DECISION_SERVICE)
def serve(request: Request, posting: Posting) -> Response:
    """That a decision was served, with its proof where there is one."""
    office, form = office_of(request), posting.form
    decision = form.text("decision", 20)
    office.permits.require_role(Action.DECISION_SERVICE, posting.caller, f"decision/{decision}")
    proof = uploaded_document(office, posting)
    try:
        method = ServiceMethod(form.text("method", 16))
    except ValueError:
        raise RequestError("请从列表中选择送达方式。") from None
    office.decision_documents.serve(
        decision, day_of(form.text("served_on", 10)), method, posting.caller.name, proof
    )
    return go_to(f"{PATH}/{decision}?said=served")


@router.get("/{decision}/document")
@needs(Action.DECISION_READ, on="decision/{decision}")
def document(request: Request, session: Viewing, decision: DecisionId) -> Response:
    """The document as it was uploaded; the look is written down."""
    return file_answer(
        office_of(request).decision_documents.document_of(decision, session.caller, "console"), decision
    )


@router.get("/{decision}/services/{position}/proof")
@needs(Action.DECISION_READ, on="decision/{decision}")
def proof(
    request: Request, session: Viewing, decision: DecisionId, position: Annotated[int, Path(ge=1, le=9999)]
) -> Response:
    """The proof of a service as it was uploaded; `position` counts from 1."""
    documents = office_of(request).decision_documents
    return file_answer(documents.proof_of(decision, position, session.caller, "console"), decision)
