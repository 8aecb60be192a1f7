"""Wake-ups between processes, as messages without content through Redis.

While Redis is away, waiting takes its whole time; each waiting tries to listen again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

from redis import Redis
from redis.client import PubSub

from certsvc.adapters.redis_connection import AWAY, RedisLink
from certsvc.errors import UnavailableError

_CHANNEL = "certsvc:work"
_GLANCE_SECONDS = 0.1


class RedisWakeUps:
    """ports.WakeUps for one waiting thread in each process that has work to do; `close` when nobody waits any more."""

    def __init__(self, client: Redis, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._link = RedisLink(monotonic)
        self._monotonic = monotonic
        self._announced = Event()  # heard in this process, with or without Redis
        self._subscription: PubSub | None = None

    def announce(self) -> None:
        """There is work; other processes hear of it when Redis is there."""
        self._announced.set()
        try:
            self._link.call(lambda: self._client.publish(_CHANNEL, b""))
        except UnavailableError:
            return

    def wait(self, seconds: float) -> None:
        """Come back when there is work, or when the time is over. Work announced while nobody listened is assumed."""
        end = self._monotonic() + seconds
        try:
            subscription = self._listening()
            while not self._announced.is_set() and self._monotonic() < end:
                if _hears(subscription, min(_GLANCE_SECONDS, max(end - self._monotonic(), 0.0))):
                    break
            while _hears(subscription, 0.0):
                pass  # many announcements are one
        except AWAY:
            self.close()
            self._announced.wait(max(end - self._monotonic(), 0.0))
        self._announced.clear()

    def close(self) -> None:
        """Listen no more."""
        if self._subscription is not None:
            self._subscription.close()
            self._subscription = None

    def _listening(self) -> PubSub:
        if self._subscription is None:
            self._subscription = self._client.pubsub()  # type: ignore[no-untyped-call]
            self._subscription.subscribe(_CHANNEL)
        return self._subscription


def _hears(subscription: PubSub, seconds: float) -> bool:
    """Whether a message came: an announcement, or that listening began (again)."""
    return subscription.get_message(timeout=seconds) is not None
