"""What reading older filings' files again needs from the world."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from certsvc.domain.annulment import Citation
from certsvc.domain.submission import SubmittedRow


class ContentsStore(Protocol):
    """What filings cite and whom they admit, and of which filings that is known."""

    def unread(self, after: str, most: int) -> Sequence[str]:
        """Filings whose contents were not read yet, by id, those after the given one, at most so many."""
        ...

    def keep(
        self, filing: str, citations: Sequence[Citation], rows: Sequence[SubmittedRow], at: datetime
    ) -> bool:
        """Write in one transaction what a filing cites, whom it admits of these rows, and that it was read.

        An annulment that was recorded before lists what now turns out to cite its proof. False where another process was
        first.
        """
        ...
