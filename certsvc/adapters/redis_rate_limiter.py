"""A rate limiter that all processes share through Redis; without Redis each process limits for itself."""

from __future__ import annotations

import time
from collections.abc import Callable

from redis import Redis

from certsvc.adapters.local_rate_limiter import MICROSECONDS, LocalRateLimiter, refused, remaining
from certsvc.adapters.redis_connection import RedisLink
from certsvc.errors import UnavailableError
from certsvc.ports.sharing import Allowance

_PREFIX = "certsvc:rate:"
# The same arithmetic as in local_rate_limiter. Microseconds since 1970 stay below 2^53, where Lua's numbers are exact.
_SCRIPT = """
local now, per, step, count = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local owed = math.max(0, tonumber(redis.call('GET', KEYS[1]) or now) - now)
local asked = owed + step * math.min(count, 1)
if asked > per then return {0, asked - per} end
owed = owed + step * count
if count > 0 then
  redis.call('SET', KEYS[1], string.format('%.0f', now + owed), 'PX', math.max(1, math.ceil(owed / 1000)))
end
return {1, owed}
"""


class RedisRateLimiter:
    """ports.RateLimiter; one key in Redis per limited key, gone when nothing is owed."""

    def __init__(self, client: Redis, seconds: Callable[[], float] = time.time) -> None:
        self._link = RedisLink()
        self._script = client.register_script(_SCRIPT)
        self._seconds = seconds
        self._alone = LocalRateLimiter(seconds)

    def allow(self, key: str, limit: int, per_seconds: int, count: int = 1) -> Allowance:
        """Count one request, or one that stands for many; in this process alone while Redis is away."""
        per = per_seconds * MICROSECONDS
        arguments = [int(self._seconds() * MICROSECONDS), per, per // limit, count]
        try:
            allowed, owed = self._link.call(lambda: self._script(keys=[_PREFIX + key], args=arguments))
        except UnavailableError:
            return self._alone.allow(key, limit, per_seconds, count)
        return Allowance(True, remaining(owed, limit, per), 0) if allowed else refused(owed)
