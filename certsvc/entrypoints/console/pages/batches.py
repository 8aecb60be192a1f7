"""Whole batches: voided or restored after a dry run, by two persons; the work is followed while it is done."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from certsvc.bootstrap import Office
from certsvc.domain.batch_voiding import BatchDecision, BatchKind, BatchProposal
from certsvc.domain.caller import Caller
from certsvc.domain.competence import refusal
from certsvc.domain.decision import DecisionStatus
from certsvc.domain.decision_text import LONGEST_REFERENCE
from certsvc.domain.decision_words import BATCH_LAW_WORDS
from certsvc.domain.permission import Action, confirming, proposing
from certsvc.domain.regions import PROVINCE
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Posted, Posting, Viewing
from certsvc.entrypoints.console.pages.deciding import day_of, still, uploaded_document
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.console.pages.words import NAMES, require_retyped, require_word
from certsvc.entrypoints.html.filters import filters_of
from certsvc.entrypoints.html.paging import PageNumber, Paging
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.http.permitted import needs
from certsvc.entrypoints.http.polling import polled
from certsvc.errors import RequestError
from certsvc.stages.second_person import may_take_back, why_not_second

PATH: Final = "/console/batches"
PREVIEW: Final = f"{PATH}/preview"
router = APIRouter(prefix=PATH, include_in_schema=False)
BatchId = Annotated[str, Path(pattern="^B[A-Z0-9]{1,19}$")]
_PROPOSE: Final = tuple(proposing(f"batch_{kind}") for kind in BatchKind)
_CONFIRM: Final = tuple(confirming(f"batch_{kind}") for kind in BatchKind)
SAID: Final = {
    "proposed": (
        "已提出，等待省厅另一位人员确认。确认以前，证书状态不变。",
        "Proposed. Nothing changes until a second person of the province confirms.",
    ),
    "confirmed": (
        "已确认，当即生效。账本登记正在进行，关闭本页也会继续。",
        "Confirmed, in force. The log is being written, also when this page is closed.",
    ),
    "withdrawn": ("已撤回。证书状态没有变化。", "Withdrawn. Nothing was changed."),
    "moved": ("已继续办理。", "Carried on."),
}


@router.get("")
@needs(Action.BATCH_VOIDING_READ, on="batch")
def listed(
    request: Request,
    session: Viewing,
    filing: Annotated[str, Query(max_length=20)] = "",
    status: Annotated[str, Query(max_length=12)] = "",
    page: PageNumber = 1,
) -> Response:
    """Batch decisions, newest proposal first."""
    filters = {"filing": filing, "status": status}
    paging = Paging(PATH, page, 0, filters)
    rows, total = office_of(request).decision_room.lists.batch_page(
        session.caller,
        filing.strip().upper() or None,
        filters_of(request).choice("status", DecisionStatus),
        paging.rows,
        paging.offset,
    )
    may_propose = any(
        refusal(action, session.caller, place=session.caller.region) is None for action in _PROPOSE
    )
    return show(
        request,
        session,
        "batches/list.html.j2",
        fragment="found",
        rows=rows,
        paging=Paging(PATH, page, total, filters),
        filters=filters,
        names=NAMES,
        may_propose=may_propose,
    )


@router.get("/new")
@needs(*_PROPOSE, on="batch")
def new(
    request: Request,
    session: Viewing,
    filing: Annotated[str, Query(max_length=20)] = "",
    undoes: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """What a voiding of a filing's batch takes, or the lifting of one."""
    return show(
        request,
        session,
        "batches/new.html.j2",
        filing=filing,
        undoes=undoes,
        law=BATCH_LAW_WORDS,
        today=office_of(request).clock.today(),
    )


@router.post("/preview")
@needs(*_PROPOSE)
def preview(request: Request, posting: Posting) -> Response:
    """The dry run: counts and numbers; nothing is changed but that an uploaded document is kept."""
    office = office_of(request)
    proposal = _proposal(office, posting, uploaded_document(office, posting))
    found = office.case_work.batches.preview(proposal, posting.caller.name)
    return show(
        request,
        posting.session,
        "batches/preview.html.j2",
        proposal=proposal,
        preview=found,
        law=BATCH_LAW_WORDS,
        names=NAMES,
    )


@router.post("")
@needs(*_PROPOSE)
def propose(request: Request, posting: Posting) -> Response:
    """The proposal, with the document's number typed again; the same once more is the same decision."""
    office, form = office_of(request), posting.form
    require_retyped(form.text("retyped", LONGEST_REFERENCE), form.text("document", LONGEST_REFERENCE))
    proposal = _proposal(office, posting, form.text("document_sha256", 64) or None)
    batch = office.case_work.batches.propose(proposal, posting.caller.name)
    return go_to(f"{PATH}/{batch}?said=proposed")


