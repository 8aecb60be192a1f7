"""What tracing a certificate needs from the world."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from certsvc.domain.certificate_trace import LedgerPart, TracedBatch, TracedVersion


class TraceSources(Protocol):
    """What is kept of filings and versions beside their content; only read."""

    def batch(self, filing: str) -> TracedBatch:
        """The filing that a certificate came with. Raises UnknownReference."""
        ...

    def versions(self, number: str) -> tuple[TracedVersion, ...]:
        """The versions of a certificate, oldest first."""
        ...


class TraceLedger(Protocol):
    """The public log as far as it tells of some slots."""

    def part(self, versions: Iterable[TracedVersion]) -> LedgerPart | None:
        """Every event on the versions with its proof, verified; None while the log is not published."""
        ...
