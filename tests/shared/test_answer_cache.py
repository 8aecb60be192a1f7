"""Answers kept for a moment: never older than the limit, never older than what is known, with or without Redis."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from redis import Redis

from certsvc.adapters import local_answer_cache
from certsvc.adapters.local_answer_cache import LocalAnswerCache
from certsvc.adapters.redis_answer_cache import RedisAnswerCache
from certsvc.adapters.redis_connection import connect_redis
from certsvc.errors import UnavailableError
from certsvc.ports.sharing import AnswerCache, VersionedAnswer
from tests.shared.patience import eventually
from tests.support.servers import RedisServer

SHORT, LONG = 0.6, 60.0
OpenCache = Callable[[float], AnswerCache]
OpenShared = Callable[[float], RedisAnswerCache]


class Row:
    """A row in the database: it has a version, remembers when it got it, and counts how often it was read."""

    def __init__(self) -> None:
        self.history = [(0.0, 1)]
        self.reads = 0

    @property
    def version(self) -> int:
        return self.history[-1][1]

    def change(self) -> int:
        self.history.append((time.monotonic(), self.version + 1))
        return self.version

    def read(self) -> VersionedAnswer:
        self.reads += 1
        return answer_of(self.version)

    def version_at(self, instant: float) -> int:
        return max(version for since, version in self.history if since <= instant)


def answer_of(version: int) -> VersionedAnswer:
    return VersionedAnswer(version, b"\xff\x00" + str(version).encode())


@pytest.fixture
def open_shared(redis_server: RedisServer) -> Iterator[OpenShared]:
    """Caches with connections of their own to one Redis, as several processes have."""
    opened: list[tuple[Redis, RedisAnswerCache]] = []

    def open_one(greatest_age: float) -> RedisAnswerCache:
        client = connect_redis(redis_server.url)
        opened.append((client, RedisAnswerCache(client, greatest_age=greatest_age)))
        opened[-1][1].start()
        eventually(opened[-1][1].listening.is_set)
        return opened[-1][1]

    yield open_one
    for client, cache in opened:
        cache.close()
        client.close()


@pytest.fixture(params=["local", "redis"])
def open_cache(request: pytest.FixtureRequest) -> OpenCache:
    if request.param == "local":
        return lambda greatest_age: LocalAnswerCache(greatest_age=greatest_age)
    opened: OpenShared = request.getfixturevalue("open_shared")
    return opened


@pytest.fixture
def row() -> Row:
    return Row()


def test_an_answer_is_read_once_while_it_is_fresh(open_cache: OpenCache, row: Row) -> None:
    cache = open_cache(LONG)
    assert [cache.answer("证书 1", row.read) for _ in range(3)] == [answer_of(1)] * 3
    assert row.reads == 1


def test_an_answer_is_read_again_when_its_time_has_ended(open_cache: OpenCache, row: Row) -> None:
    cache = open_cache(SHORT)
    cache.answer("a", row.read)
    row.change()
    assert cache.answer("a", row.read) == answer_of(1)
    time.sleep(SHORT)
    assert cache.answer("a", row.read) == answer_of(2)


def test_an_answer_ages_from_the_beginning_of_its_reading(open_cache: OpenCache, row: Row) -> None:
    cache = open_cache(SHORT)

    def read_slowly() -> VersionedAnswer:
        answer = row.read()
        time.sleep(SHORT)
        return answer

    cache.answer("a", read_slowly)
    row.change()
    assert cache.answer("a", row.read) == answer_of(2)


def test_a_change_is_seen_at_once_where_it_was_made(open_cache: OpenCache, row: Row) -> None:
    cache = open_cache(LONG)
    cache.answer("a", row.read)
    cache.answer("b", row.read)
    cache.changed("a", row.change())
    assert cache.answer("a", row.read) == answer_of(2)
    assert cache.answer("b", row.read) == answer_of(1)


def test_an_older_version_never_takes_the_place_of_a_newer_one(open_cache: OpenCache) -> None:
    cache = open_cache(LONG)
    cache.answer("a", lambda: answer_of(2))
    cache.changed("a", 1)
    assert cache.answer("a", lambda: answer_of(1)) == answer_of(2)
    cache.changed("a", 3)
    cache.answer("a", lambda: answer_of(2))
    assert cache.answer("a", lambda: answer_of(3)) == answer_of(3)
    assert cache.answer("a", lambda: answer_of(2)) == answer_of(3)


def test_what_changes_while_it_is_read_is_read_again(open_cache: OpenCache, row: Row) -> None:
    cache = open_cache(LONG)

    def read_while_it_changes() -> VersionedAnswer:
        answer = row.read()
        if row.reads == 1:
            cache.changed("a", row.change())
        return answer

    assert cache.answer("a", read_while_it_changes) == answer_of(2)
    assert cache.answer("a", row.read) == answer_of(2)


def test_a_failed_reading_leaves_nothing(open_cache: OpenCache, row: Row) -> None:
    cache = open_cache(LONG)

    def fail() -> VersionedAnswer:
        raise UnavailableError("away")

    with pytest.raises(UnavailableError):
        cache.answer("a", fail)
    assert cache.answer("a", row.read) == answer_of(1)


def test_memory_holds_so_many_answers_and_no_more(monkeypatch: pytest.MonkeyPatch, row: Row) -> None:
    monkeypatch.setattr(local_answer_cache, "MOST_KEYS", 2)
    cache = LocalAnswerCache(greatest_age=LONG)
    for key in "abcab":
        cache.answer(key, row.read)
    assert row.reads == 5


def test_what_one_process_has_read_the_others_need_not(open_shared: OpenShared, row: Row) -> None:
    one, other = open_shared(LONG), open_shared(LONG)
    assert one.answer("a", row.read) == other.answer("a", row.read)
    assert row.reads == 1


def test_a_change_in_one_process_is_heard_by_the_others(open_shared: OpenShared, row: Row) -> None:
    one, other = open_shared(LONG), open_shared(LONG)
    other.answer("a", row.read)
    one.changed("a", row.change())
    eventually(lambda: other.answer("a", row.read) == answer_of(2), seconds=LONG / 3)


def test_a_change_that_nobody_told_is_seen_when_the_time_has_ended(open_shared: OpenShared, row: Row) -> None:
    one, other = open_shared(SHORT), open_shared(SHORT)
    one.answer("a", row.read)
    time.sleep(SHORT / 2)
    other.answer("a", row.read)
    row.change()
    time.sleep(SHORT / 2)
    assert [cache.answer("a", row.read) for cache in (one, other)] == [answer_of(2)] * 2


def test_redis_forgets_every_answer_by_itself(
    open_shared: OpenShared, redis_server: RedisServer, row: Row
) -> None:
    open_shared(SHORT).answer("a", row.read)
    with Redis.from_url(redis_server.url) as client:
        assert [0 < client.pttl(key) <= SHORT * 1000 for key in client.keys("*")] == [True]


def test_a_redis_that_was_frozen_shows_nothing_older(
    open_shared: OpenShared, redis_server: RedisServer, row: Row
) -> None:
    one, other = open_shared(SHORT), open_shared(SHORT)

    def read_while_redis_freezes() -> VersionedAnswer:
        os.kill(redis_server.pid, signal.SIGSTOP)
        return row.read()

    assert one.answer("a", read_while_redis_freezes) == answer_of(1)
    row.change()
    time.sleep(SHORT)
    os.kill(redis_server.pid, signal.SIGCONT)
    time.sleep(0.05)
    assert other.answer("a", row.read) == answer_of(2)


def test_answers_stay_right_while_redis_dies_and_comes_back(
    open_shared: OpenShared, redis_server: RedisServer, row: Row
) -> None:
    caches = [open_shared(SHORT) for _ in range(3)]
    outdated: list[tuple[int, int]] = []
    done = threading.Event()

    def ask(cache: RedisAnswerCache) -> None:
        while not done.is_set():
            oldest = row.version_at(time.monotonic() - SHORT)
            given = cache.answer("a", row.read).version
            if given < oldest:
                outdated.append((given, oldest))
            time.sleep(0.001)

    askers = [threading.Thread(target=ask, args=[cache]) for cache in caches]
    for asker in askers:
        asker.start()
    for step in range(60):
        if step == 20:
            redis_server.kill()
        if step == 40:
            redis_server.start()
        caches[step % 2].changed("a", row.change())
        time.sleep(0.02)
    done.set()
    for asker in askers:
        asker.join()
    assert outdated == []
    one, other = caches[:2]
    eventually(lambda: shares(one, other, Row()))


def shares(one: AnswerCache, other: AnswerCache, row: Row) -> bool:
    """Whether what one reads is given by the other."""
    key = f"row-{id(row)}-{time.monotonic()}"
    one.answer(key, row.read)
    other.answer(key, row.read)
    return row.reads == 1
