"""Look-ups 查验记录 for the portal in which holders sign in, and alerts for those who watch."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from certverify.verdict import Outcome
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from certsvc.domain.permission import Action
from certsvc.entrypoints.alert_objects import alert_object
from certsvc.entrypoints.console.access import Asked, asked, office_of
from certsvc.entrypoints.console.forms import json_body, json_form
from certsvc.entrypoints.console.shares import HolderForm, PortalForm
from certsvc.entrypoints.http.permitted import needs
from certsvc.ports.look_ups import HANDED_OUT, LookUpChannel
from certsvc.stages.look_ups import MarkedLookUp

PATH = "/api/v1/holder/look-ups"
ALERTS_PATH = "/api/v1/look-up-alerts"
router = APIRouter(tags=["look-ups"])
Caller = Annotated[Asked, Depends(asked)]
_CHANNELS = {LookUpChannel.PAGE: "公开页面", LookUpChannel.API: "接口", LookUpChannel.BATCH: "批量核验"}
_TOLD = {one.value: one.zh for one in Outcome} | {HANDED_OUT: "提供了核验材料"}
_NOTE = (
    "查验方没有登记名称的，只标为查验方甲、乙等；同一标记是同一天的同一来源，不同日期之间无法对应。"
    "离线核验（在手机或电脑上核对二维码、离线核验包和公开账本）不经过本系统，不留记录。"
)


class LookUpForm(PortalForm):
    """Which certificate."""

    holder: HolderForm
    number: str = Field(pattern="^[0-9A-Za-z]{1,32}$")


@router.post(PATH, summary="Who checked the holder's certificate", openapi_extra=json_body(LookUpForm))
@needs(Action.LOOK_UP_READ, on="look-ups")
def look_ups(request: Request, caller: Caller) -> Response:
    """The last 200 look-ups, and the openings of share grants on the certificate; newest first."""
    form = json_form(request, caller.raw_body, LookUpForm)
    office = office_of(request)
    office.permits.require(Action.LOOK_UP_READ, caller.caller, f"certificate/{form.number}")
    seen = office.holder_look_ups.of(form.holder.holder, form.number)
    answer = {
        "number": seen.number,
        "look_ups": [_object(one) for one in seen.look_ups],
        "grant_openings": [
            {"at": _instant(one.at), "grant": one.grant, "recipient": one.recipient} for one in seen.openings
        ],
        "kept_days": office.settings.look_up_days,
        "note": _NOTE,
    }
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


@router.get(ALERTS_PATH, summary="Alerts that somebody tries certificates out, for the province")
@needs(Action.LOOK_UP_ALERTS, on="look-up-alerts")
def alerts(request: Request, caller: Caller) -> Response:
    """The last 200, newest first; an asker is a pseudonym of one day, null where a pattern has no one asker."""
    office = office_of(request)
    office.permits.require(Action.LOOK_UP_ALERTS, caller.caller, "look-up-alerts")
    told = [alert_object(one) for one in office.look_ups.store.newest_alerts()]
    return JSONResponse({"alerts": told}, headers={"Cache-Control": "no-store"})


def _object(marked: MarkedLookUp) -> dict[str, str | None]:
    one = marked.look_up
    return {
        "at": _instant(one.at),
        "channel": one.channel.value,
        "channel_label": _CHANNELS[one.channel],
        "told": one.verdict,
        "told_label": _TOLD[one.verdict],
        "asker": marked.mark,
        "organisation": one.organisation,
        "purpose": one.purpose,
    }


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
