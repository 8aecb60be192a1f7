"""Organisations that verify much: which key was shown, and what its quota still allows (docs/api-keys.md)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from certsvc.domain.organisation_key import OrganisationKey, id_of_key_text, key_digest
from certsvc.domain.report_table import SHANGHAI
from certsvc.errors import EndedKey, QuotaExceeded, UnknownKey
from certsvc.ports import Clock
from certsvc.ports.organisation_keys import DayUse, OrganisationKeys
from certsvc.ports.sharing import RateLimiter, wait_for_one

A_MINUTE: Final = 60
A_DAY: Final = 86_400
_NO_KEY: Final = bytes(32)


@dataclass(frozen=True, slots=True)
class Left:
    """What a key may still ask: at once, and today; `resets_at`: when the day begins anew."""

    this_minute: int
    minute_again_in: int
    used_today: int
    today: int
    resets_at: datetime
    resets_in: int


@dataclass(frozen=True, slots=True)
class KeyDesk:
    """Admits keys and counts their questions."""

    keys: OrganisationKeys
    day_use: DayUse
    limiter: RateLimiter
    clock: Clock

    def admit(self, text: str) -> OrganisationKey:
        """The key of a text. Raises MistypedKey, UnknownKey, EndedKey; that a key has ended is told to its bearer alone.

        A key that does not exist costs the same comparison as one that does.
        """
        found = self.keys.find(id_of_key_text(text))
        same = hmac.compare_digest(_NO_KEY if found is None else found.digest, key_digest(text))
        if found is None or not same:
            raise UnknownKey()
        if found.has_ended(self.clock.today()):
            raise EndedKey()
        return found

    def charge(self, key: OrganisationKey, count: int = 1) -> Left:
        """Count so many questions; what is left. Raises QuotaExceeded for the minute or the day.

        Questions that come together go on where a single one would, and keep the next ones waiting; of the day they need
        as many as they are.
        """
        allowance = self.limiter.allow(_counted_under(key), key.per_minute, A_MINUTE, count)
        if not allowance.allowed:
            raise QuotaExceeded("minute", allowance.wait_seconds)
        today = self.clock.today()
        used = self.day_use.take(key.id, today, count, key.per_day)
        if used is None:
            raise QuotaExceeded("day", self._until_tomorrow(today))
        return self._left(key, allowance.remaining, today, used)

    def require_left(self, key: OrganisationKey) -> Left:
        """What is left, when it is enough for one question; counts nothing. Raises QuotaExceeded."""
        wait = wait_for_one(self.limiter, _counted_under(key), key.per_minute, A_MINUTE)
        if wait:
            raise QuotaExceeded("minute", wait)
        left = self.left(key)
        if not left.today:
            raise QuotaExceeded("day", left.resets_in)
        return left

    def left(self, key: OrganisationKey) -> Left:
        """What is left, without counting anything."""
        allowance = self.limiter.allow(_counted_under(key), key.per_minute, A_MINUTE, 0)
        today = self.clock.today()
        return self._left(key, allowance.remaining, today, self.day_use.used(key.id, today))

    def _left(self, key: OrganisationKey, this_minute: int, today: date, used: int) -> Left:
        return Left(
            this_minute=this_minute,
            minute_again_in=-(-(key.per_minute - this_minute) * A_MINUTE // key.per_minute),
            used_today=used,
            today=max(0, key.per_day - used),
            resets_at=_midnight_after(today),
            resets_in=self._until_tomorrow(today),
        )

    def _until_tomorrow(self, today: date) -> int:
        return int((_midnight_after(today) - self.clock.now()).total_seconds())


def _counted_under(key: OrganisationKey) -> str:
    return f"key:{key.id}"


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
