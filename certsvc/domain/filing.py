"""A filing 备案 as the service keeps it: identity, state, and what the gate said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from certsvc.domain.admission import Admission, Examination, Hold, Refusal
from certsvc.domain.annulment import Citation
from certsvc.domain.facts import PassedBefore
from certsvc.domain.filed_person import FiledPerson
from certsvc.domain.filing_outline import FilingOutline
from certsvc.domain.findings import Finding, stops


class FilingStatus(StrEnum):
    """Where a filing stands. `refused`: an error of the header stopped it as a whole."""

    REFUSED = "refused"
    EXAMINED = "examined"
    APPROVED = "approved"
    ISSUED = "issued"


@dataclass(frozen=True, slots=True)
class RowCounts:
    """How many persons the filing names and what became of them; the parts sum to the total."""

    total: int
    admitted: int
    held: int
    refused: int


@dataclass(frozen=True, slots=True)
class FilingReport:
    """What the filing clerk is told: `filing` is the identity, made of the file's digest."""

    filing: str
    status: FilingStatus
    rows: RowCounts
    findings: tuple[Finding, ...]


def filing_id(digest: str) -> str:
    """The identity of a filing, from the SHA-256 (hex) of its file: the same file twice is one filing."""
    return f"F{digest[:15].upper()}"


@dataclass(frozen=True, slots=True)
class StoredFiling:
    """What is kept of a filing besides rows and findings."""

    id: str
    status: FilingStatus
    rule_set: str
    registry_digest: str
    maker: str | None
    checker: str | None
    approved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExaminedFiling:
    """A filing as it is stored after the gate: the file, what it was examined under, and the outcome.

    `facts` is the snapshot of what the gate knew (canonical JSON): examining the file again under the same rule set
    and facts gives the same outcome. `passed`: the persons admitted, by unit and level, for what supplements it.
    `persons`: whom it names, whatever becomes of them.
    """

    id: str
    digest: str
    file_name: str
    raw_file: bytes
    batch_ref: str | None
    committee_code: str | None
    announcement_ref: str | None
    registry_digest: str
    facts: bytes
    examination: Examination
    received_at: datetime
    citations: tuple[Citation, ...] = ()
    passed: tuple[PassedBefore, ...] = ()
    outline: FilingOutline | None = None
    persons: tuple[FiledPerson, ...] = ()

    @property
    def status(self) -> FilingStatus:
        """Refused when the header has an error; the rows alone never refuse a filing."""
        return FilingStatus.REFUSED if stops(self.examination.header_findings) else FilingStatus.EXAMINED

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything the gate said: the header first, then row by row."""
        rows = (finding for outcome in self.examination.outcomes for finding in outcome.findings)
        return (*self.examination.header_findings, *rows)


def row_counts(examination: Examination) -> RowCounts:
    """The counts of an examination; a header error lets nobody through."""
    outcomes = examination.outcomes
    admitted = sum(isinstance(o, Admission) for o in outcomes)
    held = sum(isinstance(o, Hold) for o in outcomes)
    refused = sum(isinstance(o, Refusal) for o in outcomes)
    if stops(examination.header_findings):
        admitted, refused = 0, admitted + refused
    return RowCounts(len(outcomes), admitted, held, refused)
