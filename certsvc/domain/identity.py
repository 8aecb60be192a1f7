"""Identity documents 证件 of holders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

_LONG: Final = 18  # characters: the first six are a place and tell nobody from the neighbours


class IdKind(StrEnum):
    """Kinds of identity document the intake accepts; the value is the word in the workbook (证件类型)."""

    CITIZEN = "居民身份证"
    HK_MACAO_TAIWAN_RESIDENCE = "港澳台居民居住证"
    FOREIGN_PERMANENT_RESIDENCE = "外国人永久居留身份证"
    PASSPORT = "护照"
    HK_MACAO_TRAVEL = "港澳居民来往内地通行证"
    TAIWAN_TRAVEL = "台湾居民来往大陆通行证"


@dataclass(frozen=True, slots=True)
class IdDocument:
    """A checked identity document. `born_on` and `male` are what the number itself says, where it does."""

    kind: IdKind
    number: str
    born_on: date | None = None
    male: bool | None = None

    @property
    def last4(self) -> str:
        """The last four characters, the only part that ever leaves the service."""
        return self.number[-4:]

    def printed(self, *, whole: bool) -> str:
        """The number as a certificate shows it: whole, or the last four characters (of eighteen the first six too)."""
        if whole:
            return self.number
        first = 6 if len(self.number) == _LONG else 0
        return self.number[:first] + "*" * (len(self.number) - first - 4) + self.number[-4:]
