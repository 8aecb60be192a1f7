"""What checks of whole files need from the world: a place for their rows until they are answered, and for the answers until
they are fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from certsvc.domain.bulk_check import RowQuestion
from certsvc.domain.verification_job import JobCounts, RowOutcome


@dataclass(frozen=True, slots=True)
class JobAsker:
    """Whose job it is, for the log of look-ups: as a LookUp names its asker."""

    key: str
    organisation: str | None = None
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A row to be answered: its position in the job (from 1), its number in the file, its label."""

    position: int
    number: int
    label: str
    question: RowQuestion


@dataclass(frozen=True, slots=True)
class RowResult:
    """The answer to a row: `answer` is the JSON object with its label and `verdict` or `problem`; nothing that was typed."""

    position: int
    outcome: RowOutcome
    answer: bytes


@dataclass(frozen=True, slots=True)
class JobStanding:
    """How a job stands; it is deleted at `ends_at`."""

    id: str
    made_at: datetime
    finished_at: datetime | None
    ends_at: datetime
    counts: JobCounts


@dataclass(frozen=True, slots=True)
class JobChunk:
    """Rows of one job that this process alone works at, until the lease `number` is over.

    `damaged`: positions of rows that cannot be read. Where it cannot be read whose job it is, that is every row: no certificate
    is looked up without a line in its holder's log.
    """

    job: str
    number: int
    asker: JobAsker
    rows: tuple[WaitingRow, ...]
    damaged: tuple[int, ...] = ()


class JobBoard(Protocol):
    """Jobs by the digest of their token."""

    def waiting_rows(self) -> int:
        """How many rows of all jobs wait to be answered."""
        ...

    def make(
        self,
        standing: JobStanding,
        token_digest: bytes,
        asker: JobAsker,
        rows: Sequence[WaitingRow],
        results: Sequence[RowResult],
    ) -> None:
        """Keep a new job in one transaction: the rows that wait, sealed, and those that are answered already."""
        ...

    def standing(self, token_digest: bytes) -> JobStanding | None:
        """How a job stands; None for an unknown token and a deleted job."""
        ...

    def results(
        self, job: str, after: int, most: int, outcomes: Sequence[RowOutcome]
    ) -> tuple[RowResult, ...]:
        """Results with these outcomes behind a position, in the order of the rows, up to the first row that still waits: so
        that whoever goes on from the last one misses none.
        """
        ...

    def remove(self, token_digest: bytes) -> bool:
        """Delete a job with everything of it; whether there was one."""
        ...


class JobWork(Protocol):
    """Jobs as they are worked off."""

    def claim(
        self, now: datetime, until: datetime, most: int, *, organisations_first: bool = False
    ) -> JobChunk | None:
        """Rows of the job that was worked at longest ago, leased by compare-and-set; None while there is nothing to do.

        `organisations_first`: while one of an organisation waits, of those.
        """
        ...

    def finish(self, chunk: JobChunk, results: Sequence[RowResult], now: datetime, ends_at: datetime) -> bool:
        """Store the results, delete their questions and give the lease back, in one transaction.

        False, and nothing changed, when the lease is another's by now or the job is gone. A job whose last row this was is
        finished, and deleted at `ends_at`.
        """
        ...

    def give_back(self, chunk: JobChunk) -> None:
        """End a lease with nothing done."""
        ...

    def delete_ended(self, now: datetime) -> int:
        """Delete the jobs whose time is over; how many."""
        ...
