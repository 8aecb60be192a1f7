"""What suspicion cases need from the world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from certsvc.domain.caller import Caller
from certsvc.domain.suspicion import CaseClosing, CaseStatus, SuspicionCase, SuspicionReport


@dataclass(frozen=True, slots=True)
class OpenCases:
    """How many cases are not closed, and since when the oldest of them waits; None: there is none."""

    number: int
    oldest_at: datetime | None


class SuspicionStore(Protocol):
    """The cases; what is personal in them is sealed."""

    def open(self, case: SuspicionCase, report: SuspicionReport, kept_since: datetime) -> str:
        """Keep a new case, with its audit entry; its number, or that of the same report since `kept_since`."""
        ...

    def find(self, number: str) -> SuspicionCase | None:
        """A case, without what is personal."""
        ...

    def report_of(self, number: str) -> SuspicionReport | None:
        """What was reported; None once it is forgotten."""
        ...

    def closing_of(self, number: str) -> CaseClosing | None:
        """How it ended, in words; None while it has not, and once they are forgotten."""
        ...

    def listed(self, status: CaseStatus | None, city: str | None) -> tuple[SuspicionCase, ...]:
        """Cases, the oldest first, of one status and of one city where asked."""
        ...

    def assign(self, number: str, to: str, by: Caller, at: datetime) -> SuspicionCase:
        """Say who looks into it; the same again changes nothing. Raises UnknownReference, ConflictError when closed."""
        ...

    def close(self, number: str, closing: CaseClosing, by: Caller, at: datetime) -> SuspicionCase:
        """End a case; the same again changes nothing. Raises UnknownReference, ConflictError when it ended otherwise."""
        ...

    def forget_closed_before(self, before: datetime, at: datetime, most: int) -> int:
        """Delete what is personal in cases closed before an instant, the oldest first; in how many."""
        ...

    def waiting(self) -> OpenCases:
        """What is not closed."""
        ...
