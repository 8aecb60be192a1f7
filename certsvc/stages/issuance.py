"""The whole corridor for one filing, resumable at every step: draft, seal, record, release.

Each step works in chunks and remembers itself; a killed run is run again and makes nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from certsvc.domain.filing import FilingReport
from certsvc.ports import CertificateStore, Clock, FilingStore
from certsvc.stages.issue import Issuing
from certsvc.stages.sign import Sealing

CHUNK = 500

Progress = Callable[[str, int], None]
"""Called after every chunk with the step's name (draft, seal, record, publish) and how many it moved."""


@dataclass(frozen=True, slots=True)
class Issuance:
    """The stages joined. `record` drains the outbox into the ledger, `release` publishes what it holds."""

    filings: FilingStore
    certificates: CertificateStore
    clock: Clock
    issuing: Issuing
    sealing: Sealing
    record: Callable[[], int]
    release: Callable[[str], int]

    def run(self, filing: str, progress: Progress | None = None) -> FilingReport:
        """Bring every admitted person of an approved filing to a published certificate."""
        progress = progress or _silent
        steps: dict[str, Callable[[], int]] = {
            "draft": lambda: self.issuing.draft(filing, CHUNK),
            "seal": lambda: self.sealing.seal(filing, CHUNK),
            "record": self.record,
            "publish": lambda: self.release(filing),
        }
        for step, work in steps.items():
            while moved := work():
                progress(step, moved)
        self.filings.finish_issue(filing, self.clock.now())
        return self.filings.report(filing)


def _silent(_step: str, _count: int) -> None:
    """Nobody watches."""
