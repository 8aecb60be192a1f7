"""Persons whom a filing names: what is kept of a row so that the person can ask where the certificate is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from certsvc.domain.submission import SubmittedRow


@dataclass(frozen=True, slots=True)
class FiledTitle:
    """Name and title of a filed row, as they were written; `level` is the Chinese word. What is unreadable is None."""

    name: str
    title: str | None
    level: str | None
    series: str | None
    specialty: str | None


@dataclass(frozen=True, slots=True)
class FiledPerson:
    """A row whose name and document number are readable: 序号, number, what is kept beside it.

    `unit_code`: the unified social credit code of the unit that the row names; None where it is unreadable.
    """

    row: int
    id_number: str
    filed: FiledTitle
    unit_code: str | None = None


def persons_of(rows: Iterable[SubmittedRow]) -> Iterator[FiledPerson]:
    """The persons of a filing, whatever becomes of them; a row without readable name or number is nobody's."""
    for row in rows:
        if row.name is not None and row.document is not None:
            level = None if row.level is None else row.level.label
            filed = FiledTitle(row.name, row.title, level, row.series, row.specialty)
            yield FiledPerson(row.number, row.document.number, filed, row.unit_code)
