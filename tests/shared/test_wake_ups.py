"""Wake-ups: work is begun at once with Redis, within the time of a look without it, and again at once afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from threading import Event, Timer

import pytest

from certsvc.adapters.local_wake_ups import LocalWakeUps
from certsvc.adapters.redis_connection import connect_redis
from certsvc.adapters.redis_wake_ups import RedisWakeUps
from certsvc.entrypoints.jobs.background import Companion
from certsvc.ports.sharing import WakeUps
from tests.support.servers import RedisServer

LOOK, LONG = 0.2, 20.0
OpenWakeUps = Callable[[], RedisWakeUps]


@pytest.fixture
def open_shared(redis_server: RedisServer) -> Iterator[OpenWakeUps]:
    """Wake-ups with connections of their own to one Redis, as several processes have."""
    with ExitStack() as opened:

        def open_one() -> RedisWakeUps:
            client = opened.enter_context(closing(connect_redis(redis_server.url)))
            return opened.enter_context(closing(RedisWakeUps(client)))

        yield open_one


@pytest.fixture(params=["local", "redis"])
def wake_ups(request: pytest.FixtureRequest) -> WakeUps:
    if request.param == "local":
        return LocalWakeUps()
    opened: OpenWakeUps = request.getfixturevalue("open_shared")
    return opened()


def waited(wake_ups: WakeUps, seconds: float) -> float:
    """How long a waiting took."""
    began = time.monotonic()
    wake_ups.wait(seconds)
    return time.monotonic() - began


def settle(wake_ups: WakeUps) -> None:
    """Listen, and have heard everything that was said before."""
    for _ in range(3):
        wake_ups.wait(LOOK)


def test_without_news_the_whole_time_is_waited(wake_ups: WakeUps) -> None:
    settle(wake_ups)
    assert waited(wake_ups, LOOK) >= LOOK * 0.9


def test_what_was_announced_before_the_waiting_ends_it_at_once_and_only_once(wake_ups: WakeUps) -> None:
    settle(wake_ups)
    for _ in range(5):
        wake_ups.announce()
    assert waited(wake_ups, LONG) < LONG / 4
    settle(wake_ups)
    assert waited(wake_ups, LOOK) >= LOOK * 0.9


def test_an_announcement_ends_a_waiting_under_way(wake_ups: WakeUps) -> None:
    settle(wake_ups)
    later = Timer(LOOK, wake_ups.announce)
    later.start()
    assert waited(wake_ups, LONG) < LONG / 4
    later.join()


def test_another_process_is_woken_up(open_shared: OpenWakeUps) -> None:
    one, other = open_shared(), open_shared()
    settle(other)
    later = Timer(LOOK, one.announce)
    later.start()
    assert waited(other, LONG) < LONG / 4
    later.join()


def test_while_redis_is_away_it_is_plain_polling_and_afterwards_wake_ups_again(
    open_shared: OpenWakeUps, redis_server: RedisServer
) -> None:
    one, other = open_shared(), open_shared()
    settle(other)
    kill = Timer(LOOK / 2, redis_server.kill)
    kill.start()
    assert 0.9 * LOOK * 2 <= waited(other, LOOK * 2) < LONG / 4
    kill.join()
    one.announce()
    assert 0.9 * LOOK <= waited(other, LOOK) < LONG / 4
    other.announce()
    assert waited(other, LONG) < LONG / 4  # its own process is heard without Redis
    redis_server.start()
    settle(other)
    time.sleep(0.6)  # the sender asks Redis again half a second after it failed
    one.announce()
    assert waited(other, LONG) < LONG / 4


def test_a_companion_works_at_once_when_it_is_woken_up_and_stops_in_its_sleep(wake_ups: WakeUps) -> None:
    settle(wake_ups)
    done, failed = Event(), Event()
    companion = Companion("test", lambda _stopping: done.set(), LONG, failed.set, wake_ups)
    companion.start()
    assert done.wait(LONG)
    done.clear()
    wake_ups.announce()
    assert done.wait(LONG / 4)
    companion.ask_to_stop()
    companion.join(LONG / 4)
    assert not companion.is_alive()
    companion.require_well()
