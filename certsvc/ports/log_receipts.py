"""What was submitted to the log, by whom it was submitted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Submission:
    """Events that stand in the outbox: their commitments in the order in which they were queued, and since when.

    `leaves`: the leaf index of each, None while it has none.
    """

    commitments: tuple[bytes, ...]
    submitted_at: datetime
    leaves: tuple[int | None, ...]


class Submissions(Protocol):
    """Finds submissions."""

    def of_decision(self, decision: str) -> Submission | None:
        """The events of a confirmed decision; None when there are none."""
        ...

    def of_filing(self, filing: str) -> Submission | None:
        """The events of the certificates of a filing; None when there are none."""
        ...
