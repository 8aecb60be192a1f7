"""What an office shares with the other processes: through Redis where there is one, else each process for itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from certsvc.adapters.local_answer_cache import LocalAnswerCache
from certsvc.adapters.local_wake_ups import LocalWakeUps
from certsvc.ports.sharing import AnswerCache, WakeUps


@dataclass(frozen=True, slots=True)
class SharedParts:
    """Answers given a moment ago, and news of work; `close` gives the connections back."""

    answers: AnswerCache
    wake_ups: WakeUps
    close: Callable[[], None]


def open_shared_parts(redis_url: str | None) -> SharedParts:
    """Listening already. Raises ConfigurationError for a URL that is none; a Redis that is away is no error."""
    if redis_url is None:
        return SharedParts(LocalAnswerCache(), LocalWakeUps(), _nothing)
    from certsvc.adapters.redis_answer_cache import RedisAnswerCache
    from certsvc.adapters.redis_connection import connect_redis
    from certsvc.adapters.redis_wake_ups import RedisWakeUps

    client = connect_redis(redis_url)
    answers, wake_ups = RedisAnswerCache(client), RedisWakeUps(client)

    def close() -> None:
        wake_ups.close()
        answers.close()
        client.close()

    answers.start()
    return SharedParts(answers, wake_ups, close)


def _nothing() -> None:
    """A process has no connections to itself."""
