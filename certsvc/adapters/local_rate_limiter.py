"""A rate limiter in the memory of one process."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from certsvc.ports.sharing import NEVER_FORGOTTEN, Allowance, purpose_of

MOST_KEYS = 100_000
MICROSECONDS = 1_000_000
_LOOK_AGAIN = MICROSECONDS
"""How long a shelf that was found full is not looked through again."""


class LocalRateLimiter:
    """ports.RateLimiter by the generic cell rate algorithm (ITU-T I.371): one instant per key.

    The instant is when the key will have all its requests back; every request moves it on by `per / limit`. A key
    that has them all is forgotten. Beyond 100,000 keys the one used longest ago is; the purposes of `NEVER_FORGOTTEN` have
    as much room each for themselves, and a key that finds none there is refused.

    `seconds` only ever goes forward: a clock of the day that was put right would keep everybody waiting.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._shelves = {purpose: _Shelf() for purpose in (*NEVER_FORGOTTEN, None)}
        self._lock = Lock()

    def allow(self, key: str, limit: int, per_seconds: int, count: int = 1) -> Allowance:
        """Count one request, or one that stands for many."""
        now, per = int(self._seconds() * MICROSECONDS), per_seconds * MICROSECONDS
        step = per // limit
        purpose = purpose_of(key)
        kept = purpose in NEVER_FORGOTTEN
        with self._lock:
            shelf = self._shelves[purpose if kept else None]
            owed = max(0, shelf.full_again.get(key, now) - now)
            asked = owed + step * min(count, 1)
            if asked > per:
                return refused(asked - per)
            if count and kept and (wait := shelf.wait_for_room(key, now)):
                return refused(wait)
            owed += step * count
            if count:
                shelf.put(key, now + owed)
                shelf.forget(now)
        return Allowance(True, remaining(owed, limit, per), 0)


class _Shelf:
    """The instants of some keys, those that were used longest ago first."""

    def __init__(self) -> None:
        self.full_again: OrderedDict[str, int] = OrderedDict()
        self._cleared_until = 0

    def put(self, key: str, instant: int) -> None:
        self.full_again[key] = instant
        self.full_again.move_to_end(key)

    def forget(self, now: int) -> None:
        """Drop what was used longest ago while it is full again or there is no room."""
        if len(self.full_again) > MOST_KEYS:
            self._clear(now)  # what is owed for a day may stand before what was owed for a minute
        while self.full_again:
            oldest = next(iter(self.full_again))
            if self.full_again[oldest] > now and len(self.full_again) <= MOST_KEYS:
                return
            del self.full_again[oldest]

    def wait_for_room(self, key: str, now: int) -> int:
        """Microseconds until one more key may have room; 0 when there is."""
        if key in self.full_again or len(self.full_again) < MOST_KEYS:
            return 0
        self._clear(now)
        return self._cleared_until - now if len(self.full_again) >= MOST_KEYS else 0

    def _clear(self, now: int) -> None:
        """Drop everything that is full again, once a second at most: everything is looked at."""
        if now >= self._cleared_until:
            self._cleared_until = now + _LOOK_AGAIN
            for key in [key for key, instant in self.full_again.items() if instant <= now]:
                del self.full_again[key]


def remaining(owed: int, limit: int, per: int) -> int:
    """How many more may follow at once when so many microseconds of `per` are owed."""
    return max(0, (per - owed) * limit // per)


def refused(wait: int) -> Allowance:
    """The answer to a request that came `wait` microseconds too early."""
    return Allowance(False, 0, -(-wait // MICROSECONDS))