@router.get("/{batch}")
@needs(Action.BATCH_VOIDING_READ, on="batch/{batch}")
@polled
def batch_decision(
    request: Request, session: Viewing, batch: BatchId, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """What was proposed, what it would do, how far it is; htmx asks for the progress alone."""
    office, by = office_of(request), session.caller
    batches = office.case_work.batches
    stored = batches.find(batch)
    place = batches.place_of(stored.proposal.filing)
    office.permits.require(Action.BATCH_VOIDING_READ, by, f"batch/{batch}", place=place)
    waits = stored.status is DecisionStatus.PROPOSED
    found, stale = (
        still(lambda one: batches.preview(one.proposal, one.maker), stored) if waits else (None, None)
    )
    confirm = confirming(f"batch_{stored.proposal.kind}")
    return show(
        request,
        session,
        "batches/batch.html.j2",
        fragment="progress",
        stored=stored,
        progress_now=batches.progress(batch),
        preview=found,
        stale=stale,
        refused=why_not_second(office.permits, confirm, by, stored.maker, stored.proposed_at)
        if waits
        else None,
        may_withdraw=waits and _may_withdraw(office, stored, by),
        may_carry_on=refusal(confirm, by, place=by.region) is None,
        may_restore=stored.status is DecisionStatus.CONFIRMED
        and stored.proposal.kind is BatchKind.VOID
        and refusal(Action.BATCH_RESTORATION_PROPOSE, by, place=PROVINCE) is None,
        word=confirm_word(stored.proposal.kind),
        law=BATCH_LAW_WORDS,
        names=NAMES,
        notice=SAID.get(said),
    )


@router.post("/{batch}/confirmation")
@needs(*_CONFIRM, on="batch/{batch}")
def confirm(request: Request, batch: BatchId, posting: Posting) -> Response:
    """The second person confirms; it counts from then on, and the log follows chunk by chunk."""
    office = office_of(request)
    stored = office.case_work.batches.find(batch)
    action = confirming(f"batch_{stored.proposal.kind}")
    office.permits.require_role(action, posting.caller, f"batch/{batch}")
    require_word(posting.form.text("confirmed", 32), confirm_word(stored.proposal.kind))
    office.decision_room.commit_batch(batch, posting.caller.name)
    return go_to(f"{PATH}/{batch}?said=confirmed")


@router.post("/{batch}/progress")
@needs(*_CONFIRM, on="batch/{batch}")
def carry_on(request: Request, batch: BatchId, posting: Posting) -> Response:
    """A few chunks more, for who will not wait for the background work."""
    office_of(request).decision_room.carry_on(batch, posting.caller)
    return go_to(f"{PATH}/{batch}?said=moved")


@router.post("/{batch}/withdrawal")
@needs(Action.DECISION_WITHDRAW, on="batch/{batch}")
def withdraw(request: Request, batch: BatchId, posting: Posting) -> Response:
    """Taken back by its authority, or turned down by the province; the same again changes nothing."""
    office = office_of(request)
    office.permits.require_role(Action.DECISION_WITHDRAW, posting.caller, f"batch/{batch}")
    office.case_work.batches.withdraw(batch, posting.caller.name)
    return go_to(f"{PATH}/{batch}?said=withdrawn")


def confirm_word(kind: BatchKind) -> str:
    """What the second person writes to confirm."""
    return f"确认{kind.label}"


def _may_withdraw(office: Office, stored: BatchDecision, by: Caller) -> bool:
    actions = [Action.DECISION_WITHDRAW]
    if stored.proposal.kind is BatchKind.VOID:
        actions.append(Action.BATCH_VOIDING_TURN_DOWN)
    return any(may_take_back(office.permits, one, by, stored.maker, stored.proposed_at) for one in actions)


def _proposal(office: Office, posting: Posted, digest: str | None) -> BatchProposal:
    form = posting.form
    try:
        kind = BatchKind(form.text("kind", 16))
    except ValueError:
        raise RequestError("请选择整批无效或整批恢复。") from None
    filing, undoes = form.text("filing", 20).upper(), form.text("undoes", 20).upper()
    subject = f"filing/{filing or undoes}"
    office.permits.require_role(proposing(f"batch_{kind}"), posting.caller, subject)
    return office.case_work.batches.proposal(
        kind,
        filing or None,
        undoes or None,
        form.text("document", LONGEST_REFERENCE),
        day_of(form.text("decided_on", 10)),
        form.text("ground", 2000),
        digest,
    )
