"""Coverage 制证核对: announced results without exactly one certificate; announced lists, loaded and confirmed by two persons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from certsvc.domain.announced_changes import Change
from certsvc.domain.announced_list import Listed, ListStatus
from certsvc.domain.announced_matching import FIELD_WORDS
from certsvc.domain.coverage import CoverageKind, CoverageReport
from certsvc.domain.decision_text import LONGEST_REFERENCE
from certsvc.domain.permission import Action
from certsvc.domain.series import SERIES
from certsvc.domain.titles import title_name
from certsvc.entrypoints.announced_answers import person_object
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Posting, Viewing
from certsvc.entrypoints.console.pages.choices import divisions_of, place_words
from certsvc.entrypoints.console.pages.offering import may
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.html.charts import BarChart, stacked_chart
from certsvc.entrypoints.html.filters import filters_of
from certsvc.entrypoints.html.paging import PageNumber, Paging
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.http.permitted import needs
from certsvc.errors import RequestError
from certsvc.stages.announced_following import Followed
from certsvc.stages.announced_lists import ListAnswer

PATH: Final = "/console/coverage"
LISTS: Final = f"{PATH}/lists"
UPLOADS: Final = (LISTS,)
router = APIRouter(prefix=PATH, include_in_schema=False)
ListId = Annotated[str, Path(pattern="^A[0-9A-F]{15}$")]
_FIRST_YEAR, _LAST_YEAR = 2022, 2099
_KINDS_ENGLISH: Final = {
    CoverageKind.COVERED: "Certified",
    CoverageKind.MISSING: "Announced, no certificate",
    CoverageKind.UNANNOUNCED: "Certificate, not announced",
    CoverageKind.TWICE: "More than one certificate",
}
SAID: Final[Mapping[str, tuple[str, str]]] = {
    "loaded": ("名单已载入，等待另一位人员确认。", "The list is loaded; another person confirms it."),
    "confirmed": (
        "名单已确认，从现在起审查时逐人核对。",
        "The list is confirmed; filings are compared with it from now on.",
    ),
    "proposed": ("各项变更所需的决定已提出。", "The decisions that the changes ask for are proposed."),
}


@router.get("")
@needs(Action.REPORT_READ, on="report/coverage")
def coverage(request: Request, session: Viewing, page: PageNumber = 1) -> Response:
    """Counts by document and city, every gap with its reason; persons of the caller's territory alone, the look noted."""
    office, filters = office_of(request), filters_of(request)
    year = filters.whole("year", _FIRST_YEAR, _LAST_YEAR)
    region, document = filters.region(), filters.text("document")
    report = office.announced.coverage(
        session.caller, "console", year=year, region=region, document_ref=document
    )
    kind = filters.choice("kind", CoverageKind)
    # the report compares whole lists with whole filings: a page is cut from it
    lines = [one for one in report.lines if kind in (None, one.kind)]
    chosen = {"year": str(year or ""), "region": region or "", "document": document or ""}
    paging = Paging(PATH, page, len(lines), {**chosen, "kind": "" if kind is None else kind.value})
    given = {name: value for name, value in chosen.items() if value}
    return show(
        request,
        session,
        "coverage/coverage.html.j2",
        report=report,
        lines=lines[paging.offset : paging.offset + paging.rows],
        paging=paging,
        chosen=paging.filters,
        chart=_chart(report),
        kinds=[(one.value, one.label, _KINDS_ENGLISH[one]) for one in CoverageKind if one.value != "covered"],
        kinds_english=_KINDS_ENGLISH,
        years=range(office.clock.today().year, _FIRST_YEAR - 1, -1),
        regions=divisions_of(session.caller),
        place_words=place_words,
        title_words=_title_words,
        file_of=lambda form: f"/api/v1/reports/coverage?{urlencode({**given, 'format': form})}",
    )


@router.get("/lists")
@needs(Action.REPORT_READ, on="announced")
def lists(request: Request, session: Viewing, page: PageNumber = 1) -> Response:
    """Announced lists, newest first; nobody's name stands on the page."""
    return _lists(request, session, page, None)


@router.post("/lists")
@needs(Action.ANNOUNCED_LIST_LOAD, on="announced")
def load(request: Request, form: Posting) -> Response:
    """Load a list, or that of a corrected document; what an error refuses is shown with every finding, and not kept."""
    office = office_of(request)
    office.permits.require_role(Action.ANNOUNCED_LIST_LOAD, form.caller, "announced")
    file = form.form.file("file")
    if file is None:
        raise RequestError("没有选择文件。请选择名单文件（XLSX、CSV 或 JSON）后提交。")
    answer = office.announced.receive(
        file.content,
        file.name,
        form.form.text("replaces", LONGEST_REFERENCE),
        form.form.text("document", LONGEST_REFERENCE),
        form.caller.name,
        keep=not form.form.is_ticked("dry_run"),
    )
    if answer.kept is not None:
        return go_to(f"{LISTS}/{answer.kept.id}?said=loaded")
    return _lists(request, form.session, 1, answer)


