"""Credit records 诚信档案记录: three years without application after a revocation (吉人社函〔2022〕38号 四（二）)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

CREDIT_YEARS: Final = 3


@dataclass(frozen=True, slots=True)
class CreditRecord:
    """One person's record. Applying is barred from `recorded_on` to the day before `until_on`. Never public."""

    id: str
    decision: str
    slot: int
    recorded_on: date
    until_on: date


def first_free_day(recorded_on: date) -> date:
    """The same day three years later: the first on which the person may apply again.

    29 February has no such day; the period then ends with the month (the last day of February, as 民法典 202 counts), and
    1 March is free.
    """
    year = recorded_on.year + CREDIT_YEARS
    try:
        return recorded_on.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
