"""`/api/v1/signed-verdict`: the verdict of this moment, signed, with the evidence of the log (docs/formats/signed-verdict.md)."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import Response

from certsvc.entrypoints.public_api.answers import ASKED, problem_answers
from certsvc.entrypoints.public_api.guarding import count_guess, limited_as_verification, refuse_reading
from certsvc.entrypoints.public_api.noting import note_verdict
from certsvc.entrypoints.public_api.questions import ManualCodeQuestion, QrQuestion, VerifyQuestion
from certsvc.entrypoints.public_api.service import PublicService
from certsvc.entrypoints.public_api.verification_api import JsonRoute
from certsvc.formats.signed_verdict import MEDIA_TYPE
from certsvc.stages.signed_verdicts import SignedVerdict

PATH: Final = "/api/v1/signed-verdict"


def add_signed_verdicts(app: FastAPI, service: PublicService) -> None:
    """Serve signed verdicts."""

    router = APIRouter(route_class=JsonRoute)

    @router.post(
        PATH,
        summary="A verdict, signed, to be filed",
        operation_id="signed_verdict",
        responses=_ANSWERS,
        response_class=Response,
        dependencies=[Depends(limited_as_verification(service))],
    )
    def signed_verdict(request: Request, question: VerifyQuestion) -> Response:
        """By the same questions as a verdict, with the same answer: signed, dated, and with what the public log proves of it.

        `certverify verdict` checks the file without network, years later too. It tells nothing that a verdict does not tell,
        so it counts as one. What is not found is answered in the same way.
        """
        made = _made(service, request, question)
        verdict = made.verdict
        note_verdict(
            service,
            request,
            verdict,
            None if isinstance(question, QrQuestion | ManualCodeQuestion) else question.claim,
        )
        service.metrics.count_verdict(verdict.outcome.value, (one.code.value for one in verdict.findings))
        named = verdict.certificate.number if verdict.certificate is not None else "answer"
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="signed-verdict-{named}.json"',
        }
        return Response(made.content, media_type=MEDIA_TYPE, headers=headers)

    app.include_router(router)

    refuse_reading(app, PATH)


def _made(service: PublicService, request: Request, question: VerifyQuestion) -> SignedVerdict:
    desk = service.signed_verdicts
    if isinstance(question, QrQuestion):
        return desk.for_record(question.qr, question.place)
    if isinstance(question, ManualCodeQuestion):
        return desk.for_code(question.symbols, question.place)
    count_guess(service, question.claim.number, request)
    return desk.for_holder(question.claim, question.place)


_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "A flattened JWS (RFC 7515) by the key that `GET /api/v1/keys` and the trust list name.",
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "type": "object",
                    "properties": {
                        name: {"type": "string"} for name in ("payload", "protected", "signature")
                    },
                    "required": ["payload", "protected", "signature"],
                    "additionalProperties": False,
                },
                "example": {
                    "payload": "eyJldmlkZW5jZSI6…",
                    "protected": "eyJhbGciOiJFZERTQSIs…",
                    "signature": "pQ7r…",
                },
            }
        },
    },
    **problem_answers(*ASKED),
}
