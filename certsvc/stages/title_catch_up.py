"""Telling the national title-query platform what happened while it was switched off, in chunks that commit one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from certsvc.ports import Clock
from certsvc.ports.platforms import UntoldTitles

CHUNK: Final = 200


@dataclass(frozen=True, slots=True)
class TitleCatchUp:
    """What catching up needs."""

    titles: UntoldTitles
    clock: Clock

    def run(self) -> Iterator[tuple[int, int]]:
        """Certificates looked at and messages queued so far, after every chunk. Run again, it queues nothing twice."""
        after, looked, queued = "", 0, 0
        while True:
            chunk = self.titles.queue_after(after, CHUNK, self.clock.now())
            if chunk.last is None:
                return
            after, looked, queued = chunk.last, looked + chunk.certificates, queued + chunk.messages
            yield looked, queued
