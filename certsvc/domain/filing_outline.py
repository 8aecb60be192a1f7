"""The outline 概要 of a filing: what lists, deadlines and the rows' page say of it without opening its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from certsvc.domain.registry import FilingLevel

CORRECTION = 0
"""The step of a refused filing: its office corrects it and files again."""


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step that somebody has to take: a level's receipt (`step` from 1), or CORRECTION (`level` None).

    `office`: six digits, None where the registry does not say it; `due_on`: None where no policy sets a term.
    """

    step: int
    level: FilingLevel | None
    office: str | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class FilingOutline:
    """`header`: key and text of 批次信息 as filed; `names`: row number -> name as filed, where it could be read.

    `filed_from`: the office that filed, six digits, for a committee that is not registered; else None.
    """

    review_year: int | None
    header: tuple[tuple[str, str], ...]
    names: Mapping[int, str]
    steps: tuple[DueStep, ...]
    filed_from: str | None = None
