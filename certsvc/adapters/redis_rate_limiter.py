"""A rate limiter that all processes share through Redis; without Redis each process limits for itself."""

from __future__ import annotations

import time
from collections.abc import Callable

from redis import Redis

from certsvc.adapters.local_rate_limiter import MICROSECONDS, LocalRateLimiter, refused
from certsvc.adapters.redis_connection import RedisLink
from certsvc.errors import UnavailableError
from certsvc.ports.sharing import Allowance

_PREFIX = "certsvc:rate:"
# The same arithmetic as in local_rate_limiter. Microseconds since 1970 stay below 2^53, where Lua's numbers are exact.
_SCRIPT = """
local now, per, step = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full_again = math.max(now, tonumber(redis.call('GET', KEYS[1]) or now)) + step
if full_again - now <= per then
  redis.call('SET', KEYS[1], string.format('%.0f', full_again), 'PX', math.ceil((full_again - now) / 1000))
end
return full_again - now
"""


class RedisRateLimiter:
    """ports.RateLimiter; one key in Redis per limited key, gone when nothing is owed."""

    def __init__(self, client: Redis, seconds: Callable[[], float] = time.time) -> None:
        self._link = RedisLink()
        self._script = client.register_script(_SCRIPT)
        self._seconds = seconds
        self._alone = LocalRateLimiter(seconds)

    def allow(self, key: str, limit: int, per_seconds: int) -> Allowance:
        """Count one request; in this process alone while Redis is away."""
        per = per_seconds * MICROSECONDS
        arguments = [int(self._seconds() * MICROSECONDS), per, per // limit]
        try:
            owed = int(self._link.call(lambda: self._script(keys=[_PREFIX + key], args=arguments)))
        except UnavailableError:
            return self._alone.allow(key, limit, per_seconds)
        return refused(owed - per) if owed > per else Allowance(True, (per - owed) * limit // per, 0)