@router.get("/lists/{list_id}")
@needs(Action.REPORT_READ, on="announced/{list_id}")
def show_list(request: Request, list_id: ListId, session: Viewing) -> Response:
    """A list, and how far its changes have come; they name persons, so the look is noted."""
    stored, changes = office_of(request).announced.show(list_id, session.caller, "console")
    return show(
        request,
        session,
        "coverage/list.html.j2",
        stored=stored,
        changes=[_change(one) for one in changes],
        followed=stored.confirmed_by is not None,
        place_words=place_words,
        notice=SAID.get(request.query_params.get("said", "")),
        may_confirm=office_of(request).announced.loading.may_confirm(stored, session.caller),
        may_propose=office_of(request).announced.following.may_propose(stored, changes, session.caller),
    )


@router.post("/lists/{list_id}/confirmation")
@needs(Action.ANNOUNCED_LIST_CONFIRM, on="announced/{list_id}")
def confirm(request: Request, list_id: ListId, form: Posting) -> Response:
    """The second person puts a list in force."""
    office = office_of(request)
    office.permits.require_role(Action.ANNOUNCED_LIST_CONFIRM, form.caller, f"announced/{list_id}")
    office.announced.loading.confirm(list_id, form.caller.name)
    return go_to(f"{LISTS}/{list_id}?said=confirmed")


@router.post("/lists/{list_id}/proposals")
@needs(Action.CORRECTION_PROPOSE, on="announced/{list_id}")
def propose(request: Request, list_id: ListId, form: Posting) -> Response:
    """Propose every decision that a correction asks for; each still needs its second person."""
    office = office_of(request)
    office.permits.require_role(Action.CORRECTION_PROPOSE, form.caller, f"announced/{list_id}")
    office.announced.propose(list_id, form.caller.name)
    return go_to(f"{LISTS}/{list_id}?said=proposed")


def _lists(request: Request, session: Viewing, page: int, answer: ListAnswer | None) -> Response:
    office, status = office_of(request), filters_of(request).choice("status", ListStatus)
    found = office.announced.listed(status, session.caller)  # one a document: some hundred a year
    paging = Paging(LISTS, page, len(found), {"status": "" if status is None else status.value})
    return show(
        request,
        session,
        "coverage/lists.html.j2",
        status=200 if answer is None or not answer.refused else 422,
        lists=found[paging.offset : paging.offset + paging.rows],
        paging=paging,
        chosen=status,
        statuses=tuple(ListStatus),
        answer=answer,
        changes=[] if answer is None else [_change(one) for one in answer.changes],
        place_words=place_words,
        may_load=may(Action.ANNOUNCED_LIST_LOAD, session.caller),
    )


def _change(one: Followed | Change) -> dict[str, object]:
    """A change in words: kind, the person before and after, which fields differ, how far it has come."""
    change = one.stored.change if isinstance(one, Followed) else one
    told: dict[str, object] = {
        "change": change,
        "before": None if change.before is None else person_object(change.before),
        "after": None if change.after is None else person_object(change.after),
        "fields": "、".join(FIELD_WORDS.get(field, field) for field in change.fields),
        "state": None,
    }
    if isinstance(one, Followed):
        told |= {"state": one.state, "reason": one.reason, "certificate": one.number, "refusal": one.refusal}
        told |= {"decision": one.stored.decision}
    return told


def _title_words(person: Listed) -> str:
    """Series, level and title of a listed person."""
    words = (
        None if person.series is None else SERIES.get(person.series),
        None if person.level is None else person.level.label,
        None if person.title is None else title_name(person.title),
    )
    return " · ".join(word for word in words if word)


def _chart(report: CoverageReport) -> BarChart | None:
    """How the documents of each city stand."""
    cities: dict[str, list[int]] = {}
    for one in report.counts:
        numbers = cities.setdefault(place_words(one.city), [0, 0, 0])
        for at, value in enumerate((one.covered, one.missing, one.twice)):
            numbers[at] += value
    heads = (
        ("市（州）", "City"),
        *(
            (kind.label, _KINDS_ENGLISH[kind])
            for kind in (CoverageKind.COVERED, CoverageKind.MISSING, CoverageKind.TWICE)
        ),
    )
    rows = [(city, tuple(numbers)) for city, numbers in cities.items()]
    return stacked_chart(
        ("公布结果与证书，按市（州）", "Announced results and certificates, by city"),
        heads,
        rows,
        ("项公布结果", "announced results"),
    )
