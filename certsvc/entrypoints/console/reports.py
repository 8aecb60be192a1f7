"""Reports over HTTP, for officials in their own territory and supervisors, as JSON or as files.

All but the subsidy roster tell numbers and filings, never a person.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from certsvc.domain.permission import Action
from certsvc.domain.statistics import Basis, Dimension, StatisticsQuestion
from certsvc.domain.supervision import Concern
from certsvc.entrypoints.console.access import Asked, asked, office_of
from certsvc.entrypoints.console.filings import channel_of
from certsvc.entrypoints.console.report_files import FILE_ANSWERS, WantedFile, file_answer
from certsvc.entrypoints.http.permitted import needs
from certsvc.entrypoints.report_answers import quotas_object, statistics_object, supervision_object
from certsvc.errors import RequestError

PATH = "/api/v1/reports"
router = APIRouter(prefix=PATH, tags=["reports"])
Caller = Annotated[Asked, Depends(asked)]
Region = Annotated[
    str | None, Query(pattern="^[0-9]{6}$", description="A division; default: one's own territory.")
]
Year = Annotated[int | None, Query(ge=1949, le=2199)]
ReviewYear = Annotated[int, Query(ge=2021, le=2199)]


@router.get(
    "/statistics",
    summary="Titles by one or two dimensions, by how they stand, with completeness",
    responses=FILE_ANSWERS,
)
@needs(Action.REPORT_READ, on="report/statistics")
def statistics(
    request: Request,
    caller: Caller,
    file: WantedFile,
    by: Dimension,
    then_by: Dimension | None = None,
    as_of: date | None = None,
    basis: Basis = Basis.KNOWN,
    region: Region = None,
    year: Year = None,
    series: Annotated[int | None, Query(ge=1, le=27)] = None,
    level: Annotated[int | None, Query(ge=1, le=5)] = None,
    way: Annotated[int | None, Query(ge=1, le=99)] = None,
    unit_kind: Annotated[str | None, Query(max_length=16)] = None,
) -> Response:
    """As `certsvc report statistics --json`. For officials only: small counts may single persons out."""
    office = office_of(request)
    question = StatisticsQuestion(
        by=by,
        then_by=then_by,
        as_of=as_of or office.clock.today(),
        basis=basis,
        region=region,
        series=series,
        level=level,
        way=way,
        year=year,
        unit_kind=unit_kind,
    )
    reports = office.information.reports
    found = reports.statistics(question, caller.caller)
    if file is not None:
        return file_answer(request, reports.statistics_table(found), caller, region, file)
    return JSONResponse(statistics_object(found))


@router.get(
    "/supervision", summary="Supervision lists, for supervisors and the province", responses=FILE_ANSWERS
)
@needs(Action.REPORT_READ, on="report/supervision")
def supervision(
    request: Request,
    caller: Caller,
    file: WantedFile,
    wanted: Annotated[list[Concern] | None, Query(alias="list", max_length=len(Concern))] = None,
    region: Region = None,
    year: Year = None,
) -> Response:
    """As `certsvc report supervision --json`: every line names its filing and the clause."""
    reports = office_of(request).information.reports
    found = reports.supervision(frozenset(wanted or Concern), region, year, caller.caller)
    if file is not None:
        return file_answer(request, reports.supervision_table(found), caller, region, file)
    return JSONResponse(supervision_object(found))


@router.get(
    "/quotas",
    summary="Counters of a review year against the plans; they block nothing",
    responses=FILE_ANSWERS,
)
@needs(Action.REPORT_READ, on="report/quotas")
def quotas(request: Request, caller: Caller, file: WantedFile, year: ReviewYear) -> Response:
    """As `certsvc report quotas --json`."""
    reports = office_of(request).information.reports
    found = reports.quotas(year, caller.caller)
    if file is not None:
        return file_answer(request, reports.quota_table(year, found), caller, None, file)
    return JSONResponse(quotas_object(year, found))


@router.get("/subsidy", summary="The roster of the rural subsidy, as a file alone", responses=FILE_ANSWERS)
@needs(Action.REPORT_EXPORT, on="report/subsidy")
def subsidy(
    request: Request, caller: Caller, file: WantedFile, year: ReviewYear, region: Region = None
) -> Response:
    """As `certsvc report subsidy`: it names people, so every look is written down, and it is given as CSV or XLSX only."""
    if file is None:
        raise RequestError(
            "名册含个人信息，只能导出为文件：请以 ?format=csv 或 ?format=xlsx（或相应的 Accept）请求。"
        )
    reports = office_of(request).information.reports
    with reports.subsidy_roster(year, region, caller.caller, channel_of(caller)) as table:
        return file_answer(request, table, caller, region, file)
