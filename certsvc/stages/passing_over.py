"""Background work goes on past what is damaged: the fault of one object is written down, and the next one is done.

What fails as a whole for the moment (UnavailableError, ConflictError) and what stops the line (KeysChangedError,
OlderDatabase) is nobody's own fault and goes through.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from certsvc.errors import ConflictError, KeysChangedError, OlderDatabase, UnavailableError
from certsvc.ports import Clock
from certsvc.ports.background import FaultBook, FilledChunk

STOPS_THE_LINE: Final = (KeysChangedError, OlderDatabase)
_NOBODYS_OWN: Final = (UnavailableError, ConflictError, *STOPS_THE_LINE)
_LONGEST_FAULT: Final = 64
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FaultNotes:
    """Where faults are written down."""

    book: FaultBook
    clock: Clock

    def round(self, work: str) -> FaultRound:
        """One run of a work over everything that it finds."""
        return FaultRound(self, work, self.book.known(work))

    def note(self, work: str, subject: str, fault: Exception) -> None:
        """Write a fault down and log it, by its type: its words may quote what somebody filed."""
        _log.error("%s passes over one that is damaged, see /console/jobs", work, exc_info=fault)
        self.book.note(work, subject, type(fault).__name__[:_LONGEST_FAULT], self.clock.now())


class FaultRound:
    """What was passed over in one run."""

    def __init__(self, notes: FaultNotes, work: str, known: frozenset[str]) -> None:
        self._notes, self._work, self._known = notes, work, known
        self._failed: set[str] = set()

    @contextmanager
    def trying(self, subject: str) -> Iterator[None]:
        """What fails inside is written down, and not raised."""
        try:
            yield
        except _NOBODYS_OWN:
            raise
        except Exception as fault:
            self.failed(subject, fault)

    def failed(self, subject: str, fault: Exception) -> None:
        """Write down what was passed over."""
        self._failed.add(subject)
        self._notes.note(self._work, subject, fault)

    def ended(self) -> None:
        """Everything was gone through: what did not fail this time is well again."""
        self._notes.book.forget(self._work, self._known - self._failed)


_Fill = Callable[[tuple[str, int] | None, int], FilledChunk]


def fill_in_chunks(fill: _Fill, most: int, faults: FaultRound, stopping: Callable[[], bool]) -> int:
    """Go through everything that lacks something, or until `stopping`; how many got it."""
    count, after = 0, None
    while not stopping():
        chunk = fill(after, most)
        for subject, fault in chunk.faults.items():
            faults.failed(subject, fault)
        count += chunk.done
        after = chunk.last
        if after is None:
            faults.ended()
            break
    return count


def do_each(works: Iterable[Callable[[], object]], stopping: Callable[[], bool]) -> None:
    """Do one work after the other, until `stopping`. Of those that fail, the first is raised when the others are done."""
    first: Exception | None = None
    for work in works:
        if stopping():
            break
        try:
            work()
        except STOPS_THE_LINE:
            raise
        except Exception as fault:
            first = first or fault
    if first is not None:
        raise first
