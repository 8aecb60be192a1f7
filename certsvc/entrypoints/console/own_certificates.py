"""Holders' own certificates for the portal in which they sign in: a program that is registered for it asks in their name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from pydantic import Field

from certsvc.bootstrap import Office
from certsvc.domain.id_numbers import asked_id_numbers
from certsvc.domain.permission import Action
from certsvc.entrypoints.console.access import Asked, asked, office_of
from certsvc.entrypoints.console.forms import JSON, json_body, json_form
from certsvc.entrypoints.console.shares import HolderForm, OwnForm, PortalForm
from certsvc.entrypoints.document_answers import document_answer
from certsvc.entrypoints.holder_objects import HOLDER_FORMAT, encode_holding, holding_schema
from certsvc.entrypoints.http.allowances import require_allowance
from certsvc.entrypoints.http.permitted import needs
from certsvc.formats.detached_jws import SIGNATURE_HEADER
from certsvc.ports.sharing import RateLimiter

PATH: Final = "/api/v1/holder/certificates"
PER_HOLDER: Final = 30
"""Questions a minute about one holder, whichever program asks."""
router = APIRouter(prefix=PATH, tags=["own certificates"])
Number = Annotated[str, Path(pattern="^[0-9A-Za-z]{1,32}$")]
Caller = Annotated[Asked, Depends(asked)]
_A_MINUTE: Final = 60
_SIGNED: Final = {
    SIGNATURE_HEADER: {
        "description": "Detached JWS (EdDSA) over the exact bytes of the body; keys at /api/v1/keys.",
        "required": True,
        "schema": {"type": "string"},
    }
}
_LISTED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": f"Everything of the holder (`{HOLDER_FORMAT}`, docs/api.md); empty lists where there is nothing.",
        "headers": _SIGNED,
        "content": {JSON: {"schema": holding_schema()}},
    }
}
_PDF: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The certificate, its exact bytes.",
        "headers": _SIGNED
        | {
            "ETag": {
                "description": "The SHA-256 of the document in hex, as in the list.",
                "schema": {"type": "string", "pattern": '^"[0-9a-f]{64}"$'},
            }
        },
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class DocumentForm(PortalForm):
    """Which version of the holder's certificate; without one the newest."""

    holder: HolderForm
    version: int | None = Field(default=None, ge=1, le=9999)


@dataclass(frozen=True, slots=True)
class OwnCertificatesLimit:
    """What each program may ask a minute, and how much may be asked about one holder."""

    limiter: RateLimiter
    per_minute: int

    def require(self, office: Office, program: str, holder: HolderForm) -> None:
        """Count one question. Raises HTTPException 429 with Retry-After."""
        require_allowance(self.limiter.allow(f"own:{program}", self.per_minute, _A_MINUTE))
        person = office.keys.cipher.person_key(asked_id_numbers(holder.id_number)[-1]).hex()
        require_allowance(self.limiter.allow(f"own-of:{person}", PER_HOLDER, _A_MINUTE))


@router.post(
    "",
    summary="The holder's certificates and historical records",
    openapi_extra=json_body(OwnForm),
    responses=_LISTED,
)
@needs(Action.OWN_CERTIFICATES_READ, on="own-certificates")
def listed(request: Request, caller: Caller) -> Response:
    """Whole content, versions, status, decisions with reason and legal basis. Every question is written down as a look."""
    form = json_form(request, caller.raw_body, OwnForm)
    office = office_of(request)
    office.permits.require(Action.OWN_CERTIFICATES_READ, caller.caller, "own-certificates")
    _limit_of(request).require(office, caller.caller.name, form.holder)
    holding = office.own_certificates.of_holder(form.holder.holder, caller.caller)
    body = encode_holding(
        holding, caller.raw_body, office.settings.e_licence_codes, office.settings.qr_prefix
    )
    headers = {"Cache-Control": "no-store", SIGNATURE_HEADER: office.credit.sign(body)}
    return Response(body, media_type=JSON, headers=headers)


@router.post(
    "/{number}/document",
    summary="The PDF of the holder's certificate",
    openapi_extra=json_body(DocumentForm),
    response_class=Response,
    responses=_PDF,
)
@needs(Action.OWN_DOCUMENT_READ, on="certificate/{number}")
def document(request: Request, number: Number, caller: Caller) -> Response:
    """The newest version, or the one asked for; not of a certificate that was revoked, written off or declared void (409).

    Somebody else's certificate and one that does not exist give one and the same answer. The look is written down first.
    """
    form = json_form(request, caller.raw_body, DocumentForm)
    office = office_of(request)
    office.permits.require(Action.OWN_DOCUMENT_READ, caller.caller, f"certificate/{number}")
    _limit_of(request).require(office, caller.caller.name, form.holder)
    given = office.own_certificates.document(form.holder.holder, number, form.version, caller.caller)
    answer = document_answer(given.document, f"{given.number}-v{given.version}.pdf")
    answer.headers["ETag"] = f'"{given.sha256}"'
    answer.headers[SIGNATURE_HEADER] = office.credit.sign(given.document)
    return answer


def _limit_of(request: Request) -> OwnCertificatesLimit:
    limit: OwnCertificatesLimit = request.app.state.own_certificates_limit
    return limit
