"""Matters of two steps that are all handled alike: proposed with the document's number typed twice, confirmed by another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from certsvc.bootstrap import Office
from certsvc.domain.caller import Caller
from certsvc.domain.competence import refusal
from certsvc.domain.decision import DecisionStatus
from certsvc.domain.decision_text import LONGEST_REFERENCE
from certsvc.domain.permission import Action
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Posting, Viewing
from certsvc.entrypoints.console.pages.deciding import day_of
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.console.pages.words import NAMES, Pair, require_retyped, require_word
from certsvc.entrypoints.html.forms import GivenForm
from certsvc.entrypoints.html.paging import PageNumber, Paging
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.http.permitted import needs
from certsvc.stages.second_person import why_not_second

StepId = Annotated[str, Path(pattern="^[A-Z0-9]{1,20}$")]
SAID: Final = {
    "proposed": (
        "已提出，等待第二人确认。确认以前不产生任何影响。",
        "Proposed. Nothing counts before a second person confirms.",
    ),
    "confirmed": ("已确认生效。", "Confirmed, in force."),
    "withdrawn": ("已撤回。", "Withdrawn."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One step as it is shown. `heading` and `facts` are words of the step; `lifts`: the step that it takes back."""

    id: str
    label: str
    heading: str
    facts: tuple[tuple[str, str, str], ...]
    document_ref: str
    decided_on: date
    ground: str
    status: DecisionStatus
    maker: str
    proposed_at: datetime
    checker: str | None
    confirmed_at: datetime | None
    may_be_lifted: bool
    lifts: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form of a proposal; `options`: value and words, none for a text."""

    name: str
    zh: str
    en: str
    kind: str = "text"
    options: tuple[tuple[str, str], ...] = ()
    required: bool = True
    hint: Pair = ("", "")


@dataclass(frozen=True, slots=True)
class Matter:
    """What is told apart: words, actions, and the use cases behind the same steps."""

    path: str
    zh: str
    en: str
    law: str
    will: Pair
    fields: Sequence[Field]
    read: Action
    proposing: Action
    confirming: Action
    listed: Callable[[Office, Caller], Sequence[Line]]
    find: Callable[[Office, Caller, str], Line]
    propose: Callable[[Office, GivenForm, date, str], str]
    lift: Callable[[Office, str, GivenForm, date, str], str]
    confirm: Callable[[Office, str, str], object]
    withdraw: Callable[[Office, str, str], object]
    subject: str


def section_of(matter: Matter) -> APIRouter:
    """The pages of a matter: its list, a step, and what may be done."""
    router = APIRouter(prefix=matter.path, include_in_schema=False)
    one = f"{matter.subject}/{{step}}"

    @router.get("")
    @needs(matter.read, on=matter.subject)
    def listed(
        request: Request,
        session: Viewing,
        status: Annotated[str, Query(max_length=12)] = "",
        page: PageNumber = 1,
    ) -> Response:
        """Steps, newest first; below them the form of a proposal, for who may make one."""
        found = matter.listed(office_of(request), session.caller)
        chosen = [line for line in found if not status or line.status.value == status]
        paging = Paging(matter.path, page, len(chosen), {"status": status})
        return show(
            request,
            session,
            "credit/steps.html.j2",
            fragment="found",
            matter=matter,
            rows=chosen[paging.offset : paging.offset + paging.rows],
            paging=paging,
            status_chosen=status,
            may_propose=_may(matter.proposing, session.caller),
            names=NAMES,
            today=office_of(request).clock.today(),
        )

    @router.post("")
    @needs(matter.proposing, on=matter.subject)
    def propose(request: Request, posting: Posting) -> Response:
        """The first of two persons; the same once more is the same step."""
        form = posting.form
        require_retyped(form.text("retyped", LONGEST_REFERENCE), form.text("document", LONGEST_REFERENCE))
        day = day_of(form.text("decided_on", 10))
        step = matter.propose(office_of(request), form, day, posting.caller.name)
        return go_to(f"{matter.path}/{step}?said=proposed")

    @router.get("/{step}")
    @needs(matter.read, on=one)
    def shown(
        request: Request, session: Viewing, step: StepId, said: Annotated[str, Query(max_length=16)] = ""
    ) -> Response:
        """Everything that was proposed, and the step that waits for this person."""
        office, by = office_of(request), session.caller
        line = matter.find(office, by, step)
        waits = line.status is DecisionStatus.PROPOSED
        refused = why_not_second(office.permits, matter.confirming, by, line.maker, line.proposed_at)
        return show(
            request,
            session,
            "credit/step.html.j2",
            matter=matter,
            line=line,
            refused=refused if waits else None,
            may_withdraw=waits and _may(matter.proposing, by),
            may_lift=line.may_be_lifted and _may(matter.proposing, by),
            names=NAMES,
            today=office.clock.today(),
            notice=SAID.get(said),
        )

    @router.post("/{step}/confirmation")
    @needs(matter.confirming, on=one)
    def confirm(request: Request, posting: Posting, step: StepId) -> Response:
        """The second of two persons; again by the same person nothing new."""
        require_word(posting.form.text("confirmed", 32), "确认生效")
        matter.confirm(office_of(request), step, posting.caller.name)
        return go_to(f"{matter.path}/{step}?said=confirmed")

    @router.post("/{step}/withdrawal")
    @needs(matter.proposing, on=one)
    def withdraw(request: Request, posting: Posting, step: StepId) -> Response:
        """Taken back before anybody confirmed it."""
        matter.withdraw(office_of(request), step, posting.caller.name)
        return go_to(f"{matter.path}/{step}?said=withdrawn")

    @router.post("/{step}/lifting")
    @needs(matter.proposing, on=one)
    def lift(request: Request, posting: Posting, step: StepId) -> Response:
        """The proposal to take back what is in force: a step of its own, with two persons of its own."""
        form = posting.form
        require_retyped(form.text("retyped", LONGEST_REFERENCE), form.text("document", LONGEST_REFERENCE))
        day = day_of(form.text("decided_on", 10))
        lifting = matter.lift(office_of(request), step, form, day, posting.caller.name)
        return go_to(f"{matter.path}/{lifting}?said=proposed")

    return router


def _may(action: Action, caller: Caller) -> bool:
    return refusal(action, caller, place=caller.region) is None
