"""Annulled proofs 考试成绩、职业资格被取消 (吉人社函〔2022〕38号 四（六）): titles that rest on one need a person's decision."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from certsvc.domain.decision import DecisionStatus
from certsvc.domain.decision_text import (
    LONGEST_GROUND,
    LONGEST_REFERENCE,
    holds_id_number,
    require_words,
)
from certsvc.domain.submission import SubmittedRow
from certsvc.errors import ConflictError, RequestError

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


class AnnulmentStep(StrEnum):
    """What a step does: annuls a proof, or lifts an annulment that was wrong."""

    ANNUL = "annul"
    LIFT = "lift"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return "取消" if self is AnnulmentStep.ANNUL else "撤销取消"


@dataclass(frozen=True, slots=True)
class Annulment:
    """One step as proposed. `reference`: the proof's number as it was given; `document_ref`: the document that annuls it,
    or that lifts the annulment named in `lifts`.
    """

    step: AnnulmentStep
    kind: ProofKind
    reference: str
    document_ref: str
    decided_on: date
    ground: str
    lifts: str | None = None


@dataclass(frozen=True, slots=True)
class StoredAnnulment:
    """A step as it is kept. `confirmed_at` is set exactly when it is confirmed; `checker` too, but for annulments of the
    time when one person recorded them. `lifted`: a confirmed step ended this one.
    """

    id: str
    annulment: Annulment
    status: DecisionStatus
    maker: str
    proposed_at: datetime
    checker: str | None
    confirmed_at: datetime | None
    lifted: bool


def annulment(
    kind: ProofKind, reference: str, document_ref: str, decided_on: date, ground: str, today: date
) -> Annulment:
    """An annulment that may be proposed. Raises RequestError for words that are empty, too long or hold an ID number,
    and for a day to come.
    """
    number = require_words(reference, "证明编号", LONGEST_REFERENCE)
    document, grounds = _words(document_ref, decided_on, ground, today)
    return Annulment(AnnulmentStep.ANNUL, kind, number, document, decided_on, grounds)


def lifting(
    annulled: StoredAnnulment, document_ref: str, decided_on: date, ground: str, today: date
) -> Annulment:
    """The step that lifts an annulment in force. Raises ConflictError when it is not confirmed, RequestError as above and
    for a day before the annulment's.
    """
    known = annulled.annulment
    if known.step is not AnnulmentStep.ANNUL or annulled.status is not DecisionStatus.CONFIRMED:
        raise ConflictError("只有已确认的取消可以撤销；尚未确认的请撤回。请核对编号。")
    if decided_on < known.decided_on:
        raise RequestError("撤销取消的日期不能早于取消的日期。请核对决定文书上的日期。")
    document, grounds = _words(document_ref, decided_on, ground, today)
    return replace(
        known,
        step=AnnulmentStep.LIFT,
        document_ref=document,
        decided_on=decided_on,
        ground=grounds,
        lifts=annulled.id,
    )


def _words(document_ref: str, decided_on: date, ground: str, today: date) -> tuple[str, str]:
    if decided_on > today:
        raise RequestError("决定日期不能晚于今天。请核对取消文书上的日期。")
    document = _without_id_number(document_ref, "决定文号", LONGEST_REFERENCE)
    return document, _without_id_number(ground, "理由", LONGEST_GROUND)


def _without_id_number(text: str, what: str, longest: int) -> str:
    words = require_words(text, what, longest)
    if holds_id_number(words):
        raise RequestError(f"{what}不公开，但请不要写身份证件号码。请删除后重试。")
    return words


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
