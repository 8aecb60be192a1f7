"""Answers that several processes share through Redis: never older than two seconds, and none after a change was heard of."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from certsvc.adapters.answer_sources.redis import RedisAnswers
from certsvc.adapters.personal_cipher import AesGcmCipher
from certsvc.errors import UnavailableError
from certsvc.ports.stored_answers import AnswerFrame, StoredAnswer
from tests.support.servers import RedisServer

CIPHER = AesGcmCipher({1: bytes(32)}, look_up_key=bytes(32))
KEY = b"k" * 16


class Database:
    """A source with one answer; counts how often it is asked."""

    lasting_seconds = 2.0

    def __init__(self) -> None:
        self.asked = 0
        self.status = 1

    async def find(self, keys: Sequence[bytes]) -> Mapping[bytes, StoredAnswer]:
        self.asked += 1
        own = '"certificate":{"title":"高级工程师"}}'.encode()
        return {key: StoredAnswer(key, "2220230620000017", 7, self.status, b"f" * 8, own) for key in keys}

    async def frame(self, _frame_id: bytes) -> AnswerFrame | None:
        return None

    def changed(self) -> None:
        pass

    async def close(self) -> None:
        pass


def opened(server: RedisServer, database: Database, seconds: list[float]) -> RedisAnswers:
    return RedisAnswers(server.url, database, CIPHER, monotonic=lambda: seconds[0])


def test_another_process_is_spared_the_database(redis_server: RedisServer) -> None:
    async def work() -> None:
        database, seconds = Database(), [0.0]
        one, other = opened(redis_server, database, seconds), opened(redis_server, database, seconds)
        first, second = await one.find([KEY]), await other.find([KEY])
        assert first == second
        assert database.asked == 1
        raw = await one._client.keys(b"*")
        assert [len(key) for key in raw] == [len(b"certsvc:stored:") + 16]
        assert "高级工程师".encode() not in await one._client.get(raw[0])
        assert 0 < await one._client.pttl(raw[0]) <= 1000
        await one.close()
        await other.close()

    asyncio.run(work())


def test_after_a_change_redis_is_passed_over_until_everything_in_it_has_ended(
    redis_server: RedisServer,
) -> None:
    async def work() -> None:
        database, seconds = Database(), [0.0]
        source = opened(redis_server, database, seconds)
        await source.find([KEY])
        database.status = 3
        source.changed()
        assert (await source.find([KEY]))[KEY].status == 3
        seconds[0] = 0.9
        assert (await source.find([KEY]))[KEY].status == 3
        assert database.asked == 3
        await source.close()

    asyncio.run(work())


def test_what_was_read_before_redis_was_frozen_is_never_put_there(redis_server: RedisServer) -> None:
    class Slow(Database):
        async def find(self, keys: Sequence[bytes]) -> Mapping[bytes, StoredAnswer]:
            found = await super().find(keys)
            await asyncio.sleep(1.1)
            return found

    async def work() -> None:
        source = opened(redis_server, Slow(), [0.0])
        await source.find([KEY])
        assert await source._client.keys(b"*") == []
        assert source.lasting_seconds == 1.0
        await source.close()

    asyncio.run(work())


def test_what_others_wrote_into_redis_counts_as_nothing(redis_server: RedisServer) -> None:
    async def work() -> None:
        database, seconds = Database(), [0.0]
        source = opened(redis_server, database, seconds)
        await source._client.set(b"certsvc:stored:" + KEY, b"\x01" + bytes(60))
        assert (await source.find([KEY]))[KEY].status == 1
        assert database.asked == 1
        await source.close()

    asyncio.run(work())


def test_without_redis_the_database_answers(redis_server: RedisServer) -> None:
    async def work() -> None:
        database, seconds = Database(), [0.0]
        source = opened(redis_server, database, seconds)
        redis_server.kill()
        assert await source.find([KEY])
        assert await source.find([KEY])
        assert database.asked == 2
        await source.close()

    asyncio.run(work())


def test_keys_that_come_together_are_read_together() -> None:
    from certsvc.entrypoints.hot_path.gathering import Gathering

    class Slow(Database):
        async def find(self, keys: Sequence[bytes]) -> Mapping[bytes, StoredAnswer]:
            await asyncio.sleep(0.01)
            return await super().find(keys)

    async def work() -> None:
        database = Slow()
        gathering = Gathering(database)
        keys = [bytes([n]) * 16 for n in range(50)]
        found = await asyncio.gather(*(gathering.find(key) for key in (*keys, *keys)))
        assert all(answer is not None for answer in found)
        assert database.asked == 1

    asyncio.run(work())


@pytest.mark.parametrize("error", [UnavailableError("away"), ValueError("broken")])
def test_a_source_that_fails_answers_nobody_and_holds_nobody_up(error: Exception) -> None:
    from certsvc.entrypoints.hot_path.gathering import Gathering

    class Broken(Database):
        async def find(self, keys: Sequence[bytes]) -> Mapping[bytes, StoredAnswer]:
            raise error

    async def work() -> None:
        gathering = Gathering(Broken())
        assert await gathering.find(KEY) is None
        assert await gathering.find(KEY) is None

    asyncio.run(work())
