"""`/api/v1`: verdicts and proof bundles for everybody (docs/api.md)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Annotated, Any

from certverify import Verdict
from certverify.errors import SandboxBusyError
from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from certsvc.entrypoints.http.body import read_body, uploaded_file
from certsvc.entrypoints.http.problems import Problem, problem_response
from certsvc.entrypoints.public_api.answers import (
    BUNDLE_ANSWERS,
    PAST_BUNDLE_ANSWERS,
    PDF_BODY,
    VERDICT_ANSWERS,
)
from certsvc.entrypoints.public_api.askers import asker_of
from certsvc.entrypoints.public_api.guarding import (
    allow_or_prove,
    asked_by_number,
    count_guess,
    limited_as_bundles,
    limited_as_verification,
    refuse_reading,
)
from certsvc.entrypoints.public_api.history_answers import HISTORY_ANSWERS, past_object
from certsvc.entrypoints.public_api.idempotency import answer_once
from certsvc.entrypoints.public_api.noting import note_hand_out, note_verdict
from certsvc.entrypoints.public_api.questions import (
    HistoryQuestion,
    ManualCodeHistoryQuestion,
    ManualCodeQuestion,
    Place,
    ProofQuestion,
    QrHistoryQuestion,
    QrQuestion,
    VerifyQuestion,
)
from certsvc.entrypoints.public_api.service import PublicService
from certsvc.stages.proof import ProofDesk
from certsvc.stages.verify import HolderClaim

MAX_PDF_BYTES = 2_000_000
MAX_FORM_BYTES = MAX_PDF_BYTES + 4096
VERIFY_PATH = "/api/v1/verify"
PDF_PATH = "/api/v1/verify/pdf"
BUNDLE_PATH = "/api/v1/bundle"
PAST_BUNDLE_PATH = "/api/v1/past-bundle"
HISTORY_PATH = "/api/v1/history"
_PER_SECONDS = 60
_AN_HOUR = 3600
_NO_STORE = {"Cache-Control": "no-store"}
_BUSY = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "examination-busy",
    "现在检查文件的人较多，请稍等片刻再试；也可以扫描证书上的二维码核验。",
    {"Retry-After": "5"},
)
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class JsonRoute(APIRoute):
    """A route whose body is JSON: any other content type is refused with 415 before it is read.

    Where it makes something new each time, a request that is sent again gets the same answer.
    """

    def get_route_handler(self) -> Handler:
        """The handler with the check before it."""
        handler = super().get_route_handler()

        async def checked(request: Request) -> Response:
            if _media_type(request) != "application/json":
                raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, headers={"Accept": "application/json"})
            return await answer_once(request, self.path, handler)

        return checked


def add_verification(app: FastAPI, service: PublicService) -> None:
    """Serve verdicts and bundles."""
    app.include_router(_verify_routes(service, limited_as_verification(service)))
    app.include_router(_document_routes(service, limited_as_verification(service)))
    app.include_router(_history_routes(service, limited_as_verification(service)))
    app.include_router(_bundle_routes(service, limited_as_bundles(service)))
    refuse_reading(app, VERIFY_PATH, PDF_PATH, BUNDLE_PATH, PAST_BUNDLE_PATH, HISTORY_PATH)


def _verify_routes(service: PublicService, limit: Callable[[Request], None]) -> APIRouter:
    router = APIRouter(route_class=JsonRoute, dependencies=[Depends(limit)])

    @router.post(
        VERIFY_PATH, summary="Verify a certificate", operation_id="verify", responses=VERDICT_ANSWERS
    )
    def verify(request: Request, question: VerifyQuestion) -> Response:
        """By the text of its QR symbol, the manual code beside it, or number, name and last four of the ID number.

        Unknown code or number, another name, another ID and a certificate that is not published yet give one and the same
        answer.
        """
        if isinstance(question, QrQuestion):
            return _answer(service, request, service.verification.check_qr(question.qr, question.place))
        if isinstance(question, ManualCodeQuestion):
            return _answer(service, request, service.codes.check(question.symbols, question.place))
        claim = question.claim
        count_guess(service, claim.number, request)
        return _answer(service, request, service.verification.check_holder(claim, question.place), claim)

    return router


def _document_routes(service: PublicService, limit: Callable[[Request], None]) -> APIRouter:
    router = APIRouter(dependencies=[Depends(limit)])

    @router.post(
        PDF_PATH,
        summary="Verify a certificate file",
        operation_id="verify_pdf",
        responses=VERDICT_ANSWERS,
        openapi_extra=PDF_BODY,
    )
    def verify_pdf(
        request: Request,
        raw_pdf: Annotated[bytes, Depends(_presented_file)],
        place: Annotated[Place | None, Query()] = None,
    ) -> Response:
        """The PDF as the body, or as the one file `file` of a multipart form; at most 2,000,000 bytes.

        Its bytes are compared with what was sealed. Any other file is looked into by a process of its own, with limits, and
        what it prints stands beside its signed record and the register; nothing is kept. Such files have an
        allowance of their own (429); while too many of them wait, the answer is 503 with the code `examination-busy`.
        """

        def admit() -> None:
            key = f"examine:{asker_of(request).key}"
            allow_or_prove(service, request, key, service.limits.examine_per_minute, _PER_SECONDS)

        try:
            return _answer(service, request, service.verification.check_document(raw_pdf, place, admit))
        except SandboxBusyError:
            return problem_response(request, _BUSY)

    return router


def _history_routes(service: PublicService, limit: Callable[[Request], None]) -> APIRouter:
    router = APIRouter(route_class=JsonRoute, dependencies=[Depends(limit)])

    @router.post(
        HISTORY_PATH,
        summary="How a certificate stood on a past day",
        operation_id="history",
        responses=HISTORY_ANSWERS,
    )
    def history(request: Request, question: HistoryQuestion) -> Response:
        """By the same questions as a verdict, and a day: as it was recorded then, and as it is known now.

        The events with their public words lead to both. Unknown code or number, another name, another ID, a certificate
        that is not published yet and a record that is not ours give one and the same answer.
        """
        past = service.past_answers
        if isinstance(question, QrHistoryQuestion):
            answer = past.for_record(question.qr, question.on, question.place)
        elif isinstance(question, ManualCodeHistoryQuestion):
            answer = service.codes.past(question.symbols, question.on, question.place)
        else:
            with asked_by_number(service, request, question.claim):
                answer = past.for_holder(question.claim, question.on, question.place)
        note_verdict(service, request, answer.verdict)
        return JSONResponse(past_object(answer), headers=_NO_STORE)

    return router


def _bundle_routes(service: PublicService, limit: Callable[[Request], None]) -> APIRouter:
    router = APIRouter(route_class=JsonRoute, dependencies=[Depends(limit)])

    @router.post(
        BUNDLE_PATH,
        summary="The proof bundle of a certificate",
        operation_id="bundle",
        responses=BUNDLE_ANSWERS,
    )
    def bundle(request: Request, question: ProofQuestion) -> Response:
        """Everything that proves the certificate without network (docs/formats/bundle.md).

        Given against the QR record, its manual code, or number, name and last four characters together; the certificate's
        whole content stays closed, and every hand-out is noted.
        """
        return _hand_out(service, request, service.proofs, question)

    @router.post(
        PAST_BUNDLE_PATH,
        summary="The whole history of a certificate with its proofs",
        operation_id="past_bundle",
        responses=PAST_BUNDLE_ANSWERS,
    )
    def past_bundle(request: Request, question: ProofQuestion) -> Response:
        """Everything that proves how the certificate stood on any day, without network (docs/formats/past-bundle.md).

        Given and noted like a bundle; the contents of all events stay closed. While an event of the certificate is being
        logged the answer is 503: come back in a moment.
        """
        return _hand_out(service, request, service.past_proofs, question)

    return router


def _hand_out(service: PublicService, request: Request, desk: ProofDesk, question: ProofQuestion) -> Response:
    if isinstance(question, QrQuestion):
        given = desk.for_record(question.qr)
    elif isinstance(question, ManualCodeQuestion):
        given = service.codes.hand_out(question.symbols, desk)
    else:
        with asked_by_number(service, request, question.claim):
            given = desk.for_holder(question.claim)
    note_hand_out(service, request, given.number)
    return Response(given.content, media_type="application/json", headers=_NO_STORE)


def _answer(
    service: PublicService, request: Request, verdict: Verdict, claim: HolderClaim | None = None
) -> Response:
    note_verdict(service, request, verdict, claim)
    service.metrics.count_verdict(verdict.outcome.value, (one.code.value for one in verdict.findings))
    return JSONResponse(verdict.as_json(), headers=_NO_STORE)


async def _presented_file(request: Request) -> bytes:
    media_type = _media_type(request)
    if media_type == "application/pdf":
        return await read_body(request, MAX_PDF_BYTES)
    if media_type != "multipart/form-data":
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, headers={"Accept": "application/pdf, multipart/form-data"}
        )
    content, _ = await uploaded_file(request, await read_body(request, MAX_FORM_BYTES), "file")
    if len(content) > MAX_PDF_BYTES:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return content


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
