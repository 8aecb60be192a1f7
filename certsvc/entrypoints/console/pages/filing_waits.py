"""What waits across filings: due days by office, and persons who are held; and what the dashboard counts of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certsvc.bootstrap import Office
from certsvc.domain.caller import Caller
from certsvc.domain.competence import refusal, role_refusal
from certsvc.domain.filing import FilingStatus
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages import filing_words as words
from certsvc.entrypoints.console.pages.access import Viewing
from certsvc.entrypoints.console.pages.filings import PATH
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.console.pages.tallies import Tally
from certsvc.entrypoints.html.filters import filters_of
from certsvc.entrypoints.html.paging import ROWS, PageNumber, Paging
from certsvc.entrypoints.http.permitted import needs
from certsvc.stages.filing_desk import FilingDesk, ListWish

DEADLINES: Final = "/console/deadlines"
HOLDS: Final = "/console/holds"
router = APIRouter(include_in_schema=False)


@router.get(DEADLINES)
@needs(Action.FILING_READ, on="deadlines")
def deadlines(request: Request, session: Viewing, page: PageNumber = 1) -> Response:
    """What is due, day by day, the longest overdue first; of one's own office where asked."""
    desk = office_of(request).filing_face.desk
    scope = desk.question(session.caller, ListWish(region=filters_of(request).region())).scope
    own = filters_of(request).text("office") == "own"
    office = session.caller.region if own else None
    filters = {"office": "own" if own else "", "region": filters_of(request).region() or ""}
    paging = Paging(DEADLINES, page, desk.shelf.count_due(scope, office), filters)
    return show(
        request,
        session,
        "filings/deadlines.html.j2",
        fragment="due",
        rows=desk.due(scope, office, paging.offset, ROWS),
        paging=paging,
        own=own,
        overdue=desk.shelf.overdue(scope, desk.clock.today()),
        today=desk.clock.today(),
        calendar=desk.terms().calendar,
        workdays_left=desk.workdays_left,
        office_word=words.office_word,
        committee_name=desk.committee_name,
    )


@router.get(HOLDS)
@needs(Action.FILING_READ, on="holds")
def holds(request: Request, session: Viewing, page: PageNumber = 1) -> Response:
    """Persons who wait, across filings: why, since when, what settles it."""
    desk = office_of(request).filing_face.desk
    scope = desk.question(session.caller, ListWish()).scope
    code = filters_of(request).text("rule")
    paging = Paging(HOLDS, page, desk.shelf.count_held(scope, code), {"rule": code or ""})
    return show(
        request,
        session,
        "filings/holds.html.j2",
        fragment="held",
        rows=desk.held(scope, code, session.caller, paging.offset, ROWS),
        paging=paging,
        chosen=code,
        by_rule=desk.shelf.held_by_rule(scope),
        rules=words.rules_by_code(),
        committee_name=desk.committee_name,
    )


def tallies(office: Office, caller: Caller) -> Iterator[Tally]:
    """Overdue steps, steps of one's own office, filings to approve and to issue, persons on hold."""
    if role_refusal(Action.FILING_READ, caller) is not None:
        return
    desk = office.filing_face.desk
    question = desk.question(caller, ListWish())
    overdue = desk.shelf.overdue(question.scope, question.today)
    if overdue:
        yield Tally(overdue, "项备案期限已过", "filing steps are overdue", DEADLINES, "failed")
    own = desk.shelf.count_due(question.scope, caller.region)
    if own:
        yield Tally(
            own,
            "项由本部门受理的备案",
            "filings for your office to receive",
            f"{DEADLINES}?office=own",
            "limited",
        )
    yield from _decisions(desk, caller)
    held = desk.shelf.count_held(question.scope, None)
    if held:
        yield Tally(held, "人暂缓，等待处理", "persons on hold", HOLDS, "limited")


def _decisions(desk: FilingDesk, caller: Caller) -> Iterator[Tally]:
    by_status = desk.shelf.by_status(desk.question(caller, ListWish()))
    for status, action, zh, en in (
        (FilingStatus.EXAMINED, Action.FILING_APPROVE, "批待同意备案", "filings to approve"),
        (
            FilingStatus.APPROVED,
            Action.FILING_ISSUE,
            "批待签发或正在签发",
            "filings to issue, or being issued",
        ),
    ):
        number = by_status.get(status, 0)
        if number and refusal(action, caller, place=PROVINCE) is None:
            yield Tally(number, zh, en, f"{PATH}?status={status.value}")
    refused = by_status.get(FilingStatus.REFUSED, 0)
    if refused:
        yield Tally(
            refused, "批整批退回，待更正", "filings returned as a whole", f"{PATH}?status=refused", "failed"
        )
