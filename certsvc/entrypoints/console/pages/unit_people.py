"""A unit's own people 本单位人员: who is in which filing, at which step, held or not; the certificate once issued."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certsvc.bootstrap import Office
from certsvc.domain.caller import Caller
from certsvc.domain.competence import role_refusal
from certsvc.domain.permission import Action
from certsvc.domain.under_way import Reason, Step
from certsvc.domain.unit_people import UnitState
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Viewing
from certsvc.entrypoints.console.pages.filing_words import Word
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.console.pages.tallies import Tally
from certsvc.entrypoints.console.pages.words import STATUSES, Pair
from certsvc.entrypoints.html.filters import filters_of
from certsvc.entrypoints.html.paging import ROWS, PageNumber, Paging
from certsvc.entrypoints.http.permitted import needs

PATH: Final = "/console/unit-people"
router = APIRouter(include_in_schema=False)
_YEARS: Final = (1990, 2199)
STATES: Final = MappingProxyType(
    {
        UnitState.UNDER_WAY: Word("办理中", "under way", "unknown"),
        UnitState.HELD: Word("暂缓", "on hold", "limited"),
        UnitState.RETURNED: Word("未通过或已退回", "not passed, or returned", "failed"),
        UnitState.ISSUED: Word("已签发", "issued", "passed"),
    }
)
STEPS: Final[MappingProxyType[Step, Pair]] = MappingProxyType(
    {
        Step.REPORTED: ("评审结果报送", "report of the results"),
        Step.PUBLICITY: ("公示", "publicity"),
        Step.FILED: ("逐级备案", "filing with each level"),
        Step.ANNOUNCED: ("公布文件", "announcement"),
        Step.EXAMINED: ("系统审查", "examination"),
        Step.APPROVED: ("省级同意备案", "approval by the province"),
        Step.ISSUED: ("签发证书", "issue"),
    }
)
REASONS: Final[MappingProxyType[Reason, Pair]] = MappingProxyType(
    {
        Reason.UNDER_EXAMINATION: (
            "有事项正在核查，查清后继续办理。",
            "Something is being looked into; it goes on afterwards.",
        ),
        Reason.QUALIFICATION: (
            "任职条件须核实，请协助本人向评委会办事机构提供材料。",
            "The conditions have to be verified: help the person bring proofs to the committee's office.",
        ),
        Reason.EVIDENCE: (
            "须补充依据材料，请协助本人向评委会办事机构提供。",
            "Proofs are missing: help the person bring them to the committee's office.",
        ),
        Reason.BATCH: (
            "整批有事项须先了结，由评委会办事机构处理。",
            "Something about the whole batch has to be settled first, by the committee's office.",
        ),
        Reason.PRINTING: (
            "姓名或其他文字中有字暂时无法打印，正在处理，本人和单位不用做什么。",
            "A character cannot be printed yet; nobody has to do anything.",
        ),
        Reason.HELD_TITLE: (
            "现职称须核实，请本人向评委会办事机构查询。",
            "The present title has to be verified: the person asks the committee's office.",
        ),
        Reason.DATA: (
            "报送的信息有误，由评委会办事机构更正后重新报送。",
            "What was filed has faults; the committee's office corrects it and files again.",
        ),
        Reason.NOT_PASSED: ("评审未通过。", "The review was not passed."),
        Reason.NOT_GRANTED: ("不予通过，评委会办事机构会告知本人。", "Not granted; the person is told why."),
        Reason.WHOLE_BATCH_RETURNED: (
            "整批已退回，评委会办事机构更正后重新报送。",
            "The whole batch was returned; the committee's office corrects it and files again.",
        ),
        Reason.BATCH_VOID: ("该批次已被认定无效。", "The batch was declared void."),
    }
)
"""Why a row does not go on, as its unit is told."""


@router.get(PATH)
@needs(Action.UNIT_PEOPLE_READ, on="unit-people")
def unit_people(request: Request, session: Viewing, page: PageNumber = 1) -> Response:
    """The unit's people in filings, the newest filing first, by review year and by how they stand."""
    people, filters = office_of(request).filing_face.unit_people, filters_of(request)
    year, state = filters.whole("year", *_YEARS), filters.choice("state", UnitState)
    by_state = people.by_state(session.caller, year)
    total = sum(by_state.values()) if state is None else by_state.get(state, 0)
    chosen = {"year": str(year or ""), "state": "" if state is None else state.value}
    paging = Paging(PATH, page, total, chosen)
    return show(
        request,
        session,
        "unit_people/list.html.j2",
        fragment="people",
        rows=people.page(session.caller, year, state, paging.offset, ROWS),
        paging=paging,
        chosen=chosen,
        by_state=by_state,
        states=STATES,
        steps=STEPS,
        reasons=REASONS,
        statuses=STATUSES,
    )


def tallies(office: Office, caller: Caller) -> Iterator[Tally]:
    """How many of the unit's people are under way, and on hold."""
    if role_refusal(Action.UNIT_PEOPLE_READ, caller) is not None:
        return
    by_state = office.filing_face.unit_people.by_state(caller)
    for state, zh, en, tone in (
        (UnitState.UNDER_WAY, "名本单位人员正在办理", "of the unit's people are under way", "unknown"),
        (UnitState.HELD, "名本单位人员暂缓", "of the unit's people are on hold", "limited"),
    ):
        if by_state.get(state):
            yield Tally(by_state[state], zh, en, f"{PATH}?state={state.value}", tone)
