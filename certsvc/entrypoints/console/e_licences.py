"""The whole metadata of a certificate as an e-licence, for registered programs such as an e-licence library 电子证照库."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final, Self

from certverify.errors import ManualCodeError
from certverify.manual_code import LONGEST_TYPED, decode_manual_code
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from certsvc.domain.permission import Action
from certsvc.entrypoints.console.access import Asked, asked, office_of
from certsvc.entrypoints.console.forms import JSON, json_body, json_form
from certsvc.entrypoints.e_licence_objects import answer_schema, e_licence_object
from certsvc.entrypoints.http.allowances import guess_key, require_allowance
from certsvc.entrypoints.http.permitted import needs
from certsvc.errors import MistypedCode
from certsvc.ports.sharing import RateLimiter
from certsvc.stages.manual_codes import CodeAnswers
from certsvc.stages.verify import HolderClaim

PATH: Final = "/api/v1/e-licence-records"
router = APIRouter(tags=["e-licences"])
Caller = Annotated[Asked, Depends(asked)]
_A_MINUTE, _AN_HOUR = 60, 3600
_ANSWER: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The metadata, whole, and the status of now.",
        "content": {JSON: {"schema": answer_schema()}},
    }
}


class ELicenceForm(BaseModel):
    """Which certificate: its QR text, its manual code, or number, name and last four characters together."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    qr: str | None = Field(default=None, min_length=1, max_length=4096)
    code: str | None = Field(default=None, min_length=1, max_length=LONGEST_TYPED)
    number: str | None = Field(default=None, min_length=1, max_length=32)
    name: str | None = Field(default=None, min_length=1, max_length=200)
    id_last4: str | None = Field(default=None, min_length=4, max_length=4)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        known = [part is not None for part in (self.number, self.name, self.id_last4)]
        ways = [self.qr is not None, self.code is not None, any(known)]
        if sum(ways) != 1 or any(known) != all(known):
            raise ValueError(
                "either the QR text, or the manual code, or number, name and last four characters"
            )
        return self

    def question(self, codes: CodeAnswers) -> str | HolderClaim:
        """The question as the stage takes it. Raises MistypedCode."""
        if self.code is not None:
            try:
                return codes.asked(decode_manual_code(self.code))
            except ManualCodeError as error:
                raise MistypedCode(error.group) from error
        return self.qr or HolderClaim(self.number or "", self.name or "", self.id_last4 or "")


@dataclass(frozen=True, slots=True)
class ELicenceLimit:
    """What each program may ask a minute, and how often one number may be tried by name and last four from anywhere."""

    limiter: RateLimiter
    per_minute: int
    guesses_per_hour: int

    def require(self, program: str, question: str | HolderClaim) -> None:
        """Count one question. Raises HTTPException 429 with Retry-After."""
        require_allowance(self.limiter.allow(f"e-licence:{program}", self.per_minute, _A_MINUTE))
        if isinstance(question, HolderClaim):
            key = guess_key(question.number)
            require_allowance(self.limiter.allow(key, self.guesses_per_hour, _AN_HOUR))


@router.post(
    PATH,
    summary="The whole metadata of a certificate as an e-licence",
    openapi_extra=json_body(ELicenceForm),
    responses=_ANSWER,
)
@needs(Action.E_LICENCE_READ, on="e-licence")
def whole(request: Request, caller: Caller) -> Response:
    """For programs registered for `e-licence`, and nobody else. Every answer is written down as a look."""
    office = office_of(request)
    office.permits.require(Action.E_LICENCE_READ, caller.caller, "e-licence")
    question = json_form(request, caller.raw_body, ELicenceForm).question(office.codes)
    limit: ELicenceLimit = request.app.state.e_licence_limit
    limit.require(caller.caller.name, question)
    answer = e_licence_object(office.e_licences.whole(question, caller.caller))
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})
