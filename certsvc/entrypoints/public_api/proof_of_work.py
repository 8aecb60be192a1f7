"""Proof of work 计算验证: whoever used up an allowance may earn one more question (docs/formats/proof-of-work.md).

The server keeps nothing of a challenge: its salt says when it ends and how hard it is, and carries a keyed tag over that and
the asker. Of answers it remembers those that were spent, in the limiter, until their salts have ended; while there is no
room to remember another one, none is taken.
"""

from __future__ import annotations

import hmac
import os
import re
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from fastapi import Request

from certsvc.ports.sharing import RateLimiter

HEADER: Final = "X-Proof-Of-Work"
ALGORITHM: Final = "sha-256"
LIFE_SECONDS: Final = 120
EASIEST, SUSPECTED, HARDEST = 16, 20, 22
"""Leading zero bits: at normal pressure, for who is suspected of trying numbers out, and at the highest pressure."""
_VERSION: Final = 1
_PUBLIC: Final = 14  # version, difficulty, four bytes of seconds, eight random bytes
_TAG: Final = 16
_ANSWER: Final = re.compile(r"([A-Za-z0-9_-]{40}):(0|[1-9][0-9]{0,13})", re.ASCII)
_PRESSURE_PER_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Challenge:
    """What is to be computed: a number whose digest with the salt begins with so many zero bits."""

    salt: str
    difficulty: int
    expires_at: datetime

    def as_json(self) -> dict[str, Any]:
        """The member `challenge` of a problem."""
        return {
            "algorithm": ALGORITHM,
            "salt": self.salt,
            "difficulty": self.difficulty,
            "expires_at": self.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }


@dataclass(frozen=True, slots=True)
class ProofsOfWork:
    """Makes challenges and judges answers, each in some microseconds; `key` is the same in all processes."""

    key: bytes
    limiter: RateLimiter
    seconds: Callable[[], float] = time.time
    random_bytes: Callable[[int], bytes] = os.urandom

    def challenge(self, asker: str, least: int = EASIEST) -> Challenge:
        """A new challenge for an asker, the harder the more the asker was given within a minute."""
        given = self.limiter.allow(f"challenges:{asker}", _PRESSURE_PER_MINUTE, 60)
        pressed = _PRESSURE_PER_MINUTE - given.remaining if given.allowed else _PRESSURE_PER_MINUTE
        difficulty = least + (HARDEST - least) * pressed // _PRESSURE_PER_MINUTE
        ends = int(self.seconds()) + LIFE_SECONDS
        public = bytes([_VERSION, difficulty]) + ends.to_bytes(4, "big") + self.random_bytes(8)
        salt = urlsafe_b64encode(public + self._tag(public, asker)).decode()
        return Challenge(salt, difficulty, datetime.fromtimestamp(ends, UTC))

    def accepts(self, answer: str | None, asker: str) -> bool:
        """Whether an answer `<salt>:<nonce>` is good, for this asker, in time, and spent now for the first time."""
        match = None if answer is None else _ANSWER.fullmatch(answer)
        if match is None:
            return False
        raw = urlsafe_b64decode(match[1])
        public, tag = raw[:_PUBLIC], raw[_PUBLIC:]
        if not hmac.compare_digest(tag, self._tag(public, asker)):
            return False
        if not 0 <= int.from_bytes(public[2:6], "big") - self.seconds() <= LIFE_SECONDS:
            return False  # later than that: the clock was put back, and what is spent may be forgotten before the salt ends
        if not begins_with_zero_bits(sha256(match[0].encode()).digest(), public[1]):
            return False
        return self.limiter.allow(f"spent:{match[1]}", 1, LIFE_SECONDS).allowed

    def proven(self, request: Request, asker: str) -> bool:
        """Whether a request brings a good answer; it is spent once, whatever the request needs it for."""
        known: bool | None = getattr(request.state, "proven", None)
        if known is None:
            known = request.state.proven = self.accepts(request.headers.get(HEADER), asker)
        return known

    def _tag(self, public: bytes, asker: str) -> bytes:
        return hmac.digest(self.key, public + asker.encode(), "sha256")[:_TAG]


def begins_with_zero_bits(digest: bytes, bits: int) -> bool:
    """Whether a digest begins with so many zero bits."""
    return int.from_bytes(digest, "big") >> (len(digest) * 8 - bits) == 0
