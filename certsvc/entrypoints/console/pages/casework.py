"""The sections of search, trace and decision: their routers, joined by the application."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from fastapi import APIRouter

from certsvc.bootstrap import Office
from certsvc.domain.caller import Caller
from certsvc.domain.competence import refusal
from certsvc.domain.decision import DecisionStatus
from certsvc.domain.decision_lists import DecisionQuestion, DecisionView
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE
from certsvc.entrypoints.console.pages import (
    batches,
    certificates,
    credit,
    credit_steps,
    decisions,
    dependent_titles,
    search,
)
from certsvc.entrypoints.console.pages.tallies import Tally

ROUTERS: Final[tuple[APIRouter, ...]] = (
    search.router,
    decisions.certificate_router,
    certificates.router,
    decisions.router,
    batches.router,
    credit.router,
    *credit_steps.ROUTERS,
    dependent_titles.router,
)
"""In the order of the navigation; the form of a decision before the certificate that it is over."""
UPLOADS: Final = (decisions.PREVIEW, decisions.SERVICES, batches.PREVIEW)
"""Addresses that take a document."""


def tallies(office: Office, caller: Caller) -> Iterable[Tally]:
    """Decisions and batches that wait for a second person, decisions not served, dependent titles."""
    lists = office.decision_room.lists
    if refusal(Action.DECISION_READ, caller, place=caller.region) is None:
        for view, zh, en in (
            (DecisionView.WAITING, "项决定待第二人确认", "decisions wait for a second person"),
            (DecisionView.UNSERVED, "项决定未登记送达", "decisions are not served"),
        ):
            number = lists.decisions(DecisionQuestion(view), caller, most=1).total
            if number:
                yield Tally(number, zh, en, f"/console/decisions?view={view.value}", "limited")
    if refusal(Action.BATCH_VOIDING_READ, caller, place=caller.region) is None:
        _, batches_waiting = lists.batch_page(caller, None, DecisionStatus.PROPOSED, 1, 0)
        if batches_waiting:
            zh, en = "项整批决定待第二人确认", "batch decisions wait for a second person"
            yield Tally(batches_waiting, zh, en, "/console/batches?status=proposed", "limited")
    if refusal(Action.BATCH_VOIDING_READ, caller, place=PROVINCE) is None and caller.region == PROVINCE:
        titles_waiting = office.case_work.dependants.waiting()
        if titles_waiting:
            zh, en = "个后续职称待人工决定", "dependent titles wait for a person"
            yield Tally(titles_waiting, zh, en, "/console/dependent-titles", "limited")
