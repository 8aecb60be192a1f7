"""Days and hours as the byte formats count them (docs/formats/ledger.md)."""

from __future__ import annotations

from datetime import date, datetime

_EPOCH = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    """Days since 1970-01-01. Raises ValueError for an earlier day: the formats hold unsigned numbers."""
    number = day.toordinal() - _EPOCH
    if number < 0:
        raise ValueError("days before 1970-01-01 have no number")
    return number


def hour_number(instant: datetime) -> int:
    """Full hours since 1970-01-01T00:00Z, rounded down. The instant must be aware."""
    if instant.tzinfo is None:
        raise ValueError("an aware instant is needed")
    return int(instant.timestamp()) // 3600
