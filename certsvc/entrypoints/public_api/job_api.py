"""`/api/v1/verification-jobs`: checks of whole files, worked off in the background, for whoever has the token of one."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, FastAPI, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from certsvc.adapters.bulk_file import LARGEST_BULK_FILE, read_bulk_file
from certsvc.adapters.spreadsheet_workbook import write_xlsx
from certsvc.domain.bulk_check import TOO_OFTEN, CodeAsked, HolderAsked, QrAsked, RowQuestion
from certsvc.domain.bulk_file import BulkFile, FileFinding, NumberedRow, understand
from certsvc.domain.verification_job import RowOutcome
from certsvc.entrypoints.http.allowances import require_allowance
from certsvc.entrypoints.http.body import read_body, uploaded_file
from certsvc.entrypoints.http.caching import REVALIDATE, answer_with_etag
from certsvc.entrypoints.http.problems import Problem, problem_response
from certsvc.entrypoints.public_api.askers import Asker, asker_of
from certsvc.entrypoints.public_api.batch_api import guess_allowed
from certsvc.entrypoints.public_api.guarding import (
    charge,
    is_suspected,
    limited,
    limited_as_bundles,
    refuse_reading,
)
from certsvc.entrypoints.public_api.idempotency import answer_once
from certsvc.entrypoints.public_api.job_answers import (
    BEGUN_ANSWERS,
    DELETED_ANSWERS,
    FILE_BODY,
    FILE_TYPES,
    PREVIEW_ANSWERS,
    RESULTS_ANSWERS,
    STANDING_ANSWERS,
    TABLE_ANSWERS,
    XLSX,
)
from certsvc.entrypoints.public_api.job_tables import result_rows, template_rows
from certsvc.entrypoints.public_api.service import PublicService
from certsvc.entrypoints.public_api.turns import Turns
from certsvc.errors import ConflictError
from certsvc.formats.spreadsheet_text import write_csv
from certsvc.ports.verification_jobs import JobAsker, JobStanding
from certsvc.stages.verification_jobs import JobDesk

JOBS_PATH: Final = "/api/v1/verification-jobs"
PREVIEW_PATH: Final = f"{JOBS_PATH}/preview"
TEMPLATE_PATH: Final = "/batch/template.xlsx"
MAX_JOB_BYTES: Final = LARGEST_BULK_FILE + 4096
JOB_SECONDS: Final = 60.0
"""Longest time an upload or a download of a table may take: people send eight megabytes over a phone."""
_A_MINUTE, _A_DAY = 60, 86_400
_READS_PER_MINUTE: Final = 300
_SHOWN_ROWS: Final = 8
_SHOWN_FINDINGS: Final = 200
_NO_STORE: Final = {"Cache-Control": "no-store"}
_NOTE: Final = "可以关闭页面：核验在后台继续，凭任务编号随时可以回来查看。"
_DONE_NOTE: Final = "已全部核完。结果到期自动删除，也可以现在就删除。"
Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Token = Annotated[str, Path(description="The token that was told when the file was taken in.")]


class Only(StrEnum):
    """Which results are wanted; `attention`: all but those that passed."""

    FAILED = "failed"
    UNDETERMINED = "undetermined"
    PROBLEMS = "problems"
    ATTENTION = "attention"

    @property
    def outcomes(self) -> tuple[RowOutcome, ...]:
        """The outcomes that it stands for."""
        return {
            Only.FAILED: (RowOutcome.FAILED,),
            Only.UNDETERMINED: (RowOutcome.UNDETERMINED,),
            Only.PROBLEMS: (RowOutcome.PROBLEM,),
            Only.ATTENTION: (RowOutcome.FAILED, RowOutcome.UNDETERMINED, RowOutcome.PROBLEM),
        }[self]


def _file_route(turns: Turns) -> type[APIRoute]:
    class FileRoute(APIRoute):
        """A route whose body is a file, as it is or as the one file of a form; sent again with the same idempotency key it
        gets the same answer. An asker may send few at once.
        """

        def get_route_handler(self) -> Handler:
            """The handler with the checks before it."""
            handler = super().get_route_handler()

            async def checked(request: Request) -> Response:
                if _media_type(request) not in (*FILE_TYPES, "multipart/form-data"):
                    raise HTTPException(
                        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                        headers={"Accept": ", ".join((*FILE_TYPES, "multipart/form-data"))},
                    )
                asker = await run_in_threadpool(asker_of, request)
                with turns.place(asker.key):
                    return await answer_once(request, self.path, handler)

            return checked

    return FileRoute


def add_verification_jobs(app: FastAPI, service: PublicService) -> None:
    """Serve checks of whole files, and the template to fill in."""
    turns = Turns()
    app.include_router(_uploads(service, turns))
    refuse_reading(app, JOBS_PATH)
    app.include_router(_jobs(service, turns))
    template = write_xlsx(template_rows(), sheet="批量核验")

    def template_file(request: Request) -> Response:
        answer = answer_with_etag(request, template, XLSX, REVALIDATE)
        answer.headers["Content-Disposition"] = 'attachment; filename="batch-template.xlsx"'
        return answer

    app.add_api_route(TEMPLATE_PATH, template_file, methods=["GET", "HEAD"], include_in_schema=False)


def _uploads(service: PublicService, turns: Turns) -> APIRouter:
    router = APIRouter(route_class=_file_route(turns))

    @router.post(
        PREVIEW_PATH,
        summary="What is understood of a file",
        operation_id="preview_verification_job",
        responses=PREVIEW_ANSWERS,
        openapi_extra=FILE_BODY,
        dependencies=[Depends(limited_as_bundles(service))],
    )
    async def preview(raw_file: Annotated[bytes, Depends(_file)]) -> Response:
        """Which columns were found, how the first rows would be asked, and everything that is wrong, by row and column."""
        async with turns.one():
            told = await run_in_threadpool(lambda: _preview(understand(read_bulk_file(raw_file))))
        return JSONResponse(told, headers=_NO_STORE)

    @router.post(
        JOBS_PATH,
        summary="Verify a file of certificates",
        operation_id="begin_verification_job",
        responses=BEGUN_ANSWERS,
        status_code=HTTPStatus.ACCEPTED,
        openapi_extra=FILE_BODY,
        dependencies=[Depends(limited(service, "job-upload", service.limits.job_uploads_per_minute))],
    )
    async def begin(request: Request, raw_file: Annotated[bytes, Depends(_file)]) -> Response:
        """XLSX, CSV (UTF-8 or GB18030) or JSON lines, at most 20,000 rows and 8 MB; columns are found by their headings.

        A row that is not understood becomes a result of its own and stops no other. A file of which nothing is understood is
        refused with every finding.
        """
        async with turns.one():
            return await run_in_threadpool(_taken_in, service, request, raw_file)

    return router


def _taken_in(service: PublicService, request: Request, raw_file: bytes) -> Response:
    file = understand(read_bulk_file(raw_file))
    if not any(isinstance(one.row.asks, RowQuestion) for one in file.rows):
        return problem_response(request, _nothing_understood(file))
    asker = asker_of(request)
    service.jobs.require_room(len(file.rows), organisation=asker.organisation is not None)
    _count_rows(service, request, len(file.rows))
    rows = [_judged(service, asker, one) for one in file.rows]
    token, standing = service.jobs.begin(rows, JobAsker(asker.key, asker.organisation, asker.purpose))
    headers = _NO_STORE | {"Location": f"{JOBS_PATH}/{token}", "Retry-After": "1"}
    return JSONResponse({"job": token, **_standing(standing)}, HTTPStatus.ACCEPTED, headers)


def _count_rows(service: PublicService, request: Request, rows: int) -> None:
    """Count the rows of a file; the first was counted with the file. No proof of work buys more: they are too many for one.

    Raises TooManyRequests, QuotaExceeded.
    """
    if not charge(service, request, rows - 1):
        key, limit = f"job-rows:{asker_of(request).key}", service.limits.job_rows_per_day
        require_allowance(service.limiter.allow(key, limit, _A_DAY, rows))


def _jobs(service: PublicService, turns: Turns) -> APIRouter:
    def count(request: Request) -> None:
        key = f"job-read:{asker_of(request).key}"
        require_allowance(service.limiter.allow(key, _READS_PER_MINUTE, _A_MINUTE))

    router = APIRouter(prefix=JOBS_PATH + "/{token}", dependencies=[Depends(count)])

    @router.get("", summary="How a job stands", operation_id="verification_job", responses=STANDING_ANSWERS)
    def standing(token: Token) -> Response:
        """Counts and percentage; unknown and deleted jobs have one answer."""
        return JSONResponse(_standing(service.jobs.standing(token)), headers=_NO_STORE)

    @router.get(
        "/results",
        summary="Results of a job, page by page",
        operation_id="verification_job_results",
        responses=RESULTS_ANSWERS,
    )
    def results(
        token: Token,
        after: Annotated[int, Query(ge=0, le=10**9, description="Position behind which to go on.")] = 0,
        most: Annotated[int, Query(ge=1, le=500)] = 100,
        only: Only | None = None,
    ) -> Response:
        """Each with the number of its row in the file, its label, and its verdict or problem."""
        found = service.jobs.results(token, after, most, _outcomes(only))
        answer = {
            "results": [{"position": one.position, **json.loads(one.answer)} for one in found],
            "next_after": found[-1].position if len(found) == most else None,
        }
        return JSONResponse(answer, headers=_NO_STORE)

    async def table(request: Request, token: str, only: Only | None, kind: str) -> Response:
        await run_in_threadpool(_require_finished, service.jobs, token)
        with turns.place(asker_of(request).key):
            async with turns.one():
                content = await run_in_threadpool(_written, service.jobs, token, only, kind)
        headers = {"Content-Disposition": f'attachment; filename="verification-results.{kind}"'}
        media_type = XLSX if kind == "xlsx" else "text/csv; charset=utf-8"
        return Response(content, media_type=media_type, headers=_NO_STORE | headers)

    @router.get(
        "/results.xlsx",
        summary="Results of a finished job as a workbook",
        operation_id="verification_job_workbook",
        responses=TABLE_ANSWERS,
        response_class=Response,
    )
    async def workbook(request: Request, token: Token, only: Only | None = None) -> Response:
        """Every cell is text: nothing in it is ever reckoned."""
        return await table(request, token, only, "xlsx")

    @router.get(
        "/results.csv",
        summary="Results of a finished job as CSV",
        operation_id="verification_job_csv",
        responses=TABLE_ANSWERS,
        response_class=Response,
    )
    async def csv_file(request: Request, token: Token, only: Only | None = None) -> Response:
        """UTF-8 with byte order mark; a text that a spreadsheet might take for a formula has an apostrophe in front."""
        return await table(request, token, only, "csv")

    @router.delete(
        "",
        summary="Delete a job",
        operation_id="delete_verification_job",
        responses=DELETED_ANSWERS,
        status_code=HTTPStatus.NO_CONTENT,
        response_class=Response,
    )
    def delete(token: Token) -> Response:
        """At once, finished or not, with everything that is kept of it."""
        service.jobs.remove(token)
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=_NO_STORE)

    return router


def _require_finished(jobs: JobDesk, token: str) -> None:
    if jobs.standing(token).finished_at is None:
        raise ConflictError("还没有核完，请等全部核完后再下载。")


def _written(jobs: JobDesk, token: str, only: Only | None, kind: str) -> bytes:
    rows = result_rows(jobs.all_results(token, _outcomes(only)))
    return write_xlsx(rows, sheet="核验结果") if kind == "xlsx" else b"".join(write_csv(rows))


def _judged(service: PublicService, asker: Asker, one: NumberedRow) -> NumberedRow:
    """A row, refused as a row of a batch is; one that is refused for its asker is not counted against its number."""
    asks = one.row.asks
    if not isinstance(asks, RowQuestion):
        return one
    suspected = isinstance(asks.asked, HolderAsked) and is_suspected(service, asker, asks.asked.number)
    if suspected or not guess_allowed(service, asks):
        return replace(one, row=replace(one.row, asks=(TOO_OFTEN,)))
    return one


def _outcomes(only: Only | None) -> tuple[RowOutcome, ...]:
    return tuple(RowOutcome) if only is None else only.outcomes


def _standing(standing: JobStanding) -> dict[str, Any]:
    counts, finished = standing.counts, standing.finished_at
    return {
        "status": "finished" if finished is not None else "running" if counts.done else "waiting",
        "rows": counts.rows,
        "done": counts.done,
        "outcomes": {outcome.value: getattr(counts, outcome.value) for outcome in RowOutcome},
        "percentage": counts.percentage,
        "made_at": _instant(standing.made_at),
        "finished_at": None if finished is None else _instant(finished),
        "ends_at": _instant(standing.ends_at),
        "note": _NOTE if finished is None else _DONE_NOTE,
    }


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _preview(file: BulkFile) -> dict[str, Any]:
    understood = [one for one in file.rows if isinstance(one.row.asks, RowQuestion)]
    return {
        "columns": [{"field": field, "heading": heading} for field, heading in file.columns.items()],
        "rows": len(file.rows),
        "understood": len(understood),
        "first": [
            {
                "line": one.number,
                "row": one.label,
                "asked": _asked(one.row.asks),
                "place": _place(one.row.asks),
            }
            for one in file.rows[:_SHOWN_ROWS]
        ],
        "findings": _findings(file),
        "more_findings": max(0, len(file.findings) - _SHOWN_FINDINGS),
    }


def _asked(asks: object) -> str | None:
    """How a row would be asked; None when it is not understood."""
    if not isinstance(asks, RowQuestion):
        return None
    match asks.asked:
        case QrAsked(text):
            return text if len(text) <= 40 else f"{text[:40]}…"
        case CodeAsked(symbols):
            return "-".join(symbols[at : at + 5] for at in range(0, 15, 5))
        case HolderAsked(number, name, id_last4):
            return f"{number} {name} {id_last4}"


def _place(asks: object) -> str | None:
    return asks.place if isinstance(asks, RowQuestion) else None


def _findings(file: BulkFile) -> list[dict[str, Any]]:
    return [_finding(one) for one in file.findings[:_SHOWN_FINDINGS]]


def _finding(one: FileFinding) -> dict[str, Any]:
    return {"row": one.row, "column": one.column, "code": one.code, "detail": one.detail}


def _nothing_understood(file: BulkFile) -> Problem:
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "file-not-understood",
        "文件里没有一行可以核验，没有受理。请按 findings 逐项修改，或使用模板。",
        more={"findings": _findings(file)},
    )


async def _file(request: Request) -> bytes:
    raw_body = await read_body(request, MAX_JOB_BYTES)
    if _media_type(request) != "multipart/form-data":
        return raw_body
    content, _ = await uploaded_file(request, raw_body, "file")
    return content


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
