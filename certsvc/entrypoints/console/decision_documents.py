"""Documents of decisions over HTTP, and their service 送达: uploaded, recorded, read back with the look noted."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from certsvc.domain.decision_document import LARGEST_DOCUMENT, DecisionDocument, MediaType
from certsvc.domain.decision_service import ServiceMethod
from certsvc.domain.permission import Action
from certsvc.entrypoints.answers import decision_object
from certsvc.entrypoints.console.access import SMALL_BODY, office_of, raw_body_of
from certsvc.entrypoints.console.decisions import Caller, DecisionId, Digest
from certsvc.entrypoints.console.forms import json_body, json_form, media_type, require_content, unsupported
from certsvc.entrypoints.http.body import uploaded_file
from certsvc.entrypoints.http.permitted import needs

PATH = "/api/v1/decision-documents"
LARGEST_UPLOAD = LARGEST_DOCUMENT + SMALL_BODY
"""Bytes of a document with the multipart form around it."""
router = APIRouter(tags=["decisions"])
_FORM, _FIELD = "multipart/form-data", "file"
_KINDS = tuple(kind.value for kind in MediaType)
_BINARY = {"type": "string", "format": "binary"}
_UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            **{kind: {"schema": _BINARY} for kind in _KINDS},
            _FORM: {"schema": {"type": "object", "properties": {_FIELD: _BINARY}, "required": [_FIELD]}},
        },
    }
}


class ServiceForm(BaseModel):
    """A service of a decision; `proof_sha256` names an uploaded file."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    served_on: date = Field(strict=False)
    method: ServiceMethod = Field(strict=False)
    proof_sha256: Digest | None = None


async def _file_of(request: Request, raw_body: Annotated[bytes, Depends(raw_body_of)]) -> bytes:
    """The body itself, or the one file of a form; what kind it is, its own first bytes say."""
    kind = media_type(request)
    if kind != _FORM and kind not in _KINDS:
        raise unsupported(*_KINDS, _FORM)
    require_content(raw_body)
    return (await uploaded_file(request, raw_body, _FIELD))[0] if kind == _FORM else raw_body


@router.post(PATH, summary="Upload a decision's document, or a proof of service", openapi_extra=_UPLOAD)
@needs(Action.DECISION_DOCUMENT, on="document")
def upload(request: Request, caller: Caller, raw: Annotated[bytes, Depends(_file_of)]) -> Response:
    """PDF, JPEG or PNG of at most 10 MB; gives its digest, by which a proposal or a service names it."""
    office = office_of(request)
    office.permits.require_role(Action.DECISION_DOCUMENT, caller.caller, "document")
    return JSONResponse({"sha256": office.decision_documents.upload(raw, caller.caller.name)})


@router.get("/api/v1/decisions/{decision}/document", summary="The document of a decision")
@needs(Action.DECISION_READ, on="decision/{decision}")
def document(request: Request, decision: DecisionId, caller: Caller) -> Response:
    """As it was uploaded, for who may read the decision; the look is written down."""
    documents = office_of(request).decision_documents
    return _file(documents.document_of(decision, caller.caller, "console"), decision)


@router.post(
    "/api/v1/decisions/{decision}/services",
    summary="Record that a decision was served",
    openapi_extra=json_body(ServiceForm),
)
@needs(Action.DECISION_SERVICE, on="decision/{decision}")
def serve(request: Request, decision: DecisionId, caller: Caller) -> Response:
    """Gives the decision with everything recorded of its service; the same again changes nothing."""
    office = office_of(request)
    office.permits.require_role(Action.DECISION_SERVICE, caller.caller, f"decision/{decision}")
    form = json_form(request, caller.raw_body, ServiceForm)
    documents = office.decision_documents
    documents.serve(decision, form.served_on, form.method, caller.caller.name, form.proof_sha256)
    return JSONResponse(decision_object(office.deciding.find(decision), documents.services(decision)))


@router.get("/api/v1/decisions/{decision}/services/{position}/proof", summary="The proof of a service")
@needs(Action.DECISION_READ, on="decision/{decision}")
def proof(
    request: Request, decision: DecisionId, position: Annotated[int, Path(ge=1, le=9999)], caller: Caller
) -> Response:
    """As it was uploaded; `position` counts from 1. The look is written down."""
    documents = office_of(request).decision_documents
    return _file(documents.proof_of(decision, position, caller.caller, "console"), decision)


def _file(found: DecisionDocument, decision: str) -> Response:
    """A file to be kept, never to be shown inside a page of ours."""
    name = f"{decision}-{found.sha256[:8]}{found.media_type.suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(found.content, media_type=found.media_type.value, headers=headers)
