"""One filing: its rows with findings beside them, its chain, and the steps that officials take on it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from certsvc.bootstrap import Office
from certsvc.domain.caller import Caller
from certsvc.domain.competence import refusal
from certsvc.domain.filing import FilingStatus
from certsvc.domain.findings import Severity
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE
from certsvc.domain.registry import FilingLevel
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages import filing_words as words
from certsvc.entrypoints.console.pages.access import Posting, Viewing
from certsvc.entrypoints.console.pages.choices import place_words
from certsvc.entrypoints.console.pages.filings import PATH, XLSX, file_answer
from certsvc.entrypoints.console.pages.rooms import may_enter
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.html.filters import filters_of
from certsvc.entrypoints.html.paging import ROWS, PageNumber, Paging
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.http.permitted import needs
from certsvc.entrypoints.http.polling import polled
from certsvc.errors import RequestError
from certsvc.ports.filings import ListedFiling, Outcome, RowQuestion
from certsvc.stages.filing_desk import FilingPage
from certsvc.stages.receipts import MOST_REASON, MOST_REF, MOST_TEXT, late_opinion

ONE: Final = PATH + "/{filing}"
_CHANNEL: Final = "console"
FilingId = Annotated[str, Path(pattern="^F[0-9A-F]{15}$")]
Said = Annotated[str, Query(alias="said", max_length=32)]
router = APIRouter(include_in_schema=False)


@router.get(ONE)
@needs(Action.FILING_READ, on="filing/{filing}")
def rows(
    request: Request, filing: FilingId, session: Viewing, page: PageNumber = 1, said: Said = ""
) -> Response:
    """What was said of the batch and of its rows, beside them."""
    desk = office_of(request).filing_face.desk
    opened = desk.open(filing, session.caller, _CHANNEL)
    question, chosen = _question(request, opened)
    paging = Paging(f"{PATH}/{filing}", page, desk.shelf.count_rows(question), chosen)
    return show(
        request,
        session,
        "filings/filing.html.j2",
        fragment="rows",
        **_shared(opened, said),
        rows=desk.shelf.rows(question, paging.offset, ROWS),
        paging=paging,
        chosen=chosen,
        changes=desk.changes(opened.filing),
        outcomes=words.OUTCOMES,
        severities=words.SEVERITIES,
        rules=words.rules_by_code(),
        may_file=may_enter(Action.FILING_SUBMIT, session.caller),
    )


def _question(request: Request, opened: FilingPage) -> tuple[RowQuestion, dict[str, str]]:
    """The rows that need somebody's attention, unless the address asks for others."""
    filters, counts = filters_of(request), opened.filing.rows
    outcome = filters.choice("outcome", Outcome)
    severity = filters.choice("severity", Severity)
    code = filters.text("rule")
    view = filters.text("view") or ""
    narrowed = outcome is not None or severity is not None or code is not None
    attention = view != "all" and not narrowed and bool(counts.held or counts.refused or opened.warnings)
    chosen = {
        "outcome": "" if outcome is None else outcome.value,
        "severity": "" if severity is None else severity.value,
        "rule": code or "",
        "view": "all" if view == "all" else "",
    }
    return RowQuestion(opened.filing.id, outcome, severity, code, attention), chosen


@router.get(ONE + "/failed.{form}")
@needs(Action.FILING_READ, on="filing/{filing}")
def failed(
    request: Request, filing: FilingId, form: Annotated[str, Path(pattern="^(xlsx|csv)$")], session: Viewing
) -> Response:
    """The rows that were not admitted, in the intake format, to be corrected and filed again."""
    outcome = filters_of(request).choice("outcome", Outcome)
    as_csv = form == "csv"
    raw = office_of(request).filing_face.failed_rows(filing, session.caller, outcome, as_csv=as_csv)
    media_type = "text/csv; charset=utf-8" if as_csv else XLSX
    return file_answer(raw, media_type, f"{filing}-to-correct.{form}")


@router.get(ONE + "/chain")
@needs(Action.FILING_READ, on="filing/{filing}")
def chain(request: Request, filing: FilingId, session: Viewing, said: Said = "") -> Response:
    """Who received, who is responsible, who signed, when; and the step that the caller may take now."""
    opened = office_of(request).filing_face.desk.open(filing, session.caller, _CHANNEL)
    return _chain(request, session, opened, said)


def _chain(
    request: Request,
    session: Viewing,
    opened: FilingPage,
    said: str = "",
    given: dict[str, str] | None = None,
) -> Response:
    office = office_of(request)
    return show(
        request,
        session,
        "filings/chain.html.j2",
        fragment="progress",
        **_shared(opened, said),
        **_steps(office, opened, session.caller),
        **_progress(office, opened.filing),
        given=given or {},
        today=office.clock.today(),
        rules=words.rules_by_code(),
        most_ref=MOST_REF,
        most_text=MOST_TEXT,
        most_reason=MOST_REASON,
        lateness=words.lateness,
    )


