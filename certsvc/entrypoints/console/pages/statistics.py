"""Statistics 统计 with charts, completeness, quota counters, the subsidy roster (38号 五（三）); taken along as files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certsvc.bootstrap import Office
from certsvc.domain.caller import Caller
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE
from certsvc.domain.statistics import (
    FIELD_WORDS,
    Basis,
    Dimension,
    Standing,
    Statistics,
    StatisticsQuestion,
    word_of,
)
from certsvc.domain.subsidy import FIRST_YEAR
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Viewing
from certsvc.entrypoints.console.pages.choices import ALL_SERIES, ALL_WAYS, LEVELS, divisions_of
from certsvc.entrypoints.console.pages.offering import may
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.html.charts import BarChart, LineChart, Words, bar_chart, line_chart, stacked_chart
from certsvc.entrypoints.html.filters import Filters, filters_of
from certsvc.entrypoints.html.paging import PageNumber, Paging
from certsvc.entrypoints.http.permitted import needs
from certsvc.stages.report_tables import statistics_notes

PATH: Final = "/console/statistics"
FILES: Final = "/api/v1/reports"
"""The files come from the interface: the same session, the same note in the audit trail."""
router = APIRouter(prefix=PATH, include_in_schema=False)
_UNIT: Final[Words] = ("项职称", "titles")
_DIMENSIONS_ENGLISH: Final = {
    Dimension.REGION: "Division",
    Dimension.CITY: "City",
    Dimension.SERIES: "Series",
    Dimension.SPECIALTY: "Specialty",
    Dimension.LEVEL: "Level",
    Dimension.YEAR: "Year",
    Dimension.WAY: "Way of acquiring",
    Dimension.UNIT_KIND: "Kind of unit",
}
_STANDINGS_ENGLISH: Final = {
    Standing.VALID: "Valid",
    Standing.LIMITED: "Valid in one county",
    Standing.HISTORICAL: "Historical",
    Standing.SUSPENDED: "Suspended",
    Standing.REVOKED: "Revoked",
    Standing.WRITTEN_OFF: "Written off",
    Standing.VOIDED: "Void",
}
_STANDINGS: Final[tuple[Words, ...]] = tuple((one.label, _STANDINGS_ENGLISH[one]) for one in Standing)
_MOST_PARTS: Final = 7
_FIRST_YEAR, _LAST_YEAR = 1949, 2199


@router.get("")
@needs(Action.REPORT_READ, on="report/statistics")
def statistics(request: Request, session: Viewing, page: PageNumber = 1) -> Response:
    """Counts by one or two dimensions; everything that was chosen stands in the address."""
    office, filters = office_of(request), filters_of(request)
    question = _question(filters, office, session.caller)
    found = office.information.reports.statistics(question, session.caller)
    # counted as a whole, a row a combination of words: a page is cut from it
    paging = Paging(PATH, page, len(found.rows), _chosen(question, filters))
    return show(
        request,
        session,
        "statistics/statistics.html.j2",
        found=found,
        rows=found.rows[paging.offset : paging.offset + paging.rows],
        paging=paging,
        chart=_chart(found),
        standings=_STANDINGS,
        dimensions=[(one.value, one.label, _DIMENSIONS_ENGLISH[one]) for one in Dimension],
        word_of=word_of,
        field_words=FIELD_WORDS,
        notes=statistics_notes(found),
        question=question,
        filters=filters,
        chosen=_chosen(question, filters),
        choices={
            "region": divisions_of(session.caller),
            "series": ALL_SERIES,
            "level": LEVELS,
            "way": ALL_WAYS,
        },
        file_of=lambda kind: _file(f"{FILES}/statistics", _chosen(question, filters), kind),
    )


@router.get("/quotas")
@needs(Action.REPORT_READ, on="report/quotas")
def quotas(request: Request, session: Viewing) -> Response:
    """Counters of a review year against the plans; they block nothing."""
    office = office_of(request)
    year = filters_of(request).whole("year", FIRST_YEAR, _LAST_YEAR) or office.clock.today().year
    lines = office.information.reports.quotas(year, session.caller)
    return show(
        request,
        session,
        "statistics/quotas.html.j2",
        year=year,
        years=_years(office),
        lines=lines,
        file_of=lambda kind: _file(f"{FILES}/quotas", {"year": str(year)}, kind),
    )


@router.get("/subsidy")
@needs(Action.REPORT_EXPORT, on="report/subsidy")
def subsidy(request: Request, session: Viewing) -> Response:
    """Where the roster is taken as a file: it names people, so nobody's name stands on this page."""
    office = office_of(request)
    return show(
        request,
        session,
        "statistics/subsidy.html.j2",
        years=_years(office),
        this_year=office.clock.today().year,
        regions=divisions_of(session.caller),
        action=f"{FILES}/subsidy",
        may_export=may(Action.REPORT_EXPORT, session.caller),
    )


