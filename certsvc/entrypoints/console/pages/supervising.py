"""The sections of supervision and of what everything rests on: their routers, joined by the application."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from fastapi import APIRouter

from certsvc.bootstrap import Office
from certsvc.domain.caller import Caller
from certsvc.entrypoints.console.pages import (
    cases,
    coverage,
    foundations,
    history,
    samples,
    statistics,
    supervision,
)
from certsvc.entrypoints.console.pages.tallies import Tally

ROUTERS: Final[tuple[APIRouter, ...]] = (
    cases.router,
    statistics.router,
    coverage.router,
    samples.router,
    supervision.router,
    history.router,
    foundations.router,
)
"""In the order of the navigation."""
UPLOADS: Final = (*cases.UPLOADS, *coverage.UPLOADS, *history.UPLOADS)
"""Addresses that take files."""


def tallies(office: Office, caller: Caller) -> Iterable[Tally]:
    """What these sections count for a caller."""
    for count in (cases.tallies, history.tallies, foundations.tallies):
        yield from count(office, caller)
