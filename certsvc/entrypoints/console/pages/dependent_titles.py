"""Titles that rest on what ended 后续职称: a person decides over each of them, nothing ends by itself."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from certsvc.domain.competence import refusal
from certsvc.domain.dependants import DependantStatus
from certsvc.domain.permission import Action
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Posting, Viewing
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.html.paging import PageNumber, Paging
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.http.permitted import needs
from certsvc.errors import RequestError

PATH: Final = "/console/dependent-titles"
router = APIRouter(prefix=PATH, include_in_schema=False)
STATES: Final = {
    DependantStatus.OPEN: ("待决定", "waits for a person", "limited"),
    DependantStatus.KEPT: ("保留", "kept", "passed"),
    DependantStatus.ENDED: ("已另行终止", "ended by a decision", "failed"),
    DependantStatus.LIFTED: ("原因已消除", "its cause was lifted", "unknown"),
}
SAID: Final = {"settled": ("已办结。", "Settled.")}


@router.get("")
@needs(Action.BATCH_VOIDING_READ, on="dependants")
def listed(
    request: Request,
    session: Viewing,
    status: Annotated[DependantStatus, Query()] = DependantStatus.OPEN,
    page: PageNumber = 1,
    said: Annotated[str, Query(max_length=16)] = "",
) -> Response:
    """What waits for a person, oldest first; certificates stand in it by their numbers alone."""
    filters = {"status": status.value}
    paging = Paging(PATH, page, 0, filters)
    rows, total = office_of(request).case_work.dependants.read_page(
        session.caller, status, paging.rows, paging.offset
    )
    return show(
        request,
        session,
        "credit/dependent_titles.html.j2",
        fragment="found",
        rows=rows,
        paging=Paging(PATH, page, total, filters),
        filters=filters,
        states=STATES,
        may_settle=refusal(Action.DEPENDENT_SETTLE, session.caller) is None,
        notice=SAID.get(said),
    )


@router.post("/{entry}/settlement")
@needs(Action.DEPENDENT_SETTLE, on="dependant/{entry}")
def settle(
    request: Request, posting: Posting, entry: Annotated[str, Path(pattern="^T[A-Z0-9]{1,19}$")]
) -> Response:
    """Kept, with a note; or ended, by a confirmed decision of its own."""
    form = posting.form
    try:
        outcome = DependantStatus(form.text("outcome", 8))
    except ValueError:
        raise RequestError("请选择保留，或已另行作出决定。") from None
    decision = form.text("decision", 20).upper() or None
    office_of(request).case_work.dependants.settle(
        entry, outcome, posting.caller.name, form.text("note", 2000) or None, decision
    )
    return go_to(f"{PATH}?said=settled")
