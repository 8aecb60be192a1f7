"""Cases 举报和投诉: suspected fakes and complaints, assigned, thought over, closed with an answer (38号 四（五）)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Final, TypeVar

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from certsvc.bootstrap import Office
from certsvc.domain.caller import Caller
from certsvc.domain.decision_document import MediaType
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE, REGIONS, RegionKind
from certsvc.domain.suspicion import (
    CaseKind,
    CaseOutcome,
    CaseStatus,
    ComplaintAbout,
    ReceivedBy,
    case_closing,
    complaint_report,
)
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Posting, Viewing
from certsvc.entrypoints.console.pages.choices import place_words
from certsvc.entrypoints.console.pages.offering import may
from certsvc.entrypoints.console.pages.rooms import may_enter
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.console.pages.tallies import Tally
from certsvc.entrypoints.html.filters import filters_of
from certsvc.entrypoints.html.forms import GivenForm
from certsvc.entrypoints.html.paging import PageNumber, Paging
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.http.permitted import needs
from certsvc.errors import RequestError
from certsvc.stages.case_desk import CaseFile

PATH: Final = "/console/cases"
ENTRIES: Final = f"{PATH}/entries"
UPLOADS: Final = (ENTRIES,)
router = APIRouter(prefix=PATH, include_in_schema=False)
CaseNumber = Annotated[str, Path(pattern="^S[0-9A-Z]{9}$")]
_Choice = TypeVar("_Choice", bound=StrEnum)
_NO_STORE: Final = {"Cache-Control": "no-store"}
_STATUSES_ENGLISH: Final = {
    CaseStatus.OPEN: "received",
    CaseStatus.ASSIGNED: "looked into",
    CaseStatus.CLOSED: "closed",
}
_TONES: Final = {CaseStatus.OPEN: "limited", CaseStatus.ASSIGNED: "unknown", CaseStatus.CLOSED: "passed"}
_OUTCOMES: Final = {
    CaseOutcome.TRUE: ("成立（属实）", "founded", "failed"),
    CaseOutcome.UNTRUE: ("不成立（不属实）", "unfounded", "passed"),
    CaseOutcome.UNCLEAR: ("无法查实", "cannot be found out", "unknown"),
    CaseOutcome.SLANDER: ("诬告", "made up to harm", "limited"),
}
SAID: Final[Mapping[str, tuple[str, str]]] = {
    "entered": (
        "投诉已登记。请把编号和查询码交给投诉人。",
        "Entered. Give number and code to the complainant.",
    ),
    "assigned": ("已分派。", "Assigned."),
    "thought": ("核查意见已保存。", "The opinion is kept."),
    "closed": ("已办结，举报人可以查到答复。", "Closed; the reporter sees the answer."),
}


@router.get("")
@needs(Action.SUSPICION_READ, on="suspicion")
def listed(request: Request, session: Viewing, page: PageNumber = 1) -> Response:
    """The caller's cases of both kinds, open ones first; nobody's name stands in the list."""
    filters = filters_of(request)
    kind, status = filters.choice("kind", CaseKind), filters.choice("status", CaseStatus)
    chosen = {"kind": "" if kind is None else kind.value, "status": "" if status is None else status.value}
    paging = Paging(PATH, page, 0, chosen)
    found, total = office_of(request).case_desk.page(session.caller, kind, status, paging.rows, paging.offset)
    return show(
        request,
        session,
        "cases/cases.html.j2",
        cases=found,
        paging=Paging(PATH, page, total, chosen),
        chosen=chosen,
        kinds=tuple(CaseKind),
        may_enter=may(Action.SUSPICION_RECORD, session.caller),
        **_words(),
    )


@router.get("/entries")
@needs(Action.SUSPICION_RECORD, on="suspicion")
def entry(request: Request, session: Viewing) -> Response:
    """The form for a complaint that came by letter or at the counter."""
    return show(
        request,
        session,
        "cases/entry.html.j2",
        abouts=tuple(ComplaintAbout),
        ways=tuple(ReceivedBy),
        cities=[
            (code, region.full_name) for code, region in REGIONS.items() if region.kind is RegionKind.CITY
        ]
        if session.caller.region == PROVINCE
        else (),
    )


@router.post("/entries")
@needs(Action.SUSPICION_RECORD, on="suspicion")
def enter(request: Request, form: Posting) -> Response:
    """Open a case for it; the same again within a day is the same case."""
    office, given = office_of(request), form.form
    office.permits.require_role(Action.SUSPICION_RECORD, form.caller, "suspicion")
    file, city = given.file("file"), given.text("city", 6) or None
    if city is not None and city not in REGIONS:
        raise RequestError("没有这一市（州）。请在列表中重新选择。")
    complaint = complaint_report(
        given.text("name", 200),
        given.text("contact", 400),
        given.text("account"),
        _choice(given, "about", ComplaintAbout),
        _choice(given, "received_by", ReceivedBy),
        given.text("number", 64) or None,
        None if file is None else file.content,
    )
    opened = office.case_desk.enter(complaint, city, form.caller)
    return go_to(f"{PATH}/{opened.number}?said=entered")


@router.get("/{number}")
@needs(Action.SUSPICION_READ, on="suspicion/{number}")
def show_case(request: Request, number: CaseNumber, session: Viewing) -> Response:
    """Everything that was reported; the look is written down first."""
    office = office_of(request)
    found = office.case_desk.show(number, session.caller, "console")
    case = found.shown.case
    works = case.status is not CaseStatus.CLOSED and may(
        Action.SUSPICION_CLOSE, session.caller, case.city or PROVINCE
    )
    return show(
        request,
        session,
        "cases/case.html.j2",
        found=found,
        case=case,
        works=works,
        facts=_facts(found),
        notice=SAID.get(request.query_params.get("said", "")),
        **_words(),
    )


@router.get("/{number}/attachment")
@needs(Action.SUSPICION_READ, on="suspicion/{number}")
def attachment(request: Request, number: CaseNumber, session: Viewing) -> Response:
    """As it was handed in, to be kept and never shown inside a page of ours; the look is written down."""
    suffix, content = office_of(request).suspicion_desk.cases.attachment(number, session.caller, "console")
    kind = next(one for one in MediaType if one.suffix == suffix)
    headers = {**_NO_STORE, "Content-Disposition": f'attachment; filename="{number}{suffix}"'}
    return Response(content, media_type=kind.value, headers=headers)


@router.post("/{number}/assignment")
@needs(Action.SUSPICION_ASSIGN, on="suspicion/{number}")
def assign(request: Request, number: CaseNumber, form: Posting) -> Response:
    """Say who looks into it; the same again changes nothing."""
    office_of(request).suspicion_desk.cases.assign(number, form.form.text("to", 64), form.caller)
    return go_to(f"{PATH}/{number}?said=assigned")


@router.post("/{number}/opinion")
@needs(Action.SUSPICION_ASSIGN, on="suspicion/{number}")
def think(request: Request, number: CaseNumber, form: Posting) -> Response:
    """What the officials think so far; inside."""
    office_of(request).case_desk.think(number, form.form.text("words"), form.caller)
    return go_to(f"{PATH}/{number}?said=thought")


@router.post("/{number}/closing")
@needs(Action.SUSPICION_CLOSE, on="suspicion/{number}")
def close(request: Request, number: CaseNumber, form: Posting) -> Response:
    """End a case with words for the reporter; it changes no certificate."""
    given = form.form
    closing = case_closing(
        _choice(given, "outcome", CaseOutcome),
        given.text("words", 4000),
        given.text("reference", 512) or None,
    )
    office_of(request).suspicion_desk.cases.close(number, closing, form.caller)
    return go_to(f"{PATH}/{number}?said=closed")


def tallies(office: Office, caller: Caller) -> Iterable[Tally]:
    """Cases that nobody has taken up."""
    if not may_enter(Action.SUSPICION_READ, caller):
        return
    _, waiting = office.case_desk.page(caller, None, CaseStatus.OPEN, 1, 0)
    if waiting:
        yield Tally(waiting, "举报和投诉待受理", "cases to be taken up", f"{PATH}?status=open", "limited")


def _facts(found: CaseFile) -> list[tuple[str, str, str]]:
    """What was reported, line by line: Chinese and English heading, the reporter's own words."""
    report = found.shown.report
    if report is None:
        return []
    told = [
        ("举报人", "Reporter", report.name),
        ("联系方式", "Contact", report.contact),
        ("来件方式" if report.about else "在哪里出示", "Where", report.shown_at),
        ("反映的是", "About", "" if report.about is None else report.about.label),
        ("所附二维码内容", "QR text", report.qr or ""),
        ("所附校验码", "Manual code", report.manual_code or ""),
        ("所附证书编号", "Number given", report.number or ""),
    ]
    return [one for one in told if one[2]]


def _choice(form: GivenForm, name: str, of: type[_Choice]) -> _Choice:
    value = form.text(name, 16)
    found = next((one for one in of if one.value == value), None)
    if found is None:
        raise RequestError("有一项没有选择。请返回上一页，选好后再提交。")
    return found


def _words() -> dict[str, Any]:
    return {
        "statuses": tuple(CaseStatus),
        "statuses_english": _STATUSES_ENGLISH,
        "tones": _TONES,
        "outcomes": _OUTCOMES,
        "place_words": place_words,
    }
