"""Where a filing belongs: the division whose authority its committee works under."""

from __future__ import annotations

from certsvc.domain.regions import PROVINCE, lies_within
from certsvc.domain.registry import Registry


def place_of_committee(code: str | None, registry: Registry) -> str | None:
    """The six-digit code of the place; None for a committee that is not registered.

    The county of a dual-directed committee, the local department's division of a unit's own committee, otherwise the
    one region it is authorized for, or the province.
    """
    committee = None if code is None else registry.committee(code)
    if committee is None:
        return None
    if committee.county is not None:
        return committee.county
    local = None if committee.local_hrss is None else registry.department(committee.local_hrss)
    if local is not None:
        return local.region
    regions = {authorization.region for authorization in committee.authorizations}
    return regions.pop() if len(regions) == 1 else PROVINCE


def committees_within(region: str, registry: Registry) -> frozenset[str]:
    """The codes of the registered committees whose place lies within a division."""
    places = {one.code: place_of_committee(one.code, registry) for one in registry.committees}
    return frozenset(
        code for code, place in places.items() if place is not None and lies_within(place, region)
    )
