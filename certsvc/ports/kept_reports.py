"""What is kept of verification reports 核验报告, so that whoever holds one on paper can have it confirmed by its code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report as it was given out; the PDF itself is not kept, its SHA-256 (hex) is.

    `certificate`, `version`: what it is about; `qr_text`: the record that was reported on, without prefix; `place`: as asked.
    `ends_on`: its last day in Shanghai. `verdict`: the object of docs/formats/verdict.md that it states.
    """

    number: str
    certificate: str
    version: int
    made_at: datetime
    ends_on: date
    verdict: Mapping[str, Any]
    qr_text: str
    place: str | None
    document_sha256: str | None = None


class ReportBoard(Protocol):
    """Finished reports, for reading only."""

    def find(self, code: str) -> KeptReport | None:
        """The report with this code (its 18 symbols); None for every other one."""
        ...

    def end_of(self, document_sha256: str) -> date | None:
        """The last day of the report with this document (SHA-256 in hex); None for one that is not known."""
        ...


class ReportStore(Protocol):
    """The reports of an office. Every method is one durable transaction."""

    def begin(self, report: KeptReport, code: str) -> None:
        """Write a report down before it is signed; until it is finished nobody finds it."""
        ...

    def finish(self, number: str, document_sha256: str) -> None:
        """Note the digest (hex) of the signed document."""
        ...

    def forget_ended_before(self, day: date, most: int) -> int:
        """Delete reports whose last day lies before a day, `most` at once; how many."""
        ...
