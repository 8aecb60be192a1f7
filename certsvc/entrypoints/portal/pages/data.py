"""My data 我的数据: what is kept and how long, and a copy of all of it."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from certsvc.domain.permission import Action
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.http.permitted import needs
from certsvc.entrypoints.http.polling import polled
from certsvc.entrypoints.portal.access import office_of
from certsvc.entrypoints.portal.pages.access import COUNTED, Posting, Viewing
from certsvc.entrypoints.portal.pages.showing import show

router = APIRouter(include_in_schema=False, dependencies=[COUNTED])
PATH: Final = "/portal/data"
SAID: Final = {
    "asked": (
        "已收到。副本正在准备，备好后会通知您，可下载一天。",
        "Received. You are told when the copy is ready; it can be had for a day.",
    )
}


@router.get(PATH)
@needs(Action.OWN_DATA_EXPORT, on="export")
@polled
def data(request: Request, signed: Viewing, said: Annotated[str, Query(max_length=16)] = "") -> Response:
    """What is kept, how long, and the copies that were asked for."""
    exports = office_of(request).exports.listed(signed.holder, signed.caller)
    return show(request, signed, "data.html.j2", fragment="exports", exports=exports, said=SAID.get(said))


@router.post(PATH)
@needs(Action.OWN_DATA_EXPORT, on="export")
def ask(request: Request, posting: Posting) -> Response:
    """Ask for a copy; asked twice it is one."""
    office_of(request).exports.ask(posting.holder, posting.caller)
    return go_to(f"{PATH}?said=asked")


@router.get(PATH + "/{export}")
@needs(Action.OWN_DATA_EXPORT, on="export/{export}")
def download(
    request: Request, export: Annotated[str, Path(pattern="^E[0-9A-F]{18}$")], signed: Viewing
) -> Response:
    """The ZIP file, for the holder who asked for it alone."""
    raw = office_of(request).exports.download(signed.holder, signed.caller, export)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": 'attachment; filename="personal-data.zip"',
    }
    return Response(raw, media_type="application/zip", headers=headers)
