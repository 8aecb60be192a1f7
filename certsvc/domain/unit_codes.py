"""Unified social credit codes 统一社会信用代码 of units (GB 32100, organisation part GB 11714)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUE = {character: value for value, character in enumerate(_ALPHABET)}
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_SHAPE = re.compile(r"[0-9A-Z]{18}")
_FULL_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)}
# Registering bodies whose codes are known to carry the organisation part's own check character.
_ORGANISATION_CHECKED = frozenset({"11", "12", "13", "51", "52", "53", "91", "92", "93"})


class UnitCodeFlaw(Enum):
    """What may be wrong, or was put right, with a written code."""

    WRITTEN_ODDLY = auto()  # put right
    SHAPE = auto()
    FORBIDDEN_LETTER = auto()
    CHECK_CHARACTER = auto()


@dataclass(frozen=True, slots=True)
class UnitCodeReading:
    """A written code as read: the code when it can be used, and every flaw found."""

    code: str | None
    flaws: tuple[UnitCodeFlaw, ...] = ()


def check_character(first17: str) -> str:
    """The 18th character for seventeen characters of the alphabet."""
    total = sum(weight * _VALUE[character] for weight, character in zip(_WEIGHTS, first17, strict=True))
    return _ALPHABET[-total % 31]


def organisation_check_character(first8: str) -> str:
    """The ninth character of an organisation code for its first eight (GB 11714, MOD 11)."""
    pairs = zip(_ORGANISATION_WEIGHTS, first8, strict=True)
    remainder = -sum(weight * int(character, 36) for weight, character in pairs) % 11
    return "X" if remainder == 10 else str(remainder)


def read_unit_code(text: str) -> UnitCodeReading:
    """Read a written code. Total: every text gives a reading."""
    code = text.strip().translate(_FULL_WIDTH)
    code = code.upper() if code.isascii() else code
    flaws = (UnitCodeFlaw.WRITTEN_ODDLY,) if code != text.strip() else ()
    flaw = _flaw(code)
    return UnitCodeReading(code, flaws) if flaw is None else UnitCodeReading(None, (*flaws, flaw))


def _flaw(code: str) -> UnitCodeFlaw | None:
    if not _SHAPE.fullmatch(code):
        return UnitCodeFlaw.SHAPE
    if any(character not in _VALUE for character in code):
        return UnitCodeFlaw.FORBIDDEN_LETTER
    if check_character(code[:17]) != code[17]:
        return UnitCodeFlaw.CHECK_CHARACTER
    if code[:2] in _ORGANISATION_CHECKED and organisation_check_character(code[8:16]) != code[16]:
        return UnitCodeFlaw.CHECK_CHARACTER
    return None
