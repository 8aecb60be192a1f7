"""Who asks the public face: an address, or an organisation by its key. What is limited, is limited by asker."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from certsvc.domain.organisation_key import OrganisationKey
from certsvc.entrypoints.http.allowances import TooManyRequests, client_of, require_allowance
from certsvc.errors import MistypedKey, NotSignedIn
from certsvc.ports.look_ups import LookUpChannel
from certsvc.ports.sharing import wait_for_one
from certsvc.stages.organisation_keys import KeyDesk

PAGE_HEADER = "X-Asked-From"
"""Sent by the scripts of our own pages with the value `page`; it decides about nothing but the word in the log of look-ups."""

REFUSED_PER_MINUTE = 60
"""Keys a minute that one address may show in vain; then none is looked up for it, good or bad, until it has waited."""
_A_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Asker:
    """One asker. `key` is what allowances are counted under; `address` is never kept as it is."""

    key: str
    address: str
    channel: LookUpChannel
    organisation: str | None = None
    purpose: str | None = None
    organisation_key: OrganisationKey | None = None


def asker_of(request: Request) -> Asker:
    """The asker of a request; the key that it brings is looked up once.

    Raises MistypedKey, UnknownKey, EndedKey: whoever shows a key is never answered as if there were none; HTTPException 429
    for an address that shows too many that are not good.
    """
    known: Asker | None = getattr(request.state, "asker", None)
    if known is None:
        known = request.state.asker = _asker_of(request)
    return known


def _asker_of(request: Request) -> Asker:
    address = client_of(request)
    presented = request.headers.get("authorization")
    if presented is None:
        from_page = request.headers.get(PAGE_HEADER) == "page"
        return Asker(address, address, LookUpChannel.PAGE if from_page else LookUpChannel.API)
    desk: KeyDesk = request.app.state.key_desk
    refused = f"refused-key:{address}"
    wait = wait_for_one(desk.limiter, refused, REFUSED_PER_MINUTE, _A_MINUTE)
    if wait:  # before the key is looked up: it may be read from the database
        raise TooManyRequests(wait)
    try:
        key = desk.admit(_bearer(presented))
    except NotSignedIn:
        require_allowance(desk.limiter.allow(refused, REFUSED_PER_MINUTE, _A_MINUTE))
        raise
    return Asker(f"key:{key.id}", address, LookUpChannel.API, key.organisation, key.purpose, key)


def _bearer(presented: str) -> str:
    scheme, _, text = presented.partition(" ")
    if scheme.lower() != "bearer":
        raise MistypedKey()
    return text.strip()
