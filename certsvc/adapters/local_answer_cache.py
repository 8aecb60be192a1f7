"""Answers kept in the memory of one process."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from certsvc.ports.sharing import VersionedAnswer

GREATEST_AGE_SECONDS = 2.0
MOST_KEYS = 50_000


@dataclass(slots=True)
class _Place:
    """What is known of a key: its newest version, and the answer of that version with the end of its time."""

    version: int
    body: bytes | None = None
    until: float = 0.0


class AnswerShelf:
    """Versions and answers by key, safe for threads. Beyond 50,000 keys the one used longest ago is forgotten."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._places: OrderedDict[str, _Place] = OrderedDict()
        self._lock = Lock()

    def find(self, key: str) -> VersionedAnswer | None:
        """The answer whose time has not ended."""
        with self._lock:
            place = self._places.get(key)
            if place is None or place.body is None or place.until <= self._monotonic():
                return None
            self._places.move_to_end(key)
            return VersionedAnswer(place.version, place.body)

    def keep(self, key: str, answer: VersionedAnswer, until: float) -> bool:
        """Keep an answer until an instant; False when a newer version is known."""
        with self._lock:
            place = self._place(key, answer.version)
            if place.version > answer.version:
                return False
            place.body, place.until = answer.body, until
            return True

    def outdate(self, key: str, version: int) -> None:
        """Forget answers older than a version, and keep none from now on."""
        with self._lock:
            self._place(key, version)

    def forget_answers(self) -> None:
        """Forget every answer; versions stay known."""
        with self._lock:
            for place in self._places.values():
                place.body = None

    def _place(self, key: str, version: int) -> _Place:
        """The place of a key, emptied when the version is newer than what it holds."""
        place = self._places.get(key)
        if place is None or place.version < version:
            place = self._places[key] = _Place(version)
        self._places.move_to_end(key)
        if len(self._places) > MOST_KEYS:
            self._places.popitem(last=False)
        return place


class LocalAnswerCache:
    """ports.AnswerCache for one process: what other processes change is seen after two seconds at most."""

    def __init__(
        self, *, greatest_age: float = GREATEST_AGE_SECONDS, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._monotonic = monotonic
        self._greatest_age = greatest_age
        self._shelf = AnswerShelf(monotonic)
        self.changes = 0

    def answer(self, key: str, load: Callable[[], VersionedAnswer]) -> VersionedAnswer:
        """The kept answer, or what `load` reads now."""
        found = self._shelf.find(key)
        if found is not None:
            return found
        began = self._monotonic()  # an answer is as old as the beginning of its reading
        loaded = load()
        if self._shelf.keep(key, loaded, began + self._greatest_age):
            return loaded
        return load()  # changed while it was read

    def changed(self, key: str, version: int) -> None:
        """The row has this version now."""
        self._shelf.outdate(key, version)
        self.changes += 1