def _question(filters: Filters, office: Office, caller: Caller) -> StatisticsQuestion:
    by = filters.choice("by", Dimension) or (
        Dimension.CITY if caller.region == PROVINCE else Dimension.REGION
    )
    then_by = filters.choice("then_by", Dimension)
    return StatisticsQuestion(
        by=by,
        then_by=None if then_by is by else then_by,
        as_of=filters.day("as_of") or office.clock.today(),
        basis=filters.choice("basis", Basis) or Basis.KNOWN,
        region=filters.region(),
        series=filters.whole("series", 1, 27),
        level=filters.whole("level", 1, 5),
        way=filters.whole("way", 1, 99),
        year=filters.whole("year", _FIRST_YEAR, _LAST_YEAR),
        unit_kind=filters.text("unit_kind"),
    )


def _chosen(question: StatisticsQuestion, filters: Filters) -> Mapping[str, str]:
    """The question as it stands in addresses; the day only where it was chosen, so that a kept address stays of today."""
    given: dict[str, object] = {
        "by": question.by.value,
        "then_by": None if question.then_by is None else question.then_by.value,
        "as_of": filters.day("as_of"),
        "basis": None if question.basis is Basis.KNOWN else question.basis.value,
        "region": question.region,
        "series": question.series,
        "level": question.level,
        "way": question.way,
        "year": question.year,
        "unit_kind": question.unit_kind,
    }
    return {name: str(value) for name, value in given.items() if value is not None}


def _file(path: str, chosen: Mapping[str, str], kind: str) -> str:
    return f"{path}?{urlencode({**chosen, 'format': kind})}"


def _years(office: Office) -> range:
    return range(office.clock.today().year, FIRST_YEAR - 1, -1)


def _chart(found: Statistics) -> BarChart | LineChart | None:
    """By year a line of titles in force; by one dimension how titles stand; by two the second within the first."""
    by, then_by = found.question.by, found.question.then_by
    head = (by.label, _DIMENSIONS_ENGLISH[by])
    if then_by is not None:
        return _of_two(found, head)
    if by is Dimension.YEAR:
        title = ("现行职称，按取得年度", "Titles in force by year of acquisition")
        told = [row for row in found.rows if row.keys[0] is not None]
        rows = [
            (word_of(by, row.keys[0]), row.in_force)
            for row in sorted(told, key=lambda row: int(row.keys[0] or 0))
        ]
        return line_chart(title, (head, ("现行", "In force")), rows, _UNIT)
    counts = [
        (word_of(by, row.keys[0]), tuple(row.counts.get(one, 0) for one in Standing)) for row in found.rows
    ]
    title = (f"职称情况，按{by.label}", f"How titles stand, by {head[1].lower()}")
    return stacked_chart(title, (head, *_STANDINGS), counts, _UNIT)


def _of_two(found: Statistics, head: Words) -> BarChart | None:
    """The second dimension within the first where it has few values, else the first alone: titles in force."""
    by, then_by = found.question.by, found.question.then_by
    if then_by is None:
        return None
    second = sorted({row.keys[1] for row in found.rows if row.in_force}, key=lambda key: (key is None, key))
    cells: dict[str, dict[object, int]] = {}
    for row in found.rows:
        cells.setdefault(word_of(by, row.keys[0]), {})[row.keys[1]] = row.in_force
    english = _DIMENSIONS_ENGLISH[then_by].lower()
    if len(second) > _MOST_PARTS:
        title = (f"现行职称，按{by.label}", f"Titles in force by {head[1].lower()}")
        rows = [(label, sum(counts.values())) for label, counts in cells.items()]
        return bar_chart(title, (head, ("现行", "In force")), rows, _UNIT)
    title = (
        f"现行职称，按{by.label}和{then_by.label}",
        f"Titles in force by {head[1].lower()} and {english}",
    )
    words = [(word_of(then_by, key), word_of(then_by, key)) for key in second]
    stacked = [(label, tuple(counts.get(key, 0) for key in second)) for label, counts in cells.items()]
    return stacked_chart(title, (head, *words), stacked, _UNIT)
