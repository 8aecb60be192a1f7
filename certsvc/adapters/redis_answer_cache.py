"""Answers that all processes share through Redis, with messages about what changed.

Nothing depends on Redis to be right: no answer is given two seconds after its reading began, in memory and in Redis
alike, whether or not a message arrived. Messages only make a change visible sooner, in milliseconds. An answer ends by
Redis's own clock, read before the reading began: a Redis that was frozen for a while shows nothing that is older.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

from redis import Redis

from certsvc.adapters.local_answer_cache import GREATEST_AGE_SECONDS, AnswerShelf
from certsvc.adapters.redis_connection import AWAY, RedisLink
from certsvc.errors import UnavailableError
from certsvc.ports.sharing import VersionedAnswer

_PREFIX = "certsvc:answer:"
_CHANNEL = "certsvc:changed"
_REMEMBER_MILLISECONDS = 10_000  # a version is remembered longer than any reading of an older one takes
_PAUSE_SECONDS = 0.1
_KEEP = """
local known = tonumber(redis.call('HGET', KEYS[1], 'version') or -1)
if known > tonumber(ARGV[1]) then return known end
local time = redis.call('TIME')
if time[1] * 1000 + time[2] / 1000 < tonumber(ARGV[3]) then
  redis.call('HSET', KEYS[1], 'version', ARGV[1], 'body', ARGV[2])
  redis.call('PEXPIREAT', KEYS[1], ARGV[3])
end
return tonumber(ARGV[1])
"""
_OUTDATE = """
if tonumber(redis.call('HGET', KEYS[1], 'version') or -1) < tonumber(ARGV[1]) then
  redis.call('HSET', KEYS[1], 'version', ARGV[1])
  redis.call('HDEL', KEYS[1], 'body')
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
redis.call('PUBLISH', ARGV[3], ARGV[4])
"""


@dataclass(frozen=True, slots=True)
class _SharedPlace:
    """What Redis held under a key at an instant of its own clock (milliseconds since 1970)."""

    looked_at: int
    answer: VersionedAnswer | None
    seconds_left: float


class RedisAnswerCache:
    """ports.AnswerCache; `start` begins to listen, `close` ends it."""

    def __init__(
        self,
        client: Redis,
        *,
        greatest_age: float = GREATEST_AGE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._link = RedisLink()
        self._keep = client.register_script(_KEEP)
        self._outdate = client.register_script(_OUTDATE)
        self._greatest_age = greatest_age
        self._monotonic = monotonic
        self._shelf = AnswerShelf(monotonic)
        self._closing = Event()
        self.changes = 0
        self.listening = Event()
        self._listener = Thread(target=self._listen, name="answer-cache", daemon=True)

    def start(self) -> None:
        """Listen, in a thread, for what other processes change."""
        self._listener.start()

    def close(self) -> None:
        """Stop listening."""
        self._closing.set()
        if self._listener.is_alive():
            self._listener.join()

    def answer(self, key: str, load: Callable[[], VersionedAnswer]) -> VersionedAnswer:
        """The answer kept here, else the one in Redis, else what `load` reads now."""
        found = self._shelf.find(key)
        if found is not None:
            return found
        began = self._monotonic()  # an answer is as old as the beginning of its reading
        place = self._look(key)
        if place is None:
            loaded = load()
        elif place.answer is not None and self._shelf.keep(key, place.answer, began + place.seconds_left):
            return place.answer
        else:
            loaded = load()
            self._share(key, loaded, place.looked_at + int(self._greatest_age * 1000))
        if self._shelf.keep(key, loaded, began + self._greatest_age):
            return loaded
        return load()  # changed while it was read

    def changed(self, key: str, version: int) -> None:
        """The row has this version now; the other processes are told when Redis is there."""
        self._shelf.outdate(key, version)
        self.changes += 1
        arguments = (version, _REMEMBER_MILLISECONDS, _CHANNEL, f"{version} {key}")
        try:
            self._link.call(lambda: self._outdate(keys=[_PREFIX + key], args=arguments))
        except UnavailableError:
            return

    def _look(self, key: str) -> _SharedPlace | None:
        """What Redis holds under a key; None when Redis is away."""
        try:
            return self._link.call(lambda: _fetch(self._client, _PREFIX + key))
        except UnavailableError:
            return None

    def _share(self, key: str, answer: VersionedAnswer, until: int) -> None:
        """Put an answer into Redis until an instant of its clock; learn of a newer version that is known there."""
        arguments = (answer.version, answer.body, until)
        try:
            known = self._link.call(lambda: self._keep(keys=[_PREFIX + key], args=arguments))
        except UnavailableError:
            return
        self._shelf.outdate(key, int(known))

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                with self._client.pubsub() as subscription:  # type: ignore[no-untyped-call]
                    subscription.subscribe(_CHANNEL)
                    while not self._closing.is_set():
                        self._heed(subscription.get_message(timeout=_PAUSE_SECONDS))
            except AWAY:
                self.listening.clear()
                self._closing.wait(_PAUSE_SECONDS)

    def _heed(self, message: dict[str, Any] | None) -> None:
        if message is None:
            return
        if message["type"] == "subscribe":
            self._shelf.forget_answers()  # what changed before was not heard
            self.changes += 1
            self.listening.set()
            return
        version, _, key = message["data"].decode().partition(" ")
        self._shelf.outdate(key, int(version))
        self.changes += 1


def _fetch(client: Redis, name: str) -> _SharedPlace:
    with client.pipeline(transaction=True) as pipeline:
        pipeline.time()
        pipeline.hmget(name, ["version", "body"])
        pipeline.pttl(name)
        (seconds, microseconds), (version, body), left = pipeline.execute()
    answer = None if version is None or body is None else VersionedAnswer(int(version), body)
    return _SharedPlace(seconds * 1000 + microseconds // 1000, answer, left / 1000)