def _shared(opened: FilingPage, said: str) -> dict[str, Any]:
    return {
        "opened": opened,
        "filing": opened.filing,
        "state": words.state_word(opened.filing),
        "notice": words.SAID.get(said),
        "office_word": words.office_word,
        "place_words": place_words,
    }


def _steps(office: Office, opened: FilingPage, caller: Caller) -> dict[str, Any]:
    """What may be done now, or why not, before anybody presses anything."""
    filing = opened.filing
    due_step = opened.missing[0] if opened.missing and filing.status is FilingStatus.EXAMINED else None
    receipt_refused = None
    if due_step is not None:
        receipt_refused = refusal(Action.RECEIPT_RECORD, caller, place=due_step.office)
    maker = None if filing.maker is None else office.permits.first_person(filing.maker, filing.approved_at)
    lower = any(one.level is not FilingLevel.PROVINCE for one in opened.missing)
    waits_for_receipt = lower and office.settings.receipts_required
    own = next((one for one in opened.missing if one.level is FilingLevel.PROVINCE), None)
    over = opened.workdays_left is not None and opened.workdays_left < 0
    return {
        "due_step": due_step,
        "receipt_refused": receipt_refused,
        "approve_refused": refusal(Action.FILING_APPROVE, caller),
        "waits_for_receipt": waits_for_receipt,
        "own_receipt": own,
        "over": over,
        "issue_refused": refusal(Action.FILING_ISSUE, caller, first_person=maker),
    }


def _progress(office: Office, filing: ListedFiling) -> dict[str, Any]:
    """How far an issue is; nothing personal. A certificate is done when it is published, and half done when signed."""
    states = office.certificates.progress(filing.id) if filing.checker is not None else {}
    total = filing.rows.admitted
    published = states.get("published", 0)
    logged = published + states.get("logged", 0)
    sealed = logged + states.get("sealed", 0)
    drafted = sealed + states.get("drafted", 0)
    return {
        "total": total,
        "drafted": drafted,
        "sealed": sealed,
        "logged": logged,
        "published": published,
        "running": filing.status is FilingStatus.APPROVED and filing.checker is not None,
    }


@router.get(ONE + "/progress")
@needs(Action.FILING_READ, on="filing/{filing}")
@polled
def progress(request: Request, filing: FilingId, session: Viewing) -> Response:
    """The bar alone, asked for again and again; it tells nobody's name."""
    office = office_of(request)
    found = office.filing_face.desk.find(filing, session.caller)
    values = _progress(office, found)
    return show(
        request,
        session,
        "filings/progress.html.j2",
        fragment="progress",
        filing=found,
        state=words.state_word(found),
        **values,
    )


@router.post(ONE + "/receipts")
@needs(Action.RECEIPT_RECORD, on="filing/{filing}")
def receive(request: Request, filing: FilingId, posting: Posting) -> Response:
    """Record that the caller's authority received the batch."""
    form = posting.form
    level = next((one for one in FilingLevel if one.value == form.text("level", 8)), None)
    if level is None:
        raise RequestError("没有这一备案层级。请返回上一页重新填写。")
    try:
        received_on = date.fromisoformat(form.text("received_on", 10))
    except ValueError as error:
        raise RequestError("受理日期须写成 年-月-日，例如 2026-11-20。请返回上一页重新填写。") from error
    opinion, receipt = form.text("opinion", MOST_TEXT), form.text("receipt", MOST_REF)
    reason = form.text("late_reason", MOST_REASON).strip()
    opinion = late_opinion(opinion, reason) if reason else opinion
    office_of(request).receipts.record(filing, level, receipt, received_on, opinion, posting.caller.name)
    return go_to(f"{PATH}/{filing}/chain?said=receipt")


@router.post(ONE + "/approval")
@needs(Action.FILING_APPROVE, on="filing/{filing}")
def approve(request: Request, filing: FilingId, posting: Posting) -> Response:
    """The first person: every warning is confirmed by its name, and a late receipt has its reason."""
    office = office_of(request)
    office.permits.require(Action.FILING_APPROVE, posting.caller, f"filing/{filing}", place=PROVINCE)
    form = posting.form
    reason = form.text("late_reason", MOST_REASON)
    office.approval.approve(filing, posting.caller.name, form.choices("confirmed"), reason)
    return go_to(f"{PATH}/{filing}/chain?said=approved")


@router.post(ONE + "/issue")
@needs(Action.FILING_ISSUE, on="filing/{filing}")
def issue(request: Request, filing: FilingId, posting: Posting) -> Response:
    """The second person: taken over by name; the background work numbers, signs, logs and publishes."""
    office = office_of(request)
    office.permits.require(Action.FILING_ISSUE, posting.caller, f"filing/{filing}", place=PROVINCE)
    office.approval.begin_issue(filing, posting.caller.name)
    office.shared.wake_ups.announce()
    return go_to(f"{PATH}/{filing}/chain?said=issuing")
