"""A certificate's whole trace, its files, how it stood on a day."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.certificate_trace import TraceStage
from certsvc.domain.permission import Action
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Viewing
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.console.pages.words import NAMES
from certsvc.entrypoints.http.permitted import needs
from certsvc.errors import RequestError
from certsvc.stages.certificate_files import CertificateFile
from certsvc.stages.past_answers import PastAnswer

PATH: Final = "/console/certificates"
router = APIRouter(prefix=PATH, include_in_schema=False)
Number = Annotated[str, Path(pattern="^[0-9A-Za-z]{1,32}$")]
_STAGES: Final = {
    TraceStage.RESULT: ("评审结果", "Result of the review"),
    TraceStage.PUBLICITY: ("公示", "Publicity"),
    TraceStage.SUBMISSION: ("报送备案材料", "Filed with the service"),
    TraceStage.FILING: ("备案", "Filing"),
    TraceStage.DOCUMENT: ("公布文件", "Announcement document"),
    TraceStage.APPROVAL: ("省级同意备案", "Approved by the province"),
    TraceStage.ISSUE: ("签发", "Issue"),
    TraceStage.VERSION: ("证书版本", "Certificate version"),
    TraceStage.DECISION: ("决定", "Decision"),
    TraceStage.SERVICE: ("送达", "Service"),
}
_TYPES: Final = {CertificateFile.DOCUMENT: "application/pdf", CertificateFile.TLOG_PROOF: "text/plain"}


@router.get("/{number}")
@needs(Action.CERTIFICATE_READ, on="certificate/{number}")
def certificate(
    request: Request, session: Viewing, number: Number, on: Annotated[str, Query(max_length=10)] = ""
) -> Response:
    """The trace from result to event; with `on` how it stood on that day."""
    office = office_of(request)
    room = office.decision_room
    trace = room.traces.trace(number, session.caller, "console")
    standing = None if not on else room.files.standing(number, _day(on), session.caller, "console")
    kinds = room.previews.possible_kinds(trace.newest, session.caller.name)
    return show(
        request,
        session,
        "certificates/certificate.html.j2",
        trace=trace,
        award=trace.newest.content.award,
        names=NAMES,
        stages=_STAGES,
        standing=standing,
        on=on,
        standings=_standings(standing),
        may_decide=bool(kinds),
        files=tuple(CertificateFile),
        today=office.clock.today(),
    )


@router.get("/{number}/versions/{version}/{wanted}")
@needs(Action.CERTIFICATE_READ, on="certificate/{number}")
def file(
    request: Request,
    session: Viewing,
    number: Number,
    version: Annotated[int, Path(ge=1, le=9999)],
    wanted: CertificateFile,
) -> Response:
    """A file of a version, to be kept; never shown inside a page of ours."""
    room = office_of(request).decision_room
    raw = room.files.read(number, version, wanted, session.caller, "console")
    name = f"{number.upper()}-v{version}.{wanted.value}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(raw, media_type=_TYPES.get(wanted, "application/json"), headers=headers)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RequestError("日期请写成 2026-11-20 的形式。") from None


def _standings(standing: PastAnswer | None) -> list[tuple[str, str, tuple[str, str, str] | None, int | None]]:
    """Heading in both languages, status in words, version: as recorded then, as known now."""
    if standing is None:
        return []
    told = (
        ("当日已有的记录", "As recorded then", standing.recorded_then),
        ("按现在所知", "As known now", standing.known_now),
    )
    return [
        (zh, en, None if one.status is None else NAMES.statuses[CertificateStatus(one.status)], one.version)
        for zh, en, one in told
    ]
