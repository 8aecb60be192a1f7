"""A rate limiter in the memory of one process."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from certsvc.ports.sharing import Allowance

MOST_KEYS = 100_000
MICROSECONDS = 1_000_000


class LocalRateLimiter:
    """ports.RateLimiter by the generic cell rate algorithm (ITU-T I.371): one instant per key.

    The instant is when the key will have all its requests back; every request moves it on by `per / limit`. A key
    that has them all is forgotten; beyond 100,000 keys the one used longest ago is.
    """

    def __init__(self, seconds: Callable[[], float] = time.time) -> None:
        self._seconds = seconds
        self._full_again: OrderedDict[str, int] = OrderedDict()
        self._lock = Lock()

    def allow(self, key: str, limit: int, per_seconds: int, count: int = 1) -> Allowance:
        """Count one request, or one that stands for many."""
        now, per = int(self._seconds() * MICROSECONDS), per_seconds * MICROSECONDS
        step = per // limit
        with self._lock:
            owed = max(0, self._full_again.get(key, now) - now)
            asked = owed + step * min(count, 1)
            if asked > per:
                return refused(asked - per)
            owed += step * count
            if count:
                self._full_again[key] = now + owed
                self._full_again.move_to_end(key)
                self._forget(now)
        return Allowance(True, remaining(owed, limit, per), 0)

    def _forget(self, now: int) -> None:
        """Drop what was used longest ago while it is full again or there is no room."""
        while self._full_again:
            oldest = next(iter(self._full_again))
            if self._full_again[oldest] > now and len(self._full_again) <= MOST_KEYS:
                return
            del self._full_again[oldest]


def remaining(owed: int, limit: int, per: int) -> int:
    """How many more may follow at once when so many microseconds of `per` are owed."""
    return max(0, (per - owed) * limit // per)


def refused(wait: int) -> Allowance:
    """The answer to a request that came `wait` microseconds too early."""
    return Allowance(False, 0, -(-wait // MICROSECONDS))
