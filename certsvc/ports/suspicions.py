"""What suspicion cases need from the world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from certsvc.domain.caller import Caller
from certsvc.domain.suspicion import (
    CaseClosing,
    CaseKind,
    CaseOpinion,
    CaseStatus,
    SuspicionCase,
    SuspicionReport,
)


@dataclass(frozen=True, slots=True)
class OpenCases:
    """How many cases are not closed, and since when the oldest of them waits; None: there is none."""

    number: int
    oldest_at: datetime | None


class SuspicionStore(Protocol):
    """The cases; what is personal in them is sealed."""

    def open(
        self, case: SuspicionCase, report: SuspicionReport, kept_since: datetime, by: Caller | None = None
    ) -> str:
        """Keep a new case, with its audit entry; its number, or that of the same report since `kept_since`.

        `by`: the official who enters it, None for a reporter.
        """
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

    def page(
        self, kind: CaseKind | None, status: CaseStatus | None, city: str | None, most: int, skip: int
    ) -> tuple[tuple[SuspicionCase, ...], int]:
        """One page of cases, what is not closed first, the oldest of it first; and how many there are."""
        ...

    def opinion_of(self, number: str) -> CaseOpinion | None:
        """What the officials think so far; None where nobody has said, and once it is forgotten."""
        ...

    def think(self, number: str, words: str, by: Caller, at: datetime) -> None:
        """Write an opinion, in place of the one before. Raises UnknownReference, ConflictError when the case is closed."""
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
