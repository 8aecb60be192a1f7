"""What telling a person of titles under way needs from the world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from certsvc.domain.filed_person import FiledPerson
from certsvc.domain.under_way import AnnouncedRow, FiledRow
from certsvc.domain.unit_people import UnitRow, UnitState


@dataclass(frozen=True, slots=True)
class UnitQuestion:
    """Whose people (unified social credit code), of which review year, standing how; None: not narrowed."""

    unit: str
    year: int | None = None
    state: UnitState | None = None


class FiledRows(Protocol):
    """The filed rows of a person, found by the keyed digest of the document's number, for reading only."""

    def of_person(self, id_numbers: Sequence[str]) -> tuple[FiledRow, ...]:
        """The rows of filings that name the person, the newest filing first; normally none or a few."""
        ...


class AnnouncedPersons(Protocol):
    """The announced lists that name a person by the whole number of the document, for reading only."""

    def unfiled(self, id_numbers: Sequence[str]) -> tuple[AnnouncedRow, ...]:
        """The rows of lists in force that no filing names the person for, the newest list first."""
        ...


class FiledPersons(Protocol):
    """Whom filings name, and of which filings that is known."""

    def unread(self, after: str, most: int) -> Sequence[str]:
        """Filings whose persons were not read yet, by id, those after the given one, at most so many."""
        ...

    def keep(self, filing: str, persons: Sequence[FiledPerson]) -> bool:
        """Write in one transaction whom a stored filing names, and that it was read; False where that was known."""
        ...


class UnitRows(Protocol):
    """The filed rows that name a unit, for reading only; what was filed again stands in the later filing alone."""

    def by_state(self, question: UnitQuestion) -> Mapping[UnitState, int]:
        """How many rows of the unit stand how, the question's own state aside."""
        ...

    def rows(self, question: UnitQuestion, offset: int, most: int) -> Sequence[UnitRow]:
        """Some of them, the newest filing first. Personal: note the look before they are shown."""
        ...
