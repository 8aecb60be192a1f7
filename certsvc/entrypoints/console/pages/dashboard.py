"""The first page of the console: what waits for whoever signed in, and what is due."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certsvc.bootstrap import Office
from certsvc.domain.caller import Caller
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Viewing
from certsvc.entrypoints.console.pages.casework import tallies as decision_tallies
from certsvc.entrypoints.console.pages.filing_waits import tallies as filing_tallies
from certsvc.entrypoints.console.pages.operations import tallies as system_tallies
from certsvc.entrypoints.console.pages.requests import tallies as request_tallies
from certsvc.entrypoints.console.pages.showing import HOME, show
from certsvc.entrypoints.console.pages.supervising import tallies as supervision_tallies
from certsvc.entrypoints.console.pages.tallies import Tally
from certsvc.entrypoints.console.pages.unit_people import tallies as unit_tallies
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


@router.get(HOME)
@open_to_signed_in("whoever is registered sees what waits for them, and nothing where there is nothing")
def dashboard(request: Request, session: Viewing) -> Response:
    """Numbers first; each leads to its list."""
    office = office_of(request)
    tallies = [tally for count in TALLIES for tally in count(office, session.caller)]
    return show(request, session, "dashboard.html.j2", tallies=tallies)
