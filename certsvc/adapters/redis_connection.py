"""A Redis that may be away at any moment: a call gives its answer soon, or UnavailableError at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ConnectionFailure
from redis.exceptions import OutOfMemoryError, ReadOnlyError
from redis.exceptions import TimeoutError as NoAnswer
from redis.retry import Retry

from certsvc.errors import ConfigurationError, UnavailableError

AWAY = (ConnectionFailure, NoAnswer, ReadOnlyError, OutOfMemoryError)
_PATIENCE_SECONDS = 0.25
_PAUSE_SECONDS = 0.5

Answer = TypeVar("Answer")


def connect_redis(url: str) -> Redis:
    """A client that waits a quarter of a second and tries a stale connection once more.

    Raises ConfigurationError for a URL that is none.
    """
    try:
        return Redis.from_url(
            url,
            socket_timeout=_PATIENCE_SECONDS,
            socket_connect_timeout=_PATIENCE_SECONDS,
            retry=Retry(NoBackoff(), 1),
        )
    except ValueError as error:
        raise ConfigurationError("CERTSVC_REDIS_URL 应为 redis://主机:端口/库号。请核对后重试。") from error


class RedisLink:
    """Calls that are not even tried for half a second after one has failed, so that an outage costs no time."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._not_before = 0.0

    def call(self, ask: Callable[[], Answer]) -> Answer:
        """What `ask` gets. Raises UnavailableError when Redis is away."""
        if self._monotonic() < self._not_before:
            raise UnavailableError("缓存服务暂时没有应答。")
        try:
            return ask()
        except AWAY as error:
            self._not_before = self._monotonic() + _PAUSE_SECONDS
            raise UnavailableError("缓存服务暂时没有应答。") from error
