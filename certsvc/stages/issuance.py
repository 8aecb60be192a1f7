"""The whole corridor for one filing, resumable at every step: draft, seal, record, release.

Each step works in chunks and remembers itself; a killed run is run again and makes nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

from certsvc.domain.filing import FilingReport
from certsvc.ports import CertificateStore, Clock, FilingStore
from certsvc.ports.operations import Turns
from certsvc.stages.issue import Issuing
from certsvc.stages.sign import Sealing

CHUNK = 500
SMALL_CHUNK = 50

Progress = Callable[[str, int], None]
"""Called after every chunk with the step's name (draft, seal, record, publish) and how many it moved."""


@dataclass(frozen=True, slots=True)
class Issuance:
    """The stages joined; one process of a machine at a time is at a filing.

    `record` drains the outbox into the ledger, `release` publishes what it holds. `require_own_history` asks the guard
    of the log before anything is drafted or signed: what cannot be logged is not signed either.
    """

    filings: FilingStore
    certificates: CertificateStore
    clock: Clock
    issuing: Issuing
    sealing: Sealing
    record: Callable[[], int]
    release: Callable[[str], int]
    turns: Turns
    require_own_history: Callable[[], None]

    def run(self, filing: str, progress: Progress | None = None) -> FilingReport:
        """Bring every admitted person of an approved filing to a published certificate."""
        progress = progress or _silent
        with self.turns.turn(filing, wait=True):
            for step, moved in self._chunks(filing, CHUNK):
                progress(step, moved)
        return self.filings.report(filing)

    def resume(self, filing: str) -> Generator[tuple[str, int], None, None]:
        """The same in small chunks, each told after it is done: between two of them the work may be left.

        Nothing happens when another process is at the filing.
        """
        with self.turns.turn(filing, wait=False) as mine:
            if mine:
                yield from self._chunks(filing, SMALL_CHUNK)

    def _chunks(self, filing: str, size: int) -> Generator[tuple[str, int], None, None]:
        steps: dict[str, Callable[[], int]] = {
            "draft": lambda: self.issuing.draft(filing, size),
            "seal": lambda: self.sealing.seal(filing, size),
            "record": self.record,
            "publish": lambda: self.release(filing),
        }
        self.require_own_history()
        for step, work in steps.items():
            while moved := work():
                yield step, moved
        self.filings.finish_issue(filing, self.clock.now())


def _silent(_step: str, _count: int) -> None:
    """Nobody watches."""
