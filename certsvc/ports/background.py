"""What waits in the background, as those who keep the service see it: counts and times, never what is inside."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many wait, the oldest since then (None: none waits)."""

    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class LeafTime:
    """When the event of a leaf was submitted."""

    index: int
    at: datetime


@dataclass(frozen=True, slots=True)
class IssueStanding:
    """One filing under issue: certificates so far by state (`drafted`, `sealed`, `logged`, `published`)."""

    filing: str
    states: dict[str, int]

    @property
    def published(self) -> int:
        """Certificates that everybody can check."""
        return self.states.get("published", 0)

    @property
    def total(self) -> int:
        """Certificates that were drafted."""
        return sum(self.states.values())


@dataclass(frozen=True, slots=True)
class Refused:
    """One refusal that the audit trail keeps: who, as what, which action (without `.refused`), of which object."""

    position: int
    at: datetime
    actor: str
    role: str
    action: str
    object: str


@dataclass(frozen=True, slots=True)
class RefusedPage:
    """Refusals among the newest entries of the audit trail: counts by action, and one page of them, newest first."""

    counts: dict[str, int]
    total: int
    shown: tuple[Refused, ...]


class BackgroundBoard(Protocol):
    """Reads what waits; every method is one short reading."""

    def unlogged(self) -> Waiting:
        """Events without a leaf."""
        ...

    def leaf_times(self, size: int, most: int) -> tuple[LeafTime, ...]:
        """When leaves were submitted, at most so many, evenly spread over a log of `size`; oldest first."""
        ...

    def questions(self) -> Waiting:
        """Files of questions that are not answered to their end."""
        ...

    def question_rows(self) -> int:
        """Rows of these files that have no answer yet."""
        ...

    def issues(self, filings: tuple[str, ...]) -> tuple[IssueStanding, ...]:
        """How far the issues of filings are."""
        ...


class RefusalBoard(Protocol):
    """The refusals of the audit trail."""

    def refused(self, among: int, action: str | None, offset: int, most: int) -> RefusedPage:
        """Refusals among the newest so many entries, of one action where asked."""
        ...


@dataclass(frozen=True, slots=True)
class BackgroundFault:
    """What a background work passed over: `subject`, the certificate's or filing's number, "" the work as a whole.

    `fault` is the kind of the failure, never its words; `since_at` the first attempt, `failed_at` the newest.
    """

    work: str
    subject: str
    fault: str
    attempts: int
    since_at: datetime
    failed_at: datetime


class FaultBook(Protocol):
    """What the background work passed over, kept until it is well again."""

    def note(self, work: str, subject: str, fault: str, at: datetime) -> None:
        """Write a fault down, or count it once more."""
        ...

    def known(self, work: str) -> frozenset[str]:
        """What of a work is noted."""
        ...

    def forget(self, work: str, subjects: Collection[str]) -> None:
        """Strike out what is well again."""
        ...

    def counts(self) -> Mapping[str, int]:
        """How many of each work are noted."""
        ...

    def newest(self, most: int) -> tuple[BackgroundFault, ...]:
        """The faults that were met last, at most so many."""
        ...


@dataclass(frozen=True, slots=True)
class FilledChunk:
    """Certificate versions that were gone through at once: how many got what they lacked, which could not, and why.

    `last`: number and version to go on behind; None: there were no more.
    """

    last: tuple[str, int] | None
    done: int
    faults: Mapping[str, Exception]
