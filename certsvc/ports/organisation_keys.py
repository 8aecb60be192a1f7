"""What the keys of organisations need from the world."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from certsvc.domain.organisation_key import OrganisationKey


class OrganisationKeys(Protocol):
    """The keys that were given out, ended ones too; what it tells may be seconds old."""

    def find(self, key_id: str) -> OrganisationKey | None:
        """The key of an id."""
        ...


class DayUse(Protocol):
    """How much of the quota of a Shanghai day was used, over all processes; it survives them."""

    def take(self, key_id: str, on: date, count: int, limit: int) -> int | None:
        """Use `count` of a day's `limit`; how many are used then, as `used` tells it or a little less.

        None, and nothing used, where not so many are left.
        """
        ...

    def used(self, key_id: str, on: date) -> int:
        """How many of the day are used; what another process holds ready counts as used."""
        ...
