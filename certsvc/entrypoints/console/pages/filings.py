"""The list of filings, and filing a batch: the file chosen or dropped, the answer on the filing's own page."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from certsvc.domain.filing import FilingStatus, filing_id
from certsvc.domain.intake_words import LARGEST_FILE, MOST_ROWS
from certsvc.domain.permission import Action
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages import filing_words as words
from certsvc.entrypoints.console.pages.access import Posting, Viewing
from certsvc.entrypoints.console.pages.choices import divisions_of, place_words
from certsvc.entrypoints.console.pages.rooms import may_enter
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.html.filters import filters_of
from certsvc.entrypoints.html.forms import GivenFile
from certsvc.entrypoints.html.paging import ROWS, PageNumber, Paging
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.http.permitted import needs
from certsvc.errors import UnreadableInput
from certsvc.ports.filings import DueFilter, ListedFiling
from certsvc.stages.filing_desk import ListWish

PATH: Final = "/console/filings"
NEW: Final = "/console/filings/new"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_YEARS: Final = (1990, 2199)
Correcting = Annotated[str, Query(alias="corrects", pattern="^F[0-9A-F]{15}$", max_length=16)]
router = APIRouter(include_in_schema=False)


@router.get(PATH)
@needs(Action.FILING_READ, on="filings")
def listed(request: Request, session: Viewing, page: PageNumber = 1) -> Response:
    """Filings in reach, the newest first; what narrows the list stands in the address."""
    desk = office_of(request).filing_face.desk
    wish, chosen = wish_of(request)
    question = desk.question(session.caller, wish)
    paging = Paging(PATH, page, desk.shelf.count(question), chosen)
    return show(
        request,
        session,
        "filings/list.html.j2",
        fragment="filings",
        rows=desk.shelf.listed(question, paging.offset, ROWS),
        paging=paging,
        chosen=chosen,
        by_status=desk.shelf.by_status(question),
        states=words.STATES,
        state_word=words.state_word,
        office_word=words.office_word,
        committee_name=desk.committee_name,
        workdays_left=desk.workdays_left,
        committees=desk.committees(session.caller),
        regions=divisions_of(session.caller),
        may_file=may_enter(Action.FILING_SUBMIT, session.caller),
    )


def wish_of(request: Request) -> tuple[ListWish, dict[str, str]]:
    """What a list is narrowed to by its address, and the same as texts. Raises RequestError."""
    filters = filters_of(request)
    wish = ListWish(
        status=filters.choice("status", FilingStatus),
        region=filters.region(),
        committee=filters.text("committee"),
        year=filters.whole("year", *_YEARS),
        due=filters.choice("due", DueFilter),
    )
    names = ("status", "region", "committee", "year", "due")
    return wish, {name: filters.text(name) or "" for name in names}


@router.get(NEW)
@needs(Action.FILING_SUBMIT, on="filings")
def form(request: Request, session: Viewing, corrects: Correcting | None = None) -> Response:
    """The form to file a batch; `corrects` is the filing whose corrected file is to come."""
    before = None
    if corrects is not None:
        before = office_of(request).filing_face.desk.find(corrects, session.caller)
    return _form(request, session, before)


def _form(
    request: Request,
    session: Viewing,
    before: ListedFiling | None,
    refused: str | None = None,
    status: int = 200,
) -> Response:
    return show(
        request,
        session,
        "filings/new.html.j2",
        status=status,
        before=before,
        refused=refused,
        megabytes=LARGEST_FILE // 1024 // 1024,
        most_rows=MOST_ROWS,
        place_words=place_words,
    )


@router.post(NEW)
@needs(Action.FILING_SUBMIT, on="filings")
def submit(request: Request, posting: Posting) -> Response:
    """Receive and examine a file; then on to the filing's page."""
    office = office_of(request)
    given: GivenFile | None = posting.form.file("file")
    if given is None or not given.content:
        return _form(request, posting.session, None, "没有选择文件，或文件是空的。请选择填好的汇总表。", 422)
    try:
        known = office.filings.find(_id_of(given.content)) is not None
        report = office.submit(given.content, given.name, posting.caller)
    except UnreadableInput as error:
        return _form(request, posting.session, None, str(error), 422)
    return go_to(f"{PATH}/{report.filing}?said={'known' if known else 'filed'}")


def _id_of(raw: bytes) -> str:
    from hashlib import sha256

    return filing_id(sha256(raw).hexdigest())


@router.get(PATH + "/template.xlsx")
@needs(Action.FILING_READ, on="filings")
def template(request: Request, session: Viewing) -> Response:  # noqa: ARG001  # whoever is signed in
    """The empty workbook to fill in."""
    return file_answer(office_of(request).filing_face.template(), XLSX, "filing-template.xlsx")


@router.get(PATH + "/columns.csv")
@needs(Action.FILING_READ, on="filings")
def columns(request: Request, session: Viewing) -> Response:  # noqa: ARG001  # whoever is signed in
    """The columns and the words that each takes."""
    return file_answer(
        office_of(request).filing_face.words(), "text/csv; charset=utf-8", "filing-columns.csv"
    )


def file_answer(raw: bytes, media_type: str, name: str) -> Response:
    """A file to be saved, kept by nobody on the way."""
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(raw, media_type=media_type, headers=headers)
