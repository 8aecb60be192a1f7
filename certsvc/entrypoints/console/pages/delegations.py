"""Delegation 委托代办: who acts for whom, until when; and in whose name one acts oneself from now on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from certsvc.domain.caller import CallerRole
from certsvc.domain.delegation import is_acting, signed_in_as
from certsvc.domain.permission import Action
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Posting, Viewing
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.html.filters import day_given
from certsvc.entrypoints.html.paging import PageNumber, Paging
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.http.permitted import needs
from certsvc.errors import RequestError

PATH: Final = "/console/delegations"
router = APIRouter(prefix=PATH, include_in_schema=False)
DelegationId = Annotated[str, Path(pattern="^E[0-9A-F]{15}$")]
SAID: Final[Mapping[str, tuple[str, str]]] = {
    "proposed": ("委托已提出，双方都同意后生效。", "Proposed; it counts once both have agreed."),
    "accepted": ("委托已接受。", "Accepted."),
    "ended": ("委托已结束。", "Ended."),
    "acting": (
        "此后的办理以委托人的职责进行，留痕记为“某代某”。",
        "From now on you act for the other; both names are noted.",
    ),
    "own": ("此后的办理以本人名义进行。", "From now on you act in your own name."),
}


@router.get("")
@needs(Action.DELEGATION_READ, on="delegations")
def listed(request: Request, session: Viewing, page: PageNumber = 1) -> Response:
    """A security administrator sees all of them; everybody else their own."""
    desk, caller = office_of(request).people.delegations, session.caller
    unknown = Paging(PATH, page, 0)
    total, found = desk.listed(caller, unknown.offset, unknown.rows)
    if session.acting_for is not None and not is_acting(caller.name):
        office_of(request).sign_in.act_for(session.session, None)  # what was chosen is over
    return show(
        request,
        session,
        "people/delegations.html.j2",
        delegations=found,
        paging=Paging(PATH, page, total),
        today=office_of(request).clock.today(),
        own=signed_in_as(caller.name),
        acting=is_acting(caller.name),
        open_to=desk.open_to(caller),
        administers=caller.role is CallerRole.SECURITY,
        notice=SAID.get(request.query_params.get("said", "")),
    )


@router.post("")
@needs(Action.DELEGATION_PROPOSE, on="delegations")
def propose(request: Request, form: Posting) -> Response:
    """Propose that somebody acts for oneself; a security administrator names for whom."""
    given = form.form
    from_on, until_on = day_given(given.text("from_on", 10)), day_given(given.text("until_on", 10))
    if from_on is None or until_on is None:
        raise RequestError("请填写开始和结束日期。")
    delegator = given.text("delegator", 64) or form.caller.name
    office_of(request).people.delegations.propose(
        given.text("delegate", 64), delegator, from_on, until_on, given.text("reason", 500), form.caller
    )
    return go_to(f"{PATH}?said=proposed")


@router.post("/acting")
@needs(Action.DELEGATION_ACCEPT, on="delegations")
def act(request: Request, form: Posting) -> Response:
    """Act for somebody from now on, or in one's own name again."""
    delegator = form.form.text("delegator", 64)
    office = office_of(request)
    if delegator:
        office.people.delegations.acting_for(form.caller, delegator)
    office.sign_in.act_for(form.session.session, delegator or None)
    return go_to(f"{PATH}?said={'acting' if delegator else 'own'}")


@router.post("/{wanted}/acceptance")
@needs(Action.DELEGATION_ACCEPT, on="delegation/{wanted}")
def accept(request: Request, wanted: DelegationId, form: Posting) -> Response:
    """Either of the two agrees."""
    office_of(request).people.delegations.accept(wanted, form.caller)
    return go_to(f"{PATH}?said=accepted")


@router.post("/{wanted}/end")
@needs(Action.DELEGATION_END, on="delegation/{wanted}")
def end(request: Request, wanted: DelegationId, form: Posting) -> Response:
    """End it early, or turn it down."""
    office_of(request).people.delegations.end(wanted, form.caller)
    return go_to(f"{PATH}?said=ended")
