"""Share grants for the portal in which holders sign in: a program that is registered for it asks in the holder's name."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from certsvc.domain.permission import Action
from certsvc.domain.share_grant import DEFAULT_DAYS, LONGEST_DAYS, ShareGrant
from certsvc.entrypoints.console.access import Asked, asked, office_of
from certsvc.entrypoints.console.forms import json_body, json_form
from certsvc.entrypoints.http.permitted import needs
from certsvc.stages.share_grants import Holder

router = APIRouter(prefix="/api/v1/holder/share-grants", tags=["share grants"])
GrantId = Annotated[str, Path(pattern="^[A-Z0-9]{1,20}$")]
Caller = Annotated[Asked, Depends(asked)]
_MOST_FIELDS = 20


class PortalForm(BaseModel):
    """What the portal sends: every field known, none of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class HolderForm(PortalForm):
    """Who is signed in at the portal, as established there."""

    name: str = Field(min_length=1, max_length=200)
    id_number: str = Field(min_length=1, max_length=32)

    @property
    def holder(self) -> Holder:
        """The holder as the stage takes it."""
        return Holder(self.name, self.id_number)


class GrantForm(PortalForm):
    """A grant to be made."""

    holder: HolderForm
    number: str = Field(pattern="^[0-9A-Za-z]{1,32}$")
    fields: list[str] = Field(min_length=1, max_length=_MOST_FIELDS)
    recipient: str = Field(max_length=200)
    days: int = Field(default=DEFAULT_DAYS, ge=1, le=LONGEST_DAYS)


class OwnForm(PortalForm):
    """A question about the holder's own grants."""

    holder: HolderForm


@router.post("", summary="Make a share grant", openapi_extra=json_body(GrantForm))
@needs(Action.SHARE_MAKE, on="share-grant")
def make(request: Request, caller: Caller) -> Response:
    """Gives the code, which is shown this once."""
    form = json_form(request, caller.raw_body, GrantForm)
    office = office_of(request)
    office.permits.require(Action.SHARE_MAKE, caller.caller, f"certificate/{form.number}")
    made = office.share_grants.make(
        form.holder.holder, form.number, form.fields, form.recipient, caller.caller, form.days
    )
    return JSONResponse(_object(made.grant) | {"code": made.code}, headers={"Cache-Control": "no-store"})


@router.post("/list", summary="The holder's share grants", openapi_extra=json_body(OwnForm))
@needs(Action.SHARE_READ, on="share-grant")
def listed(request: Request, caller: Caller) -> Response:
    """Newest first, each with how often and at which instants it was opened."""
    form = json_form(request, caller.raw_body, OwnForm)
    office = office_of(request)
    office.permits.require(Action.SHARE_READ, caller.caller, "share-grant")
    grants = [
        _object(grant) | {"views": len(openings), "openings": [_instant(at) for at in openings]}
        for grant, openings in office.share_grants.listed(form.holder.holder)
    ]
    return JSONResponse({"grants": grants}, headers={"Cache-Control": "no-store"})


@router.post("/{grant}/cancellation", summary="End a share grant", openapi_extra=json_body(OwnForm))
@needs(Action.SHARE_CANCEL, on="share-grant/{grant}")
def cancel(request: Request, grant: GrantId, caller: Caller) -> Response:
    """Its code opens nothing from now on; the same again changes nothing."""
    form = json_form(request, caller.raw_body, OwnForm)
    office = office_of(request)
    office.permits.require(Action.SHARE_CANCEL, caller.caller, f"share-grant/{grant}")
    return JSONResponse(_object(office.share_grants.cancel(form.holder.holder, grant, caller.caller)))


def _object(grant: ShareGrant) -> dict[str, object]:
    return {
        "grant": grant.id,
        "number": grant.number,
        "fields": list(grant.fields),
        "recipient": grant.recipient,
        "made_at": _instant(grant.made_at),
        "ends_at": _instant(grant.ends_at),
        "cancelled_at": None if grant.cancelled_at is None else _instant(grant.cancelled_at),
    }


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
