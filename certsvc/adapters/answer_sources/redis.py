"""Redis in front of a database: answers that another process read in the last second, sealed as a whole.

What is read from Redis is at most a second old, and kept in memory for a second more: two together. It ends by Redis's own
clock, read before the database was: a Redis that was frozen for a while shows nothing that is older. For that second after
anything changed, Redis is passed over.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from certsvc.errors import IntegrityError
from certsvc.ports import PersonalCipher
from certsvc.ports.stored_answers import (
    FRAME_ID_BYTES,
    GREATEST_AGE_SECONDS,
    AnswerFrame,
    AnswerSource,
    StoredAnswer,
)

SHARED_SECONDS: Final = 1.0
_PREFIX = b"certsvc:stored:"
_HEAD = struct.Struct(">QBB")
_PAUSE_SECONDS = 5.0
_PATIENCE_SECONDS = 0.5


class RedisAnswers:
    """ports.stored_answers.AnswerSource. A Redis that does not answer is left alone for a few seconds."""

    def __init__(
        self,
        url: str,
        behind: AnswerSource,
        cipher: PersonalCipher,
        *,
        greatest_age: float = SHARED_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lasting_seconds = GREATEST_AGE_SECONDS - greatest_age
        self._client = Redis.from_url(
            url, socket_timeout=_PATIENCE_SECONDS, socket_connect_timeout=_PATIENCE_SECONDS
        )
        self._behind = behind
        self._cipher = cipher
        self._milliseconds = int(greatest_age * 1000)
        self._monotonic = monotonic
        self._passed_over_until = 0.0

    def changed(self) -> None:
        """Ask the database alone until everything that is in Redis now has ended."""
        self._pass_over(self._milliseconds / 1000)
        self._behind.changed()

    async def find(self, keys: Sequence[bytes]) -> Mapping[bytes, StoredAnswer]:
        """From Redis, else from the database, which is then told to Redis."""
        if self._monotonic() < self._passed_over_until:
            return await self._behind.find(keys)
        try:
            async with self._client.pipeline(transaction=False) as pipeline:
                pipeline.time()
                pipeline.mget([_PREFIX + key for key in keys])
                (seconds, microseconds), raw = await pipeline.execute()
        except (RedisError, OSError):
            self._pass_over(_PAUSE_SECONDS)
            return await self._behind.find(keys)
        found = {
            key: answer
            for key, sealed in zip(keys, raw, strict=True)
            if sealed is not None and (answer := self._opened(key, sealed)) is not None
        }
        missing = [key for key in keys if key not in found]
        if not missing:
            return found
        read = await self._behind.find(missing)
        await self._share(read, seconds * 1000 + microseconds // 1000 + self._milliseconds)
        return {**found, **read}

    async def frame(self, frame_id: bytes) -> AnswerFrame | None:
        """From the database."""
        return await self._behind.frame(frame_id)

    async def close(self) -> None:
        """Close both."""
        await self._client.aclose()
        await self._behind.close()

    def _pass_over(self, seconds: float) -> None:
        self._passed_over_until = max(self._passed_over_until, self._monotonic() + seconds)

    async def _share(self, read: Mapping[bytes, StoredAnswer], until: int) -> None:
        """`until` by the clock of Redis, in milliseconds."""
        if not read or self._monotonic() < self._passed_over_until:
            return
        try:
            async with self._client.pipeline(transaction=False) as pipeline:
                for key, answer in read.items():
                    pipeline.set(_PREFIX + key, self._sealed(answer), pxat=until)
                await pipeline.execute()
        except (RedisError, OSError):
            self._pass_over(_PAUSE_SECONDS)

    def _sealed(self, one: StoredAnswer) -> bytes:
        number = one.number.encode()
        plain = _HEAD.pack(one.slot, one.status, len(number)) + number + one.frame + one.own
        return self._cipher.encrypt(plain, context=_PREFIX + one.key)

    def _opened(self, key: bytes, sealed: bytes) -> StoredAnswer | None:
        try:
            plain = self._cipher.decrypt(sealed, context=_PREFIX + key)
        except IntegrityError:
            return None
        slot, status, length = _HEAD.unpack_from(plain)
        frame_at = _HEAD.size + length
        own_at = frame_at + FRAME_ID_BYTES
        number = plain[_HEAD.size : frame_at].decode()
        return StoredAnswer(key, number, slot, status, plain[frame_at:own_at], plain[own_at:])
