"""A rate limiter that all processes share through Redis; without Redis each process limits for itself."""

from __future__ import annotations

import time
from collections.abc import Callable

from redis import Redis

from certsvc.adapters.local_rate_limiter import MICROSECONDS, LocalRateLimiter, refused, remaining
from certsvc.adapters.redis_connection import RedisLink
from certsvc.errors import UnavailableError
from certsvc.ports.sharing import Allowance

_PREFIX = "certsvc:owed:"
# The same arithmetic as in local_rate_limiter, on the clock of the day, for processes have no other in common. What is owed
# is kept with the instant at which it was: a clock that was put back takes nothing off it and adds nothing to it, and goes on
# from there. Microseconds since 1970 stay below 2^53, where Lua's numbers are exact.
_SCRIPT = """
local now, per, step, count = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local function keep(owed)
  redis.call('SET', KEYS[1], string.format('%.0f %.0f', now, owed), 'PX', math.max(1, math.ceil(owed / 1000)))
end
local owed = 0
local kept = redis.call('GET', KEYS[1])
if kept then
  local at, then_owed = string.match(kept, '^(%d+) (%d+)$')
  at, then_owed = tonumber(at), tonumber(then_owed)
  owed = math.max(0, then_owed - math.max(0, now - at))
  if now < at then keep(owed) end
end
local asked = owed + step * math.min(count, 1)
if asked > per then return {0, asked - per} end
owed = owed + step * count
if count > 0 then keep(owed) end
return {1, owed}
"""


class RedisRateLimiter:
    """ports.RateLimiter; one key in Redis per limited key, gone when nothing is owed."""

    def __init__(self, client: Redis, seconds: Callable[[], float] = time.time) -> None:
        self._link = RedisLink()
        self._script = client.register_script(_SCRIPT)
        self._seconds = seconds
        self._alone = LocalRateLimiter()

    def allow(self, key: str, limit: int, per_seconds: int, count: int = 1) -> Allowance:
        """Count one request, or one that stands for many; in this process alone while Redis is away."""
        per = per_seconds * MICROSECONDS
        arguments = [int(self._seconds() * MICROSECONDS), per, per // limit, count]
        try:
            allowed, owed = self._link.call(lambda: self._script(keys=[_PREFIX + key], args=arguments))
        except UnavailableError:
            return self._alone.allow(key, limit, per_seconds, count)
        return Allowance(True, remaining(owed, limit, per), 0) if allowed else refused(owed)
