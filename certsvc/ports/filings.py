"""What the pages over filings need from the world: lists, rows with findings, what is held, what is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from certsvc.domain.filing import FilingStatus, RowCounts
from certsvc.domain.filing_outline import FilingOutline
from certsvc.domain.findings import Finding, Severity
from certsvc.domain.registry import FilingLevel


class DueFilter(StrEnum):
    """Filings with a step that is still to be taken: in time, or with its day over."""

    OPEN = "open"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class FilingScope:
    """Whose filings: `committees` by code, None for all; `offices` that filed for committees nobody registered."""

    committees: frozenset[str] | None
    offices: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FilingQuestion:
    """The filters of a list; `today` decides what is overdue."""

    scope: FilingScope
    today: date
    status: FilingStatus | None = None
    year: int | None = None
    due: DueFilter | None = None


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step that is still to be taken; `level` None: the office corrects the filing."""

    step: int
    level: FilingLevel | None
    office: str | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class ListedFiling:
    """A filing as lists show it. `follows`, `followed_by`: the filings of the same batch before and after it;
    `replaced_by`: the one that took its place as a whole, None where later ones only add to it.

    `open_step`: the first step to be taken, None where none is, or where the filing was replaced.
    """

    id: str
    status: FilingStatus
    batch_ref: str | None
    committee_code: str | None
    announcement_ref: str | None
    file_name: str
    review_year: int | None
    received_at: datetime
    filed_by: str
    filed_from: str | None
    maker: str | None
    approved_at: datetime | None
    checker: str | None
    issue_started_at: datetime | None
    issued_at: datetime | None
    follows: str | None
    followed_by: str | None
    replaced_by: str | None
    rows: RowCounts
    open_step: OpenStep | None


class Outcome(StrEnum):
    """What became of a row."""

    ADMITTED = "admitted"
    HELD = "held"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RowQuestion:
    """The filters of the rows' page; `attention`: only rows that are not admitted, or carry a warning."""

    filing: str
    outcome: Outcome | None = None
    severity: Severity | None = None
    code: str | None = None
    attention: bool = False


@dataclass(frozen=True, slots=True)
class FiledRow:
    """A row with what the gate said of it. Personal: note the look before."""

    number: int
    name: str | None
    outcome: Outcome
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many rows of a filing a rule speaks of; `message` as the first of them says it."""

    code: str
    severity: Severity
    clause: str
    message: str
    rows: int


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A row that waits for a decision. Personal: note the look before."""

    filing: str
    batch_ref: str | None
    committee_code: str | None
    received_at: datetime
    followed_by: str | None
    row: FiledRow


@dataclass(frozen=True, slots=True)
class DueFiling:
    """A step of a filing that is still to be taken."""

    filing: str
    batch_ref: str | None
    committee_code: str | None
    status: FilingStatus
    step: OpenStep


class FilingShelf(Protocol):
    """Filings to be read; nothing is written here. Every question is one of the database, whatever the number of filings."""

    def count(self, question: FilingQuestion) -> int:
        """How many filings the question finds."""
        ...

    def listed(self, question: FilingQuestion, offset: int, most: int) -> tuple[ListedFiling, ...]:
        """They, the newest first."""
        ...

    def by_status(self, question: FilingQuestion) -> Mapping[FilingStatus, int]:
        """How many there are of each status, the question's own status aside."""
        ...

    def find(self, filing: str) -> ListedFiling | None:
        """One filing; None where nothing is stored, or its outline is not made yet."""
        ...

    def header(self, filing: str) -> tuple[tuple[str, str], ...]:
        """Key and text of 批次信息 as filed."""
        ...

    def batch_findings(self, filing: str) -> tuple[Finding, ...]:
        """What was said of the batch as a whole."""
        ...

    def rules_met(self, filing: str) -> tuple[RuleCount, ...]:
        """The rules that speak of rows, what stops most rows first."""
        ...

    def count_rows(self, question: RowQuestion) -> int:
        """How many rows the question finds."""
        ...

    def rows(self, question: RowQuestion, offset: int, most: int) -> tuple[FiledRow, ...]:
        """They, by number. Decrypts names."""
        ...

    def count_held(self, scope: FilingScope, code: str | None) -> int:
        """How many rows are held whose persons were not filed again in the batch; by one rule where `code` is given."""
        ...

    def held(self, scope: FilingScope, code: str | None, offset: int, most: int) -> tuple[HeldRow, ...]:
        """They, the oldest first. Decrypts names."""
        ...

    def held_by_rule(self, scope: FilingScope) -> Sequence[tuple[str, int]]:
        """The rules that hold rows, with how many."""
        ...

    def count_due(self, scope: FilingScope, office: str | None) -> int:
        """How many steps are still to be taken, of one office where given."""
        ...

    def due(self, scope: FilingScope, office: str | None, offset: int, most: int) -> tuple[DueFiling, ...]:
        """They, by the day on which they are due; those without a term last."""
        ...

    def overdue(self, scope: FilingScope, today: date) -> int:
        """How many steps have a day that is over."""
        ...


class OutlineStore(Protocol):
    """Outlines of filings that were received before outlines were kept."""

    def without(self) -> tuple[str, ...]:
        """Filings without an outline, in the order received."""
        ...

    def keep(self, filing: str, outline: FilingOutline, filed_by: str) -> None:
        """Write one; what is there stays."""
        ...
