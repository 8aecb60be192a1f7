"""Supervision lists 监督事项: late reports and filings, missed deadlines of the notices, meetings nobody watched. No verdicts."""

from __future__ import annotations

from collections import Counter
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certsvc.domain.permission import Action
from certsvc.domain.supervision import Concern
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Viewing
from certsvc.entrypoints.console.pages.choices import divisions_of, place_words
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.html.charts import bar_chart
from certsvc.entrypoints.html.filters import filters_of
from certsvc.entrypoints.html.paging import PageNumber, Paging
from certsvc.entrypoints.http.permitted import needs

PATH: Final = "/console/supervision"
router = APIRouter(prefix=PATH, include_in_schema=False)
_FIRST_YEAR, _LAST_YEAR = 1949, 2199
_ENGLISH: Final = {
    Concern.LATE_RESULTS: "Results reported late",
    Concern.LATE_FILINGS: "Filed late",
    Concern.LATE_REVIEWS: "Reviewed late",
    Concern.UNATTESTED: "Meeting not watched",
    Concern.UNLISTED: "Announced list not loaded",
    Concern.OUTSIDE_SYSTEM: "Outside the system",
    Concern.WARNINGS: "Reminders of procedure",
    Concern.REFUSALS: "Refused repeatedly",
}


@router.get("")
@needs(Action.REPORT_READ, on="report/supervision")
def supervision(request: Request, session: Viewing, page: PageNumber = 1) -> Response:
    """Every line names its filing and the clause; for supervisors of their territory, and the province."""
    office, filters = office_of(request), filters_of(request)
    wanted, region = filters.choice("list", Concern), filters.region()
    year = filters.whole("year", _FIRST_YEAR, _LAST_YEAR)
    report = office.information.reports.supervision(frozenset(Concern), region, year, session.caller)
    counts = Counter(one.concern for one in report.lines)
    # the report is worked out as a whole, for its counts by list: a page is cut from it
    lines = [one for one in report.lines if wanted in (None, one.concern)]
    chosen = {"region": region or "", "year": str(year or "")}
    paging = Paging(PATH, page, len(lines), {**chosen, "list": "" if wanted is None else wanted.value})
    given = {name: value for name, value in paging.filters.items() if value}
    return show(
        request,
        session,
        "supervision/supervision.html.j2",
        lines=lines[paging.offset : paging.offset + paging.rows],
        paging=paging,
        chosen=paging.filters,
        concerns=[
            (one, _ENGLISH[one], counts[one], Paging(PATH, 1, 0, {**chosen, "list": one.value}).address(1))
            for one in Concern
        ],
        english=_ENGLISH,
        chart=bar_chart(
            ("监督事项，按类别", "Lines by list"),
            (("监督事项", "List"), ("条数", "Lines")),
            [(one.label, counts[one]) for one in Concern],
            ("条", "lines"),
        ),
        years=range(office.clock.today().year, 2020, -1),
        regions=divisions_of(session.caller),
        place_words=place_words,
        file_of=lambda form: f"/api/v1/reports/supervision?{urlencode({**given, 'format': form})}",
    )
