"""Credit records 诚信档案记录: three years without application after a revocation (吉人社函〔2022〕38号 四（二）)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

CREDIT_YEARS: Final = 3


class CreditStart(StrEnum):
    """The day from which the three years count: of the record, or of the decision. The notice does not say which."""

    RECORDED = "recorded"
    DECIDED = "decided"

    def day(self, *, decided_on: date, recorded_on: date) -> date:
        """That day of one record."""
        return decided_on if self is CreditStart.DECIDED else recorded_on


class CreditStanding(StrEnum):
    """Where a record stands on a day: it bars, it is over, or a reinstatement withdrew it."""

    ACTIVE = "active"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return _STANDINGS[self]


_STANDINGS: Final = {
    CreditStanding.ACTIVE: "记录期内",
    CreditStanding.ENDED: "记录期满",
    CreditStanding.WITHDRAWN: "已撤回",
}


@dataclass(frozen=True, slots=True)
class CreditRecord:
    """One person's record. Applying is barred from `recorded_on` to the day before `until_on`. Never public."""

    id: str
    decision: str
    slot: int
    recorded_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class CreditHistory:
    """A record with what became of it. `ended_on`: noted by the background work; the bar ended by itself that day."""

    record: CreditRecord
    withdrawn_on: date | None
    ended_on: date | None

    def standing(self, on: date) -> CreditStanding:
        """Where the record stands on a day; by the dates alone, whether or not anybody noted the end."""
        if self.withdrawn_on is not None and self.withdrawn_on <= on:
            return CreditStanding.WITHDRAWN
        return CreditStanding.ENDED if on >= self.record.until_on else CreditStanding.ACTIVE


@dataclass(frozen=True, slots=True)
class CreditHolder:
    """What a record says of its person and of the decision that opened it: for the province's eyes."""

    name: str
    id_kind: str
    id_number: str
    number: str
    document_ref: str
    decided_on: date
    ground: str


def first_free_day(counted_from: date) -> date:
    """The same day three years later: the first on which the person may apply again.

    29 February has no such day; the period then ends with the month (the last day of February, as 民法典 202 counts), and
    1 March is free.
    """
    year = counted_from.year + CREDIT_YEARS
    try:
        return counted_from.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
