"""Rate limits: the same contract in one process and through Redis, and the same without Redis as before it came."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count

import pytest
from redis import Redis

from certsvc.adapters import local_rate_limiter
from certsvc.adapters.local_rate_limiter import LocalRateLimiter
from certsvc.adapters.redis_connection import connect_redis
from certsvc.adapters.redis_rate_limiter import RedisRateLimiter
from certsvc.errors import ConfigurationError
from certsvc.ports.sharing import NEVER_FORGOTTEN, RateLimiter
from tests.shared.patience import eventually
from tests.support.servers import RedisServer


class Wall:
    """The seconds since 1970, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_795_161_600.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def redis(redis_server: RedisServer) -> Iterator[Redis]:
    client = connect_redis(redis_server.url)
    yield client
    client.close()


@pytest.fixture(params=["local", "redis"])
def limiter(request: pytest.FixtureRequest, wall: Wall) -> RateLimiter:
    if request.param == "local":
        return LocalRateLimiter(wall)
    return RedisRateLimiter(request.getfixturevalue("redis"), wall)


def test_as_many_as_the_limit_may_come_at_once_and_no_more(limiter: RateLimiter) -> None:
    answers = [limiter.allow("a", 5, 60) for _ in range(6)]
    assert [answer.allowed for answer in answers] == [True] * 5 + [False]
    assert [answer.remaining for answer in answers] == [4, 3, 2, 1, 0, 0]
    assert [answer.wait_seconds for answer in answers] == [0] * 5 + [12]


def test_whoever_waits_as_told_is_let_through(limiter: RateLimiter, wall: Wall) -> None:
    while (answer := limiter.allow("a", 3, 10)).allowed:
        pass
    wall.now += answer.wait_seconds - 1
    assert not limiter.allow("a", 3, 10).allowed
    wall.now += 1
    assert limiter.allow("a", 3, 10).allowed
    assert not limiter.allow("a", 3, 10).allowed


def test_a_refused_request_costs_nothing(limiter: RateLimiter, wall: Wall) -> None:
    for _ in range(50):
        limiter.allow("a", 2, 10)
    wall.now += 10
    assert [limiter.allow("a", 2, 10).allowed for _ in range(3)] == [True, True, False]


def test_keys_do_not_count_for_each_other(limiter: RateLimiter) -> None:
    assert [limiter.allow(key, 1, 60).allowed for key in ("a", "b", "a", "证书 1")] == [
        True,
        True,
        False,
        True,
    ]


def test_over_a_long_time_the_rate_is_the_limit(limiter: RateLimiter, wall: Wall) -> None:
    allowed = 0
    for _ in range(200):
        allowed += limiter.allow("a", 10, 20).allowed
        wall.now += 0.25
    assert allowed == pytest.approx(10 + 50 / 2, abs=1)


def test_a_clock_gone_back_gives_nothing_away(limiter: RateLimiter, wall: Wall) -> None:
    while limiter.allow("a", 3, 10).allowed:
        pass
    wall.now -= 3600
    assert not limiter.allow("a", 3, 10).allowed


def test_processes_share_the_limit_through_redis(redis: Redis, wall: Wall) -> None:
    one, other = RedisRateLimiter(redis, wall), RedisRateLimiter(redis, wall)
    assert [limiter.allow("a", 3, 60).remaining for limiter in (one, other, one)] == [2, 1, 0]
    assert not other.allow("a", 3, 60).allowed


def test_nothing_stays_in_redis_once_nothing_is_owed(redis: Redis) -> None:
    limiter = RedisRateLimiter(redis)
    limiter.allow("a", 20, 1)
    (key,) = redis.keys("*")
    assert 0 < redis.pttl(key) <= 51
    eventually(lambda: redis.keys("*") == [])


def test_without_redis_each_process_limits_for_itself_and_shares_again_by_itself(
    redis_server: RedisServer, redis: Redis
) -> None:
    one, other = RedisRateLimiter(redis), RedisRateLimiter(redis)
    assert one.allow("a", 2, 3600).allowed
    redis_server.kill()
    for limiter in (one, other):
        assert [limiter.allow("a", 2, 3600).allowed for _ in range(3)] == [True, True, False]
    redis_server.start()
    names = map(str, count())

    def limit_together() -> bool:
        key = next(names)
        return one.allow(key, 1, 3600).allowed and not other.allow(key, 1, 3600).allowed

    eventually(limit_together)


