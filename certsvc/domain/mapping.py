"""Mapping statements 对应职称 (双贯通): what a professional qualification corresponds to, without review and certificate.

吉人社函〔2022〕38号 一（一）2: who holds a qualification of the correspondence list has the title of that series and level and
is not reviewed once more; 五（一） promises certificates to titles by review alone, so there is none for this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from certsvc.domain.identity import IdDocument
from certsvc.domain.levels import Level

WORDING: Final = "对应职称（依据职业资格）"
NO_CERTIFICATE: Final = "本说明不是职称评审证书，没有职称证书编号；每次查询时重新核对对应目录和职业资格。"


class QualificationStanding(StrEnum):
    """How a qualification certificate stands, as far as somebody who knows could be asked."""

    IN_FORCE = "in_force"
    ANNULLED = "annulled"
    UNKNOWN_CERTIFICATE = "unknown_certificate"
    NOT_ESTABLISHED = "not_established"


@dataclass(frozen=True, slots=True)
class Qualification:
    """A professional qualification 职业资格 as its certificate names it; `grade` is None where it has none."""

    name: str
    grade: str | None
    certificate_ref: str
    obtained_on: date


@dataclass(frozen=True, slots=True)
class Correspondence:
    """One line of the list: this qualification is this title, from `from_on` to `until_on` (None: open), both included."""

    qualification: str
    grade: str | None
    series: int
    level: Level
    title: int
    from_on: date
    until_on: date | None

    def in_force(self, on: date) -> bool:
        """True on the days of the line."""
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)


@dataclass(frozen=True, slots=True)
class CorrespondenceList:
    """The correspondence list 对应目录 of a document. `example`: made up for tests and demonstrations."""

    document: str
    example: bool
    entries: tuple[Correspondence, ...]

    def line_for(self, name: str, grade: str | None, on: date) -> Correspondence | None:
        """The line in force on a day; None where the qualification corresponds to no title then."""
        return next(
            (
                one
                for one in self.entries
                if (one.qualification, one.grade) == (name, grade) and one.in_force(on)
            ),
            None,
        )


@dataclass(frozen=True, slots=True)
class MappingStatement:
    """A statement as it is kept: who, and by which qualification. What it corresponds to is looked up at every question."""

    reference: str
    name: str
    document: IdDocument
    qualification: Qualification
    maker: str
    made_at: datetime
