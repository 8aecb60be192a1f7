"""Samples 抽查 and attestations of meetings over HTTP: drawn and recorded by officials, read by supervisors too."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from certsvc.domain.permission import Action
from certsvc.domain.sampling import Subject
from certsvc.entrypoints.console.access import Asked, asked, office_of
from certsvc.entrypoints.console.forms import json_body, json_form
from certsvc.entrypoints.http.permitted import needs
from certsvc.entrypoints.report_answers import attestation_object, sample_object
from certsvc.stages.sampling import SampleOrder

SAMPLES, ATTESTATIONS = "/api/v1/samples", "/api/v1/attestations"
router = APIRouter(tags=["samples"])
Caller = Annotated[Asked, Depends(asked)]
SampleId = Annotated[str, Path(pattern="^S[0-9A-F]{16}$")]
Reference = Annotated[str, Field(min_length=1, max_length=128, pattern=r'^[^,"\t\r\n]+$')]


class SampleForm(BaseModel):
    """What is to be sampled; the words of `certsvc sample draw`. `references`: for level-3 assessments alone."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    of: Subject = Field(strict=False)
    ratio_percent: int = Field(ge=1, le=100)
    document: str = Field(max_length=128)
    region: str | None = Field(default=None, pattern="^[0-9]{6}$")
    year: int | None = Field(default=None, ge=1949, le=2199)
    seed: str | None = Field(default=None, max_length=128)
    cross: bool = False
    references: list[Reference] | None = None


class AttestationForm(BaseModel):
    """Who watched a meeting, and when; the words of `certsvc attestation record`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    approval: str = Field(max_length=128)
    by_office: str = Field(max_length=128)
    on: date = Field(strict=False)


@router.post(SAMPLES, summary="Draw a sample under a document", openapi_extra=json_body(SampleForm))
@needs(Action.SAMPLE_DRAW, on="sample")
def draw(request: Request, caller: Caller) -> Response:
    """As `certsvc sample draw --json`. The same document draws only once: asked again, the same sample."""
    form = json_form(request, caller.raw_body, SampleForm)
    office = office_of(request)
    office.permits.require_role(Action.SAMPLE_DRAW, caller.caller, "sample")
    order = SampleOrder(
        subject=form.of,
        ratio_percent=form.ratio_percent,
        document_ref=form.document,
        region=form.region,
        seed=form.seed,
        year=form.year,
        crossed=form.cross,
        raw_list=None if form.references is None else "\n".join(form.references).encode(),
    )
    return JSONResponse(sample_object(office.information.sampling.draw(order, caller.caller.name)))


@router.get(f"{SAMPLES}/{{sample}}", summary="A sample, with everything that drawing it again needs")
@needs(Action.REPORT_READ, on="sample/{sample}")
def show(request: Request, sample: SampleId, caller: Caller) -> Response:
    """For officials and supervisors of its territory, and whoever inspects something of it."""
    office = office_of(request)
    office.permits.require_role(Action.REPORT_READ, caller.caller, f"sample/{sample}")
    return JSONResponse(sample_object(office.information.sampling.find(sample, caller.caller)))


@router.post(
    ATTESTATIONS, summary="Record who watched a review meeting", openapi_extra=json_body(AttestationForm)
)
@needs(Action.ATTESTATION_RECORD, on="meeting")
def attest(request: Request, caller: Caller) -> Response:
    """As `certsvc attestation record --json`: once for each meeting; the same again changes nothing."""
    form = json_form(request, caller.raw_body, AttestationForm)
    office = office_of(request)
    office.permits.require_role(Action.ATTESTATION_RECORD, caller.caller, "meeting")
    sampling = office.information.sampling
    recorded = sampling.attest(form.approval, form.by_office, form.on, caller.caller.name)
    return JSONResponse(attestation_object(recorded))
