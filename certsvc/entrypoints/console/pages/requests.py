"""Holders' requests 持证人申请: the list in reach, and the steps of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from certsvc.bootstrap import Office
from certsvc.domain.caller import Caller
from certsvc.domain.competence import role_refusal
from certsvc.domain.holder_request import OVER, WAITING, RequestKind, RequestState
from certsvc.domain.permission import Action
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Posting, Viewing
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.console.pages.tallies import Tally
from certsvc.entrypoints.evidence_answers import evidence_answer
from certsvc.entrypoints.html.paging import ROWS, PageNumber, Paging
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.http.permitted import needs
from certsvc.stages.request_work import OPEN

router = APIRouter(include_in_schema=False)
PATH: Final = "/console/requests"
SAID: Final = {
    "assigned": ("已分派。", "Assigned."),
    "asked": ("已请持证人补正，并已通知。", "The holder was asked and told."),
    "accepted": (
        "已受理。证书没有变化；请依程序作出决定。",
        "Accepted. Nothing has changed: decide by procedure.",
    ),
    "declined": ("已答复：不予办理。", "Declined; the holder is told."),
    "unlinking": (
        "已提出撤销关联，等待另一人复核。在此之前关联仍然有效。",
        "Proposed; the link holds until another person confirms.",
    ),
    "unlinked": ("关联已撤销，已通知持证人。", "The link is undone; the holder is told."),
    "kept": ("维持关联。", "The link stays."),
    "concluded": ("已答复，申请办结。", "Answered; the request is done."),
}
_OFFERED: Final = (
    Action.REQUEST_ASSIGN,
    Action.REQUEST_ASK,
    Action.REQUEST_ACCEPT,
    Action.REQUEST_DECLINE,
    Action.REQUEST_CONCLUDE,
    Action.REQUEST_UNLINK,
    Action.REQUEST_UNLINK_CONFIRM,
)
Number = Annotated[str, Path(max_length=10)]
_LONGEST: Final = 4000


@router.get(PATH)
@needs(Action.REQUEST_READ, on="request")
def requests(
    request: Request,
    session: Viewing,
    state: Annotated[str, Query(max_length=16)] = "",
    number: PageNumber = 1,
) -> Response:
    """What is open in the caller's reach, the first due first; of one state where asked."""
    chosen = next((one for one in RequestState if one == state), None)
    states = OPEN if chosen is None else frozenset({chosen})
    filters = {"state": "" if chosen is None else chosen.value}
    asked = Paging(PATH, number, 0)
    office = office_of(request)
    total, found = office.request_desk.work.listed(session.caller, states, asked.offset, ROWS)
    return show(
        request,
        session,
        "requests/list.html.j2",
        fragment="rows",
        found=found,
        paging=Paging(PATH, number, total, filters),
        states=tuple(RequestState),
        state=chosen,
        today=office.clock.today(),
        calendar=office.policies.calendar(),
    )


