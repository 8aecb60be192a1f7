"""The credit archive 诚信档案库, for the province: records with start, end and what they bar; every look is written down."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from certsvc.domain.credit import CreditStanding
from certsvc.domain.decision_words import CREDIT_WORDS
from certsvc.domain.permission import Action
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Viewing
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.html.filters import filters_of
from certsvc.entrypoints.html.paging import PageNumber, Paging
from certsvc.entrypoints.http.permitted import needs

PATH: Final = "/console/credit"
router = APIRouter(prefix=PATH, include_in_schema=False)
STANDINGS: Final = {
    CreditStanding.ACTIVE: ("记录期内", "in force", "failed"),
    CreditStanding.ENDED: ("记录期满", "over", "unknown"),
    CreditStanding.WITHDRAWN: ("已撤回", "withdrawn", "passed"),
}


@router.get("")
@needs(Action.CREDIT_READ, on="credit")
def archive(
    request: Request,
    session: Viewing,
    page: PageNumber = 1,
) -> Response:
    """Records without their persons, newest first."""
    office = office_of(request)
    today = office.clock.today()
    chosen = filters_of(request).choice("standing", CreditStanding)
    filters = {"standing": chosen.value if chosen else ""}
    found = office.credit.archive
    paging = Paging(PATH, page, found.counted(session.caller, chosen), filters)
    return show(
        request,
        session,
        "credit/archive.html.j2",
        fragment="found",
        rows=found.listed(session.caller, "console", chosen, paging.offset, paging.rows),
        paging=paging,
        filters=filters,
        standings=STANDINGS,
        today=today,
        law=CREDIT_WORDS,
    )


@router.get("/{record}")
@needs(Action.CREDIT_READ, on="credit/{record}")
def credit_record(
    request: Request, session: Viewing, record: Annotated[str, Path(pattern="^C[A-Z0-9]{1,19}$")]
) -> Response:
    """A record with its person; the look is written down first."""
    office = office_of(request)
    history, holder = office.credit.archive.show(record, session.caller, "console")
    return show(
        request,
        session,
        "credit/record.html.j2",
        history=history,
        holder=holder,
        standing=STANDINGS[history.standing(office.clock.today())],
        law=CREDIT_WORDS,
    )
