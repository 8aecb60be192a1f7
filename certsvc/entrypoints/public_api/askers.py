"""Who asks the public face: an address, or whoever an API key was given to. What is limited, is limited by asker."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from certsvc.entrypoints.http.allowances import client_of
from certsvc.ports.look_ups import LookUpChannel

PAGE_HEADER = "X-Asked-From"
"""Sent by the scripts of our own pages with the value `page`; it decides about nothing but the word in the log of look-ups."""


@dataclass(frozen=True, slots=True)
class Asker:
    """One asker. `key` is what allowances are counted under; `address` is never kept as it is."""

    key: str
    address: str
    channel: LookUpChannel
    organisation: str | None = None
    purpose: str | None = None


def asker_of(request: Request) -> Asker:
    """The asker of a request."""
    address = client_of(request)
    from_page = request.headers.get(PAGE_HEADER) == "page"
    return Asker(address, address, LookUpChannel.PAGE if from_page else LookUpChannel.API)