@router.get(PATH + "/{number}")
@needs(Action.REQUEST_READ, on="request/{number}")
def one(
    request: Request, number: Number, session: Viewing, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """Everything of one request, and the steps that the caller may take."""
    office = office_of(request)
    work = office.request_desk.work
    whole = work.show(number, session.caller)
    offered = {action for action in _OFFERED if work.may(action, whole.request, session.caller)}
    return show(
        request,
        session,
        "requests/one.html.j2",
        whole=whole,
        may=offered,
        Action=Action,
        waits=whole.request.state in WAITING,
        is_accepted=whole.request.state is RequestState.ACCEPTED,
        is_over=whole.request.state in OVER,
        own_decision=work.why_not_own(Action.REQUEST_ACCEPT, whole.request, session.caller),
        is_linked=whole.request.kind is RequestKind.ID_NUMBER and whole.request.state is RequestState.DONE,
        is_unlinking=whole.request.state is RequestState.UNLINKING,
        said=SAID.get(said),
        calendar=office.policies.calendar(),
    )


@router.get(PATH + "/{number}/files/{place}")
@needs(Action.REQUEST_READ, on="request/{number}")
def file(
    request: Request, number: Number, place: Annotated[int, Path(ge=1, le=99)], session: Viewing
) -> Response:
    """A file that the holder handed in."""
    found = office_of(request).request_desk.work.file(number, place, session.caller)
    return evidence_answer(number, place, *found)


@router.post(PATH + "/{number}/assignment")
@needs(Action.REQUEST_ASSIGN, on="request/{number}")
def assign(request: Request, number: Number, posting: Posting) -> Response:
    """Say who looks into it."""
    office_of(request).request_desk.work.assign(number, posting.form.text("to", 64), posting.caller)
    return go_to(f"{PATH}/{number}?said=assigned")


@router.post(PATH + "/{number}/question")
@needs(Action.REQUEST_ASK, on="request/{number}")
def ask_back(request: Request, number: Number, posting: Posting) -> Response:
    """Ask the holder for what is missing."""
    words = posting.form.text("words", _LONGEST)
    office_of(request).request_desk.work.ask_back(number, words, posting.caller)
    return go_to(f"{PATH}/{number}?said=asked")


@router.post(PATH + "/{number}/acceptance")
@needs(Action.REQUEST_ACCEPT, on="request/{number}")
def accept(request: Request, number: Number, posting: Posting) -> Response:
    """Find it well-founded."""
    words = posting.form.text("words", _LONGEST)
    office_of(request).request_desk.work.accept(number, words, posting.caller)
    return go_to(f"{PATH}/{number}?said=accepted")


@router.post(PATH + "/{number}/refusal")
@needs(Action.REQUEST_DECLINE, on="request/{number}")
def decline(request: Request, number: Number, posting: Posting) -> Response:
    """Decline, with reason and legal basis."""
    words, basis = posting.form.text("words", _LONGEST), posting.form.text("basis", _LONGEST)
    office_of(request).request_desk.work.decline(number, words, basis, posting.caller)
    return go_to(f"{PATH}/{number}?said=declined")


@router.post(PATH + "/{number}/answer")
@needs(Action.REQUEST_CONCLUDE, on="request/{number}")
def conclude(request: Request, number: Number, posting: Posting) -> Response:
    """Answer an accepted request; a correction names its decision."""
    words, decision = posting.form.text("words", _LONGEST), posting.form.text("decision", 64)
    office_of(request).request_desk.work.conclude(number, words, decision, posting.caller)
    return go_to(f"{PATH}/{number}?said=concluded")


@router.post(PATH + "/{number}/unlinking")
@needs(Action.REQUEST_UNLINK, on="request/{number}")
def propose_unlinking(request: Request, number: Number, posting: Posting) -> Response:
    """The first of two persons to undo a link of ID numbers."""
    words = posting.form.text("words", _LONGEST)
    office_of(request).request_desk.work.propose_unlinking(number, words, posting.caller)
    return go_to(f"{PATH}/{number}?said=unlinking")


@router.post(PATH + "/{number}/unlinking/confirmation")
@needs(Action.REQUEST_UNLINK_CONFIRM, on="request/{number}")
def unlink(request: Request, number: Number, posting: Posting) -> Response:
    """The second of two persons: from now on each number counts for itself."""
    words = posting.form.text("words", _LONGEST)
    office_of(request).request_desk.work.unlink(number, words, posting.caller)
    return go_to(f"{PATH}/{number}?said=unlinked")


@router.post(PATH + "/{number}/unlinking/refusal")
@needs(Action.REQUEST_UNLINK, on="request/{number}")
def keep_link(request: Request, number: Number, posting: Posting) -> Response:
    """The link stays."""
    words = posting.form.text("words", _LONGEST)
    office_of(request).request_desk.work.keep_link(number, words, posting.caller)
    return go_to(f"{PATH}/{number}?said=kept")


def tallies(office: Office, caller: Caller) -> Iterable[Tally]:
    """Requests that wait for an official."""
    if role_refusal(Action.REQUEST_READ, caller) is not None:
        return
    total, found = office.request_desk.work.listed(caller, WAITING, 0, 1)
    if total:
        overdue = found[0].due_on < office.clock.today()
        yield Tally(total, "持证人申请", "requests of holders", PATH, "failed" if overdue else "unknown")
