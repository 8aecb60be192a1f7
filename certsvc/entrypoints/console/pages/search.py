"""Looking for certificates: by number and filters in the address; by name and ID number in a form, never in an address."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from certsvc.domain.certificate_search import CertificateQuestion, places_within
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.permission import Action
from certsvc.domain.regions import REGIONS, RegionKind
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Posting, Viewing
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.console.pages.words import NAMES
from certsvc.entrypoints.html.forms import GivenForm
from certsvc.entrypoints.html.paging import PageNumber, Paging
from certsvc.entrypoints.http.permitted import needs
from certsvc.errors import RequestError
from certsvc.stages.certificate_search import FoundPage
from certsvc.stages.sign_in import SignedIn

PATH: Final = "/console/search"
router = APIRouter(include_in_schema=False)
_FURTHEST: Final = 200_000
_FILTERS: Final = ("number", "place", "series", "year", "status", "all")
Filter = Annotated[str, Query(max_length=64)]


@router.get(PATH)
@needs(Action.CERTIFICATE_READ, on="certificate")
def search(
    request: Request,
    session: Viewing,
    number: Filter = "",
    place: Filter = "",
    series: Filter = "",
    year: Filter = "",
    status: Filter = "",
    everything: Annotated[str, Query(alias="all", max_length=1)] = "",
    page: PageNumber = 1,
) -> Response:
    """The form; below it what the filters mean, once one is given."""
    given = dict(zip(_FILTERS, (number, place, series, year, status, everything), strict=True))
    paging = Paging(PATH, page, 0, given)
    if not any(given.values()):
        return _shown(request, session, given, None, paging)
    return _answer(request, session, _question(given), given, paging)


@router.post(PATH)
@needs(Action.CERTIFICATE_READ, on="certificate")
def search_person(request: Request, posting: Posting) -> Response:
    """Certificates of a person: the answer's address says nothing of whom was asked for."""
    given = {name: posting.form.text(name, 64) for name in _FILTERS}
    asked = _question(given, posting.form)
    if not asked.is_personal:
        raise RequestError("请填写姓名或证件号码；按证书编号查询请用上面的查询框。")
    written = posting.form.text("page", 7) or "1"
    page = int(written) if written.isascii() and written.isdigit() else 1
    paging = Paging(PATH, min(max(page, 1), _FURTHEST), 0, given)
    person = {"name": asked.name or "", "id_number": asked.id_number or ""}
    return _answer(request, posting.session, asked, given, paging, person)


def _answer(
    request: Request,
    session: SignedIn,
    asked: CertificateQuestion,
    given: dict[str, str],
    paging: Paging,
    person: dict[str, str] | None = None,
) -> Response:
    found = office_of(request).decision_room.search.page(
        asked, session.caller, "console", paging.offset, paging.rows
    )
    counted = Paging(PATH, paging.number, found.total, given)
    return _shown(request, session, given, found, counted, person)


def _shown(
    request: Request,
    session: SignedIn,
    given: dict[str, str],
    found: FoundPage | None,
    paging: Paging,
    person: dict[str, str] | None = None,
) -> Response:
    within = places_within(session.caller.region)
    places = [
        one
        for one in REGIONS.values()
        if one.until is None
        and one.kind in (RegionKind.CITY, RegionKind.COUNTY)
        and (within is None or one.code in within)
    ]
    return show(
        request,
        session,
        "search/search.html.j2",
        fragment="found",
        given=given,
        person=person,
        found=found,
        paging=paging,
        names=NAMES,
        places=places,
    )


def _question(given: dict[str, str], form: GivenForm | None = None) -> CertificateQuestion:
    series, year, status = (_number(given[name], name) for name in ("series", "year", "status"))
    name = "" if form is None else form.text("name", 200)
    id_number = "" if form is None else form.text("id_number", 64)
    return CertificateQuestion(
        number=given["number"] or None,
        name=name or None,
        id_number=id_number or None,
        place=given["place"] or None,
        series=series,
        year=year,
        status=None if status is None else CertificateStatus(status),
    )


def _number(text: str, name: str) -> int | None:
    if not text:
        return None
    known = {"series": range(1, 28), "year": range(1900, 10_000), "status": range(1, 8)}[name]
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and int(text) in known):
        raise RequestError("查询条件无法识别。请从列表中选择系列、状态，年度填写四位数字。")
    return int(text)
