"""Steps that begin at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from certsvc.errors import ConflictError

Answer = TypeVar("Answer")


def at_once(steps: Sequence[Callable[[], Answer]]) -> list[Answer | ConflictError]:
    """Run the steps in threads that start together; a conflict is an answer, every other failure is raised."""
    start = Barrier(len(steps))

    def run(step: Callable[[], Answer]) -> Answer | ConflictError:
        start.wait()
        try:
            return step()
        except ConflictError as conflict:
            return conflict

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))
