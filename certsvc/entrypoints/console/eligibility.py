"""Eligibility for the application system, and the public key that its answers are signed with (docs/eligibility.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from certsvc.domain.cancelled_year import require_document, require_name
from certsvc.domain.eligibility import EligibilityQuestion
from certsvc.domain.identity import IdKind
from certsvc.domain.levels import level_named
from certsvc.domain.permission import Action
from certsvc.domain.series import series_named
from certsvc.domain.ways import way_named
from certsvc.entrypoints.console.access import Asked, asked, office_of
from certsvc.entrypoints.console.forms import JSON, json_body, json_form
from certsvc.entrypoints.http.allowances import require_allowance
from certsvc.entrypoints.http.entity_tags import answer_with_etag
from certsvc.entrypoints.http.permitted import needs, open_to_all
from certsvc.errors import RequestError
from certsvc.formats.detached_jws import SIGNATURE_HEADER
from certsvc.ports.sharing import RateLimiter

PATH: Final = "/api/v1/eligibility"
KEYS_PATH: Final = "/api/v1/keys"
router = APIRouter(tags=["eligibility"])
Caller = Annotated[Asked, Depends(asked)]
_SECONDS: Final = 60
_ANSWER: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The signed answer; its form is in docs/eligibility.md.",
        "headers": {
            SIGNATURE_HEADER: {
                "description": "Detached JWS (EdDSA) over the exact bytes of the body; keys at /api/v1/keys.",
                "schema": {"type": "string"},
            }
        },
        "content": {JSON: {"schema": {"type": "object"}}},
    }
}


class EligibilityForm(BaseModel):
    """Who wants to apply for what, and when. Words as in the workbooks, or codes."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id_kind: IdKind = Field(strict=False)
    id_number: str = Field(max_length=64)
    name: str = Field(max_length=100)
    series: str = Field(max_length=64)
    level: str = Field(max_length=16)
    way: str = Field(max_length=64)
    applied_on: date = Field(strict=False)


@dataclass(frozen=True, slots=True)
class EligibilityLimit:
    """The limiter that all processes share, and the questions a minute that it lets each program ask."""

    limiter: RateLimiter
    per_minute: int

    def require(self, program: str) -> None:
        """Count one question. Raises HTTPException 429 with Retry-After."""
        require_allowance(self.limiter.allow(f"eligibility:{program}", self.per_minute, _SECONDS))


@router.post(
    PATH,
    summary="Whether a person may apply, for the application system",
    openapi_extra=json_body(EligibilityForm),
    responses=_ANSWER,
)
@needs(Action.ELIGIBILITY_ASK, on="eligibility")
def ask(request: Request, caller: Caller) -> Response:
    """For programs registered for `eligibility`, and nobody else. Every question is written down as a look."""
    office = office_of(request)
    office.permits.require(Action.ELIGIBILITY_ASK, caller.caller, "eligibility")
    _limit_of(request).require(caller.caller.name)
    question = _question(json_form(request, caller.raw_body, EligibilityForm))
    body = office.credit.eligibility.answer(question, caller.raw_body, caller.caller)
    headers = {"Cache-Control": "no-store", SIGNATURE_HEADER: office.credit.sign(body)}
    return Response(body, media_type=JSON, headers=headers)


@router.get(KEYS_PATH, summary="The public key of signed answers, as JWKS")
@open_to_all("public keys, with which programs check signed answers")
def keys(request: Request) -> Response:
    """For everybody (RFC 7517)."""
    content = json.dumps(office_of(request).credit.published_keys()).encode()
    return answer_with_etag(request, content, JSON, "public, max-age=300")


router.add_api_route(KEYS_PATH, keys, methods=["HEAD"], include_in_schema=False)


def _question(form: EligibilityForm) -> EligibilityQuestion:
    series, level, way = series_named(form.series), level_named(form.level), way_named(form.way)
    if series is None or level is None or way is None:
        unknown = [
            word for word, found in (("系列", series), ("级别", level), ("取得方式", way)) if found is None
        ]
        raise RequestError(f"{'、'.join(unknown)}不在编码表中。请按接口说明填写名称或代码。")
    document = require_document(form.id_kind, form.id_number)
    return EligibilityQuestion(require_name(form.name), document, series, level, way, form.applied_on)


def _limit_of(request: Request) -> EligibilityLimit:
    limit: EligibilityLimit = request.app.state.eligibility_limit
    return limit
