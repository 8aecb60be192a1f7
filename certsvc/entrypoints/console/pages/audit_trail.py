"""The audit trail 办理留痕 and the log of looks 查阅记录, for the audit administrator: read, checked, exported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from certsvc.domain.permission import Action
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Posting, Viewing
from certsvc.entrypoints.console.pages.action_words import (
    ACTIONS,
    CHANNELS,
    account_words,
    action_words,
    object_words,
)
from certsvc.entrypoints.console.pages.choices import place_words
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.html.filters import Filters, filters_of
from certsvc.entrypoints.http.permitted import needs
from certsvc.errors import RequestError
from certsvc.formats.spreadsheet_text import ReportCell, write_csv
from certsvc.ports.audit import TrailEntry, TrailQuestion
from certsvc.stages.audit_desk import CHECKED_AT_ONCE

PATH: Final = "/console/audit-trail"
LOOKS: Final = f"{PATH}/looks"
router = APIRouter(prefix=PATH, include_in_schema=False)
_NAMES: Final = ("person", "action", "object", "from", "until")
_HEADINGS: Final = ("序号", "时间（UTC）", "人员", "角色", "地区", "事项", "对象", "前摘要", "后摘要")
_FURTHEST: Final = 2**53


@router.get("")
@needs(Action.AUDIT_READ, on="audit-trail")
def entries(request: Request, session: Viewing) -> Response:
    """Entries by person, action, object and day, newest first; older ones by the position of the last shown."""
    given = filters_of(request)
    found, more = office_of(request).people.audit.entries(_question(given), session.caller)
    return show(
        request,
        session,
        "people/audit_trail.html.j2",
        entries=found,
        older=_older(PATH, given, found[-1].position) if more else None,
        newest=_address(PATH, given) if given.text("before") else None,
        given={name: given.text(name) or "" for name in _NAMES},
        export=_address(f"{PATH}/entries.csv", given),
        place_words=place_words,
        **_words(),
        check=None,
        checked_at_once=CHECKED_AT_ONCE,
    )


@router.post("/check")
@needs(Action.AUDIT_READ, on="audit-trail")
def check(request: Request, form: Posting) -> Response:
    """Check the chain of the newest entries; changes nothing, so that its answer is the page itself."""
    desk = office_of(request).people.audit
    checked = desk.check(form.caller)
    found, more = desk.entries(TrailQuestion(), form.caller)
    nothing = Filters({})
    return show(
        request,
        form.session,
        "people/audit_trail.html.j2",
        entries=found,
        older=_older(PATH, nothing, found[-1].position) if more else None,
        newest=None,
        given=dict.fromkeys(_NAMES, ""),
        export=f"{PATH}/entries.csv",
        place_words=place_words,
        **_words(),
        check=checked,
        checked_at_once=CHECKED_AT_ONCE,
    )


@router.get("/entries.csv")
@needs(Action.AUDIT_EXPORT, on="audit-trail")
def export(request: Request, session: Viewing) -> Response:
    """The entries that a filter finds, as CSV; the export is an entry itself."""
    found = office_of(request).people.audit.export(_question(filters_of(request)), session.caller)
    headers = {"Content-Disposition": 'attachment; filename="audit-trail.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(write_csv(_cells(found)), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/looks")
@needs(Action.LOOK_READ, on="personal-looks")
def looks(request: Request, session: Viewing) -> Response:
    """Who was shown personal data, newest first."""
    given = filters_of(request)
    found, more = office_of(request).people.audit.looks(_question(given), session.caller)
    return show(
        request,
        session,
        "people/looks.html.j2",
        looks=found,
        older=_older(LOOKS, given, found[-1].position) if more else None,
        newest=_address(LOOKS, given) if given.text("before") else None,
        given={name: given.text(name) or "" for name in _NAMES},
        channels=CHANNELS,
    )


def _words() -> dict[str, Any]:
    return {
        "actions": {action.value: words for action, words in ACTIONS.items()},
        "action_words": action_words,
        "object_words": object_words,
        "account_words": account_words,
    }


def _question(given: Filters) -> TrailQuestion:
    from_on, until_on = given.day("from"), given.day("until")
    if from_on is not None and until_on is not None and until_on < from_on:
        raise RequestError("结束日期不能早于开始日期。")
    return TrailQuestion(
        given.text("person"),
        given.text("action"),
        given.text("object"),
        from_on,
        until_on,
        given.whole("before", 1, _FURTHEST),
    )


def _address(path: str, given: Filters) -> str:
    chosen = {name: given.text(name) or "" for name in _NAMES}
    kept = {name: value for name, value in chosen.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path


def _older(path: str, given: Filters, position: int) -> str:
    address = _address(path, given)
    return f"{address}{'&' if '?' in address else '?'}before={position}"


def _cells(found: Iterator[TrailEntry]) -> Iterator[tuple[ReportCell, ...]]:
    yield _HEADINGS
    for one in found:
        yield (
            one.position,
            one.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            one.actor,
            one.role,
            one.region,
            one.action,
            one.subject,
            one.before or "",
            one.after or "",
        )
