"""Where an announcement document comes from: the city or prefecture whose officials see to its list."""

from __future__ import annotations

from certsvc.domain.filing_place import place_of_committee
from certsvc.domain.regions import city_of
from certsvc.domain.registry import Registry


def place_of_announcer(body: str, registry: Registry) -> str | None:
    """The six-digit code of the city or prefecture; None for the province and for a body that is not registered."""
    region = next((office.region for office in registry.departments if office.name == body), None)
    if region is None:
        code = next((one.code for one in registry.committees if one.name == body), None)
        region = place_of_committee(code, registry)
    return None if region is None else city_of(region)
