"""The first page of the console: what waits for whoever signed in, and what is due."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certsvc.bootstrap import Office
from certsvc.domain.caller import Caller
from certsvc.domain.permission import Action
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Viewing
from certsvc.entrypoints.console.pages.casework import tallies as decision_tallies
from certsvc.entrypoints.console.pages.filing_waits import tallies as filing_tallies
from certsvc.entrypoints.console.pages.operations import tallies as system_tallies
from certsvc.entrypoints.console.pages.requests import tallies as request_tallies
from certsvc.entrypoints.console.pages.rooms import may_enter
from certsvc.entrypoints.console.pages.showing import HOME, show
from certsvc.entrypoints.console.pages.supervising import tallies as supervision_tallies
from certsvc.entrypoints.console.pages.tallies import Tally
from certsvc.entrypoints.console.pages.unit_people import tallies as unit_tallies
from certsvc.entrypoints.html.rendering import Link
from certsvc.entrypoints.http.permitted import open_to_signed_in

router = APIRouter(include_in_schema=False)
TALLIES: Final[tuple[Callable[[Office, Caller], Iterable[Tally]], ...]] = (
    filing_tallies,
    unit_tallies,
    decision_tallies,
    supervision_tallies,
    request_tallies,
    system_tallies,
)
"""What each theme counts for a caller; a theme whose section the caller may not enter gives nothing."""

_STEPS: Final = (
    (Action.FILING_SUBMIT, Link("/console/filings/new", "报送批次", "File a batch")),
    (Action.FILING_READ, Link("/console/filings", "查看备案办到哪一步", "See how far filings are")),
    (Action.CERTIFICATE_READ, Link("/console/search", "查询证书", "Search certificates")),
    (Action.UNIT_PEOPLE_READ, Link("/console/unit-people", "查看本单位人员", "See the people of your unit")),
    (Action.REPORT_READ, Link("/console/statistics", "查看统计", "See statistics")),
    (Action.ACTOR_ADD, Link("/console/people", "登记人员账号", "Register accounts")),
    (Action.AUDIT_READ, Link("/console/audit-trail", "查看办理留痕", "Read the audit trail")),
    (
        Action.LOOK_READ,
        Link("/console/audit-trail/looks", "查看谁查阅过个人信息", "See who looked at personal data"),
    ),
    (Action.SYSTEM_READ, Link("/console/ledger", "查看系统运行情况", "See how the system stands")),
)


@router.get(HOME)
@open_to_signed_in("whoever is registered sees what waits for them, and nothing where there is nothing")
def dashboard(request: Request, session: Viewing) -> Response:
    """Numbers first; each leads to its list."""
    office = office_of(request)
    tallies = [tally for count in TALLIES for tally in count(office, session.caller)]
    return show(
        request,
        session,
        "dashboard.html.j2",
        tallies=tallies,
        first_steps=() if tallies else _first_steps(session.caller),
    )


def _first_steps(caller: Caller) -> list[Link]:
    """What somebody of this role begins with, where nothing waits."""
    return [link for action, link in _STEPS if may_enter(action, caller)]
