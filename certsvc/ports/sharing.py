"""What several processes share and may lose at any moment: in Redis, or each process for itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whether a request may go on: how many more may follow at once, and how long to wait when it may not."""

    allowed: bool
    remaining: int
    wait_seconds: int


NEVER_FORGOTTEN: Final = frozenset({"guess", "spent", "bought"})
"""Purposes whose keys a limiter keeps as long as anything is owed, whatever else it is asked: guesses at a number, proofs of
work that were spent, and what was bought with them. Where there is no room for another one, it is refused."""


def purpose_of(key: str) -> str:
    """What a key is limited for: what stands before its first colon."""
    return key.partition(":")[0]


class RateLimiter(Protocol):
    """Keeps a key (an address, a partner) to so many requests in a time. A key begins with its purpose and a colon."""

    def allow(self, key: str, limit: int, per_seconds: int, count: int = 1) -> Allowance:
        """Count one request. At most `limit` at once, and `limit` in any `per_seconds` once these are used up.

        One that stands for many (`count`) goes on where a single one would, and keeps the next ones waiting the longer;
        with `count` 0 nothing is counted, the answer tells how things stand.
        """
        ...


def wait_for_one(limiter: RateLimiter, key: str, limit: int, per_seconds: int) -> int:
    """Seconds until one more request would be let through, 0 for at once; counts nothing."""
    allowance = limiter.allow(key, limit, per_seconds, 0)
    if allowance.allowed and allowance.remaining:
        return 0
    return allowance.wait_seconds + -(-per_seconds // limit)


@dataclass(frozen=True, slots=True)
class VersionedAnswer:
    """An answer with the version of the row that it was made from; versions only grow."""

    version: int
    body: bytes


class AnswerCache(Protocol):
    """Answers that were given a moment ago: at most two seconds, and none that is known to be outdated."""

    def answer(self, key: str, load: Callable[[], VersionedAnswer]) -> VersionedAnswer:
        """The kept answer, or what `load` reads now. An older version never takes the place of a newer one."""
        ...

    def changed(self, key: str, version: int) -> None:
        """Say, after the commit, that the row has this version now: older answers are given no more."""
        ...

    @property
    def changes(self) -> int:
        """Grows with every change that was told here or heard of from another process."""
        ...


class WakeUps(Protocol):
    """Tells those who wait for work that there is some. Nobody may rely on it: who waits looks again in the end."""

    def announce(self) -> None:
        """Say, after the commit, that there is work. Never fails."""
        ...

    def wait(self, seconds: float) -> None:
        """Come back when work was announced since the last waiting ended, and after so many seconds in any case."""
        ...
