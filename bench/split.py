"""Where the time of one call goes: functions are timed for a while, each without what the timed functions below it take."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

Place = tuple[Any, str]
"""A module or class, and the name of a function in it."""


class Split:
    """Seconds by part; what no part claims is the rest."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._open: list[float] = []

    def timed(self, part: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """The function, its time noted for the part and taken from whatever timed function called it."""
        self.seconds.setdefault(part, 0.0)

        def run(*arguments: Any, **named: Any) -> Any:
            self._open.append(0.0)
            start = time.perf_counter()
            try:
                return work(*arguments, **named)
            finally:
                taken = time.perf_counter() - start
                self.seconds[part] += taken - self._open.pop()
                if self._open:
                    self._open[-1] += taken

        return run


@contextmanager
def watched(parts: Mapping[str, Sequence[Place]]) -> Iterator[Split]:
    """Time the named functions until the end of the block."""
    split = Split()
    kept = [(owner, name, getattr(owner, name)) for places in parts.values() for owner, name in places]
    try:
        for part, places in parts.items():
            for owner, name in places:
                setattr(owner, name, split.timed(part, getattr(owner, name)))
        yield split
    finally:
        for owner, name, original in kept:
            setattr(owner, name, original)


def milliseconds(split: Split, total: float, calls: int) -> dict[str, float]:
    """Milliseconds a call by part, with the rest of `total` seconds."""
    rest = total - sum(split.seconds.values())
    return {part: 1000 * seconds / calls for part, seconds in (*split.seconds.items(), ("rest", rest))}