def test_a_clock_that_was_a_day_ahead_and_is_put_right_keeps_nobody_waiting_for_a_day(
    redis: Redis, wall: Wall
) -> None:
    limiter = RedisRateLimiter(redis, wall)
    wall.now += 86_400
    while limiter.allow("verify:a", 3, 60).allowed:
        pass
    wall.now -= 86_400
    assert limiter.allow("verify:a", 3, 60).wait_seconds == 20
    wall.now += 20
    assert limiter.allow("verify:a", 3, 60).allowed


def test_in_one_process_the_clock_of_the_day_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    limiter = LocalRateLimiter()
    monkeypatch.setattr(time, "time", lambda: 4e9)
    assert limiter.allow("verify:a", 1, 60).allowed
    monkeypatch.setattr(time, "time", lambda: 1e9)
    assert 0 < limiter.allow("verify:a", 1, 60).wait_seconds <= 60


def test_many_questions_at_once_are_owed_whole_when_the_clock_is_put_back(redis: Redis, wall: Wall) -> None:
    limiter = RedisRateLimiter(redis, wall)
    assert limiter.allow("rows:a", 10, 60, 100).allowed
    wall.now -= 3600
    assert limiter.allow("rows:a", 10, 60).wait_seconds == 546


def test_memory_holds_so_many_keys_and_no_more(monkeypatch: pytest.MonkeyPatch, wall: Wall) -> None:
    monkeypatch.setattr(local_rate_limiter, "MOST_KEYS", 3)
    limiter = LocalRateLimiter(wall)
    for key in "abcd":
        assert limiter.allow(key, 1, 60).allowed
    assert [limiter.allow(key, 1, 60).allowed for key in "bcd"] == [False] * 3
    assert limiter.allow("a", 1, 60).allowed


def test_what_is_owed_for_long_is_not_forgotten_while_others_have_ended(
    monkeypatch: pytest.MonkeyPatch, wall: Wall
) -> None:
    monkeypatch.setattr(local_rate_limiter, "MOST_KEYS", 3)
    limiter = LocalRateLimiter(wall)
    for key, per in (("rows:a", 86_400), ("verify:b", 60), ("verify:c", 60)):
        assert limiter.allow(key, 1, per).allowed
    wall.now += 61
    assert limiter.allow("verify:d", 1, 60).allowed
    assert not limiter.allow("rows:a", 1, 86_400).allowed


def test_guesses_and_spent_proofs_are_not_pushed_out_by_other_keys(
    monkeypatch: pytest.MonkeyPatch, wall: Wall
) -> None:
    monkeypatch.setattr(local_rate_limiter, "MOST_KEYS", 3)
    limiter = LocalRateLimiter(wall)
    held = ["spent:SALT", "guess:1", "bought:guess:1", "verify:a"]
    assert [limiter.allow(key, 1, 60).allowed for key in held] == [True] * 4
    for number in range(10):
        for purpose in ("guess", "spent", "bought", "quota"):
            limiter.allow(f"{purpose}:more-{number}", 1, 60)
    assert [limiter.allow(key, 1, 60).allowed for key in held[:3]] == [False] * 3


@pytest.mark.parametrize("purpose", sorted(NEVER_FORGOTTEN))
def test_where_nothing_may_be_forgotten_a_new_key_is_refused_until_another_has_ended(
    monkeypatch: pytest.MonkeyPatch, wall: Wall, purpose: str
) -> None:
    monkeypatch.setattr(local_rate_limiter, "MOST_KEYS", 3)
    limiter = LocalRateLimiter(wall)
    for key, per in (("a", 3600), ("b", 60), ("c", 3600)):
        assert limiter.allow(f"{purpose}:{key}", 2, per).allowed
    full = limiter.allow(f"{purpose}:d", 2, 3600)
    assert (full.allowed, full.wait_seconds) == (False, 1)
    assert limiter.allow(f"{purpose}:a", 2, 3600).allowed  # one that has room goes on as ever
    assert limiter.allow("verify:d", 2, 60).allowed
    wall.now += 31
    assert limiter.allow(f"{purpose}:d", 2, 3600).allowed
    assert not limiter.allow(f"{purpose}:e", 2, 3600).allowed


def test_a_url_that_is_none_is_refused_with_a_word() -> None:
    with pytest.raises(ConfigurationError, match="CERTSVC_REDIS_URL"):
        connect_redis("localhost:6379")
