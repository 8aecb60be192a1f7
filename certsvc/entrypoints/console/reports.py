"""Reports over HTTP, for officials in their own territory and supervisors: numbers and filings, never a person."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from certsvc.domain.statistics import Basis, Dimension, StatisticsQuestion
from certsvc.domain.supervision import Concern
from certsvc.entrypoints.console.access import Asked, asked, office_of
from certsvc.entrypoints.report_answers import quotas_object, statistics_object, supervision_object

PATH = "/api/v1/reports"
router = APIRouter(prefix=PATH, tags=["reports"])
Caller = Annotated[Asked, Depends(asked)]
Region = Annotated[
    str | None, Query(pattern="^[0-9]{6}$", description="A division; default: one's own territory.")
]
Year = Annotated[int | None, Query(ge=1949, le=2199)]


@router.get("/statistics", summary="Titles by one or two dimensions, by how they stand, with completeness")
def statistics(
    request: Request,
    caller: Caller,
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
    return JSONResponse(statistics_object(office.information.reports.statistics(question, caller.caller)))


@router.get("/supervision", summary="Supervision lists, for supervisors and the province")
def supervision(
    request: Request,
    caller: Caller,
    wanted: Annotated[list[Concern] | None, Query(alias="list", max_length=len(Concern))] = None,
    region: Region = None,
    year: Year = None,
) -> Response:
    """As `certsvc report supervision --json`: every line names its filing and the clause."""
    reports = office_of(request).information.reports
    found = reports.supervision(frozenset(wanted or Concern), region, year, caller.caller)
    return JSONResponse(supervision_object(found))


@router.get("/quotas", summary="Counters of a review year against the plans; they block nothing")
def quotas(request: Request, caller: Caller, year: Annotated[int, Query(ge=2021, le=2199)]) -> Response:
    """As `certsvc report quotas --json`."""
    reports = office_of(request).information.reports
    return JSONResponse(quotas_object(year, reports.quotas(year, caller.caller)))
