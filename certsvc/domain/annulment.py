"""Annulled proofs 考试成绩、职业资格被取消 (吉人社函〔2022〕38号 四（六）): titles that rest on one need a person's decision."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from certsvc.domain.submission import SubmittedRow

CITING_COLUMNS = ("考试合格证明编号", "依据文号")
"""The columns of 汇总表 in which a row cites a proof."""


class ProofKind(StrEnum):
    """What was annulled."""

    EXAMINATION = "examination"
    QUALIFICATION = "qualification"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return "考试成绩" if self is ProofKind.EXAMINATION else "职业资格"


@dataclass(frozen=True, slots=True)
class Annulment:
    """One annulled proof. `reference`: its number as it was given; `document_ref`: the document that annuls it."""

    id: str
    kind: ProofKind
    reference: str
    document_ref: str
    decided_on: date
    ground: str
    actor: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Citation:
    """A row that cites a proof, in one of the citing columns."""

    row: int
    column: str
    reference: str


def citations_of(rows: Iterable[SubmittedRow]) -> Iterator[Citation]:
    """Every proof that the rows cite."""
    for row in rows:
        for column, reference in zip(CITING_COLUMNS, (row.exam_ref, row.basis_ref), strict=True):
            if reference is not None:
                yield Citation(row.number, column, reference)


def plain_reference(reference: str) -> str:
    """The number of a proof for comparing: one width, capital letters, no spaces."""
    return "".join(unicodedata.normalize("NFKC", reference).split()).upper()
