"""`/api/v1/verify/batch`: up to 1,000 questions in one call, answered one by one and in their order."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import BoundedSemaphore
from time import monotonic
from typing import Annotated, Any, Final

from certverify import Verdict
from certverify.verdict import Outcome, StatusWord
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse, Response

from certsvc.domain.bulk_check import (
    MOST_ROWS_AT_ONCE,
    NOT_REACHED,
    TOO_OFTEN,
    BulkRow,
    HolderAsked,
    RowProblem,
    RowQuestion,
    read_row,
)
from certsvc.entrypoints.http.allowances import guess_key
from certsvc.entrypoints.http.body import read_body
from certsvc.entrypoints.http.problems import Problem, problem_response
from certsvc.entrypoints.public_api.askers import Asker, asker_of
from certsvc.entrypoints.public_api.batch_answers import BATCH_ANSWERS, BATCH_BODY
from certsvc.entrypoints.public_api.guarding import is_suspected, refuse_reading, require_rows
from certsvc.entrypoints.public_api.noting import note_answer
from certsvc.entrypoints.public_api.service import PublicService
from certsvc.entrypoints.public_api.verification_api import JsonRoute
from certsvc.errors import RequestError, UnavailableError
from certsvc.ports.look_ups import LookUpChannel
from certsvc.stages.bulk_check import BulkCheck, problem_object
from certsvc.stages.verify import HolderClaim

BATCH_PATH: Final = "/api/v1/verify/batch"
MAX_BATCH_BYTES: Final = 2_000_000
_AN_HOUR: Final = 3600
_AT_ONCE: Final = 2  # batches that a process works at: more would only make each other late
_PATIENCE: Final = 0.2  # of the answer time: how long a batch waits for its turn
_WORKING: Final = 0.5  # of the answer time: after it the rows that are left are not reached
_NO_STORE: Final = {"Cache-Control": "no-store"}
_SHAPE: Final = Problem(
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "unprocessable-content",
    f'请求须为 {{"questions": [...]}}，其中 1 至 {MOST_ROWS_AT_ONCE} 行；更多的行请用 /api/v1/verification-jobs。',
    more={"errors": [{"pointer": "#/questions", "code": "unfit"}]},
)


def add_batches(app: FastAPI, service: PublicService) -> None:
    """Serve questions by the thousand."""
    router = APIRouter(route_class=JsonRoute)
    check = BulkCheck(service.verification, service.codes)
    turns = BoundedSemaphore(_AT_ONCE)

    @router.post(
        BATCH_PATH,
        summary="Verify up to 1,000 certificates",
        operation_id="verify_batch",
        responses=BATCH_ANSWERS,
        openapi_extra=BATCH_BODY,
    )
    def verify_batch(request: Request, raw_body: Annotated[bytes, Depends(_body)]) -> Response:
        """Each row is a question of `/api/v1/verify`, with a label `row` of your own; answers come in the same order.

        A row that is not understood has a `problem` in place of its `verdict`, and stops no other row. What is answered for a
        row is what the single question would be answered.
        """
        begun, seconds = monotonic(), service.limits.answer_seconds
        raw_rows = _rows_in(raw_body)
        if raw_rows is None:
            return problem_response(request, _SHAPE)
        asker = asker_of(request)
        require_rows(
            service, request, "batch-rows", len(raw_rows), service.limits.batch_rows_per_hour, _AN_HOUR
        )
        if not turns.acquire(timeout=_PATIENCE * seconds):
            raise UnavailableError("现在批量核验的人较多，请稍等片刻再试；名单较长的请改用文件核验。")
        try:
            answers = _Answers(service, check, asker, begun + _WORKING * seconds)
            return JSONResponse(answers.of(map(read_row, raw_rows)), headers=_NO_STORE)
        finally:
            turns.release()

    app.include_router(router)
    refuse_reading(app, BATCH_PATH)


def guess_allowed(service: PublicService, question: RowQuestion) -> bool:
    """Count a row by number, name and last four characters against its number; whether it may be answered."""
    if not isinstance(question.asked, HolderAsked):
        return True
    key, limit = guess_key(question.asked.number), service.limits.guesses_per_hour
    return service.limiter.allow(key, limit, _AN_HOUR).allowed


@dataclass(slots=True)
class _Answers:
    service: PublicService
    check: BulkCheck
    asker: Asker
    until: float
    outcomes: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)

    def of(self, rows: Iterator[BulkRow]) -> dict[str, Any]:
        answers = [{"index": index, "row": row.label, **self._answer(row)} for index, row in enumerate(rows)]
        return {
            "schema": "certsvc-batch/1",
            "asked": len(answers),
            "outcomes": {word: self.outcomes[word] for word in (*(one.value for one in Outcome), "problem")},
            "statuses": {word.value: self.statuses[word.value] for word in StatusWord},
            "answers": answers,
        }

    def _answer(self, row: BulkRow) -> dict[str, Any]:
        if not isinstance(row.asks, RowQuestion):
            return self._problem(row.asks)
        if monotonic() > self.until:
            return self._problem((NOT_REACHED,))
        claim = _claim_of(row.asks)
        suspected = claim is not None and is_suspected(self.service, self.asker, claim.number)
        if suspected or not guess_allowed(self.service, row.asks):
            return self._problem((TOO_OFTEN,))
        answer = self.check.answer(row.asks)
        return self._problem((answer,)) if isinstance(answer, RowProblem) else self._verdict(row.asks, answer)

    def _verdict(self, question: RowQuestion, verdict: Verdict) -> dict[str, Any]:
        note_answer(self.service, self.asker, verdict, _claim_of(question), LookUpChannel.BATCH)
        self.service.metrics.count_verdict(
            verdict.outcome.value, (one.code.value for one in verdict.findings)
        )
        self.outcomes[verdict.outcome.value] += 1
        self.statuses[verdict.status.value] += 1
        return {"verdict": verdict.as_json()}

    def _problem(self, problems: Sequence[RowProblem]) -> dict[str, Any]:
        self.outcomes["problem"] += 1
        return {"problem": problem_object(problems)}


def _claim_of(question: RowQuestion) -> HolderClaim | None:
    asked = question.asked
    return HolderClaim(asked.number, asked.name, asked.id_last4) if isinstance(asked, HolderAsked) else None


async def _body(request: Request) -> bytes:
    return await read_body(request, MAX_BATCH_BYTES)


def _rows_in(raw_body: bytes) -> list[object] | None:
    """The rows, None where the body has another shape. Raises RequestError for what is no JSON."""
    try:
        body = json.loads(raw_body)
    except (ValueError, RecursionError) as error:
        raise RequestError("请求内容不是有效的 JSON，请核对后重试。") from error
    rows = body.get("questions") if isinstance(body, dict) and set(body) == {"questions"} else None
    return rows if isinstance(rows, list) and 1 <= len(rows) <= MOST_ROWS_AT_ONCE else None
