"""What the items of a record's payload say (docs/formats/qr-record.md): certificate, annotated copy, historical record."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from certverify.errors import RecordUnreadableError
from certverify.strict_cbor import is_uint

DUAL_DIRECTED = 4
CERTIFICATE, ANNOTATED_COPY, HISTORICAL = 1, 2, 3
LONGEST_COPY = timedelta(days=90)
_EPOCH = date(1970, 1, 1)
_MAX_DAYS = (date.max - _EPOCH).days
_COPY_ID = re.compile("J[23456789ABCDEFGHJKMNPQRSTUVWXYZ]{15}")
_REFERENCE = re.compile("H[0-9]{14}[0-9A-Z]")
_ACQUIRED = re.compile("[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
_UNSEEN = (
    (0, 0x1F),
    (0x7F, 0x9F),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
)


@dataclass(frozen=True, slots=True)
class Record:
    """What the authority signed about one certificate version. Codes are those of `tables.json`.

    `validity_area` is the six-digit code of the only county where a dual-directed title counts; None otherwise.
    """

    number: str
    version: int
    slot: int
    name: str
    last4: str
    series: int
    title: int
    level: int
    way: int
    validity_area: str | None
    acquired_on: date

    @property
    def dual_directed(self) -> bool:
        """Whether the title was acquired the dual-directed way 双定向."""
        return self.way == DUAL_DIRECTED


@dataclass(frozen=True, slots=True)
class CopyTerms:
    """For whom and for what an annotated copy 加注件 was made, and the last day it may be used, counted in Shanghai."""

    id: str
    recipient: str
    purpose: str
    ends_on: date

    def ended(self, today: date) -> bool:
        """Whether its last day is over; `today` counted in Shanghai."""
        return today > self.ends_on


@dataclass(frozen=True, slots=True)
class HistoricalRecord:
    """What the authority signed about a title of before this service, in the words of the older papers.

    `acquired` is `1998-06` or `1998-06-15`; `series` and `level` are None where the papers have none; `quality` is A or B.
    """

    reference: str
    version: int
    slot: int
    name: str
    last4: str
    title: str
    series: str | None
    level: str | None
    acquired: str
    quality: str


@dataclass(frozen=True, slots=True)
class Items:
    """What a payload says. All None for a format that this library does not know; `copy` only beside `certificate`."""

    certificate: Record | None = None
    copy: CopyTerms | None = None
    historical: HistoricalRecord | None = None

    @property
    def signed_from(self) -> date | None:
        """The earliest day on which it can have been signed, as far as the items tell; None: they tell nothing.

        A certificate is signed after the title was acquired, a copy at most 90 days before it ends.
        """
        days = [] if self.certificate is None else [self.certificate.acquired_on]
        if self.copy is not None:
            days.append(_before(self.copy.ends_on, LONGEST_COPY))
        return max(days, default=None)


def read_items(fields: list[Any]) -> Items:
    """The items of a payload whose first one is its format. Raises RecordUnreadableError."""
    read = _READERS.get(fields[0])
    return Items() if read is None else read(fields[1:])


def _certificate(items: list[Any]) -> Items:
    return Items(certificate=_record(items))


def _annotated_copy(items: list[Any]) -> Items:
    return Items(certificate=_record(items[:11]), copy=_copy_terms(items[11:]))


def _historical(items: list[Any]) -> Items:
    match items:
        case [
            str(reference), version, slot, str(name), str(last4), str(title), series, level, str(acquired), str(quality)
        ]:  # fmt: skip
            well_formed = (
                _REFERENCE.fullmatch(reference) is not None
                and is_uint(version) and version >= 1 and is_uint(slot)
                and _is_text(name, 1, 50) and _is_text(last4, 4, 4)
                and _is_plain(title, 60)
                and (series is None or _is_plain(series, 30))
                and (level is None or _is_plain(level, 20))
                and _is_month_or_day(acquired)
                and quality in ("A", "B")
            )  # fmt: skip
            if well_formed:
                told = (name, last4, title, series, level, acquired, quality)
                return Items(historical=HistoricalRecord(reference, version, slot, *told))
    raise RecordUnreadableError("not the items of a historical record")


_READERS: Mapping[int, Callable[[list[Any]], Items]] = {
    CERTIFICATE: _certificate,
    ANNOTATED_COPY: _annotated_copy,
    HISTORICAL: _historical,
}


def _record(items: list[Any]) -> Record:
    if len(items) != 11:
        raise RecordUnreadableError("a certificate has 11 items behind the format")
    number, version, slot, name, last4, series, title, level, way, area, acquired = items
    well_formed = (
        _is_text(number, 16, 16)
        and all(map(is_uint, (version, slot, series, title, level, way, acquired)))
        and version >= 1
        and _is_text(name, 1, 50)
        and _is_text(last4, 4, 4)
        and 1 <= level <= 5
        and acquired <= _MAX_DAYS
        and _is_area(area, way)
    )
    if not well_formed:
        raise RecordUnreadableError("an item of the record is malformed")
    area_code = None if area is None else str(area)
    acquired_on = _EPOCH + timedelta(days=acquired)
    return Record(number, version, slot, name, last4, series, title, level, way, area_code, acquired_on)


def _copy_terms(items: list[Any]) -> CopyTerms:
    match items:
        case [str(copy_id), str(recipient), str(purpose), ends_on] if (
            _COPY_ID.fullmatch(copy_id)
            and _is_plain(recipient, 30)
            and _is_plain(purpose, 20)
            and is_uint(ends_on)
            and ends_on <= _MAX_DAYS
        ):
            return CopyTerms(copy_id, recipient, purpose, _EPOCH + timedelta(days=ends_on))
    raise RecordUnreadableError("not the items of an annotated copy")


def _is_text(value: object, shortest: int, longest: int) -> bool:
    return (
        type(value) is str and shortest <= len(value) <= longest and unicodedata.is_normalized("NFC", value)
    )


def _is_plain(value: object, longest: int) -> bool:
    """Words that somebody typed: nothing in them may hide or turn round what stands beside them on a page."""
    if not isinstance(value, str) or not _is_text(value, 1, longest) or value != value.strip():
        return False
    return not any(first <= ord(char) <= last for char in value for first, last in _UNSEEN)


def _is_area(area: object, way: int) -> bool:
    if way != DUAL_DIRECTED:
        return area is None
    return type(area) is int and 100_000 <= area <= 999_999


def _is_month_or_day(text: str) -> bool:
    if _ACQUIRED.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    except ValueError:
        return False
    return True


def _before(day: date, length: timedelta) -> date:
    return day - length if day - date.min >= length else date.min
