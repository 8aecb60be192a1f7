"""Numbers of identity documents: normal form, check character, birth date, sex, and the 15-digit upgrade.

Source: GB 11643 for citizen numbers; 港澳台居民居住证申领发放办法 art. 3 for the prefixes of residence permits.
The first six digits are never judged: they name the place of first registration, which may be gone today.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from operator import mul
from typing import assert_never

from certsvc.domain.identity import IdDocument, IdKind

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_WEIGHT_OF_ZEROS = ord("0") * sum(_WEIGHTS)
_CHECK_CHARACTERS = "10X98765432"
_FULL_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)}
_APOSTROPHES = "'’‘＇`"
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]{1,3}")
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_FIFTEEN = re.compile(r"[0-9]{15}")
_OLD_FOREIGN = re.compile(r"[A-Z]{3}[0-9]{12}")
_PASSPORT = re.compile(r"[A-Z0-9]{5,17}")
_HK_MACAO_TRAVEL = re.compile(r"[HM](?:[0-9]{8}|[0-9]{10})")
_TAIWAN_TRAVEL = re.compile(r"[0-9]{8}(?:[0-9]{2})?")
_RESIDENCE_PREFIXES = ("810000", "820000", "830000")


class IdFlaw(Enum):
    """What may be wrong, or was put right, with a written number."""

    APOSTROPHE = auto()  # put right
    FULL_WIDTH = auto()  # put right
    LOWER_CASE = auto()  # put right
    FIFTEEN_DIGITS = auto()  # upgraded, to be confirmed
    PRECISION_SUSPECT = auto()  # ends in 000 and passes the check by chance
    SCIENTIFIC = auto()
    LETTER_O = auto()
    LENGTH = auto()
    SHAPE = auto()
    CHECK_CHARACTER = auto()
    PRECISION_LOST = auto()
    IMPOSSIBLE_BIRTH = auto()
    RESIDENCE_PREFIX = auto()
    FOREIGN_SHAPE = auto()
    FOREIGN_AS_CITIZEN = auto()
    RESIDENCE_AS_CITIZEN = auto()
    PASSPORT_SHAPE = auto()
    TRAVEL_PERMIT_SHAPE = auto()


_HARMLESS = frozenset(
    {
        IdFlaw.APOSTROPHE,
        IdFlaw.FULL_WIDTH,
        IdFlaw.LOWER_CASE,
        IdFlaw.FIFTEEN_DIGITS,
        IdFlaw.PRECISION_SUSPECT,
    }
)


@dataclass(frozen=True, slots=True)
class IdReading:
    """A written number as read: the document when it can be used, and every flaw found."""

    document: IdDocument | None
    flaws: tuple[IdFlaw, ...] = ()


def check_character(first17: str) -> str:
    """The 18th character for seventeen ASCII digits (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(map(mul, _WEIGHTS, first17.encode("ascii"))) - _WEIGHT_OF_ZEROS
    return _CHECK_CHARACTERS[total % 11]


def birth_in(number: str) -> date | None:
    """The birth date in positions 7-14 of an 18-character number, None when there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def male_in(number: str) -> bool:
    """The sex in position 17 of an 18-character number: odd is male."""
    return int(number[16]) % 2 == 1


def upgraded(number: str) -> str:
    """The 18-character form of a 15-digit citizen number: century 19 inserted, check character added."""
    first17 = f"{number[:6]}19{number[6:]}"
    return first17 + check_character(first17)


def asked_id_numbers(text: str) -> tuple[str, ...]:
    """The numbers that a person who gives this one may stand under: normal form, and that of 18 where 15 digits are given."""
    number, _ = _normalised(text)
    return (number, upgraded(number)) if _FIFTEEN.fullmatch(number) else (number,)


def read_id(kind: IdKind, text: str) -> IdReading:
    """Read a number of a kind of document. Total: every text gives a reading."""
    if kind is IdKind.CITIZEN and (plain := _plain_citizen(text)) is not None:
        return IdReading(plain)
    number, flaws = _normalised(text)
    flaws += _judged(kind, number)
    if not _HARMLESS.issuperset(flaws):
        return IdReading(None, tuple(flaws))
    return IdReading(_document(kind, number), tuple(flaws))


def _plain_citizen(text: str) -> IdDocument | None:
    """The short way for the number that is right as it stands: nearly every one."""
    if not _EIGHTEEN.fullmatch(text) or text[0] in "789" or text.endswith("000"):
        return None
    born_on = birth_in(text)
    if born_on is None or check_character(text[:17]) != text[17]:
        return None
    return IdDocument(IdKind.CITIZEN, text, born_on, male_in(text))


def _normalised(text: str) -> tuple[str, list[IdFlaw]]:
    flaws: list[IdFlaw] = []
    number = text.strip()
    if number[:1] in _APOSTROPHES and number:
        number = number.lstrip(_APOSTROPHES).strip()
        flaws.append(IdFlaw.APOSTROPHE)
    narrow = number.translate(_FULL_WIDTH)
    if narrow != number:
        flaws.append(IdFlaw.FULL_WIDTH)
    if _SCIENTIFIC.fullmatch(narrow):
        return narrow, flaws
    upper = narrow.upper() if narrow.isascii() else narrow
    if upper != narrow:
        flaws.append(IdFlaw.LOWER_CASE)
    return upper, flaws


def _judged(kind: IdKind, number: str) -> list[IdFlaw]:
    if _SCIENTIFIC.fullmatch(number):
        return [IdFlaw.SCIENTIFIC]
    match kind:
        case IdKind.CITIZEN:
            return _judged_citizen(number)
        case IdKind.HK_MACAO_TAIWAN_RESIDENCE:
            prefix = [] if number.startswith(_RESIDENCE_PREFIXES) else [IdFlaw.RESIDENCE_PREFIX]
            return prefix + _judged_eighteen(number)
        case IdKind.FOREIGN_PERMANENT_RESIDENCE:
            return _judged_foreign(number)
        case IdKind.PASSPORT:
            return [] if _PASSPORT.fullmatch(number) else [IdFlaw.PASSPORT_SHAPE]
        case IdKind.HK_MACAO_TRAVEL:
            return [] if _HK_MACAO_TRAVEL.fullmatch(number) else [IdFlaw.TRAVEL_PERMIT_SHAPE]
        case IdKind.TAIWAN_TRAVEL:
            return [] if _TAIWAN_TRAVEL.fullmatch(number) else [IdFlaw.TRAVEL_PERMIT_SHAPE]
        case _:
            assert_never(kind)


def _judged_citizen(number: str) -> list[IdFlaw]:
    if _FIFTEEN.fullmatch(number):
        if birth_in(upgraded(number)) is None:
            return [IdFlaw.IMPOSSIBLE_BIRTH]
        return [IdFlaw.FIFTEEN_DIGITS]
    flaws = _judged_eighteen(number)
    if _EIGHTEEN.fullmatch(number):
        if number.startswith("9"):
            flaws.append(IdFlaw.FOREIGN_AS_CITIZEN)
        elif number.startswith(_RESIDENCE_PREFIXES):
            flaws.append(IdFlaw.RESIDENCE_AS_CITIZEN)
    return flaws


def _judged_foreign(number: str) -> list[IdFlaw]:
    if _OLD_FOREIGN.fullmatch(number):
        return []
    if len(number) == 18 and not number.startswith("9"):
        return [IdFlaw.FOREIGN_SHAPE, *_judged_eighteen(number)]
    return _judged_eighteen(number)


def _judged_eighteen(number: str) -> list[IdFlaw]:
    """The flaws of a number that must have 18 characters with a birth date and a check character."""
    if "O" in number and _EIGHTEEN.fullmatch(number.replace("O", "0")):
        return [IdFlaw.LETTER_O]
    if not _EIGHTEEN.fullmatch(number):
        digits = number.isascii() and number[:-1].isdigit()
        return [IdFlaw.LENGTH if digits and len(number) != 18 else IdFlaw.SHAPE]
    flaws: list[IdFlaw] = []
    right = check_character(number[:17]) == number[17]
    if number.endswith("000"):
        flaws.append(IdFlaw.PRECISION_SUSPECT if right else IdFlaw.PRECISION_LOST)
    elif not right:
        flaws.append(IdFlaw.CHECK_CHARACTER)
    if birth_in(number) is None:
        flaws.append(IdFlaw.IMPOSSIBLE_BIRTH)
    return flaws


def _document(kind: IdKind, number: str) -> IdDocument:
    if kind is IdKind.CITIZEN and len(number) == 15:
        number = upgraded(number)
    match kind:
        case IdKind.CITIZEN | IdKind.HK_MACAO_TAIWAN_RESIDENCE:
            return IdDocument(kind, number, birth_in(number), male_in(number))
        case IdKind.FOREIGN_PERMANENT_RESIDENCE:
            born_on = birth_in(number) if len(number) == 18 else None
            return IdDocument(kind, number, born_on)
        case IdKind.PASSPORT | IdKind.HK_MACAO_TRAVEL | IdKind.TAIWAN_TRAVEL:
            return IdDocument(kind, number)
        case _:
            assert_never(kind)
