"""Names 姓名 of persons: one normal form (NFC, never NFKC), and what cannot be printed or was lost on the way."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, auto

LONGEST_NAME = 50  # code points

_PLAIN_HAN = re.compile(r"[\u4e00-\u9fff]{2,4}")
_DOTS = "•‧・．∙●⸱⋅･"
_DOT = re.compile(rf"\s*[{_DOTS}·]\s*")
_STOP_BETWEEN = re.compile(r"(?<=[^\x00-\x7f])\s*\.\s*(?=[^\x00-\x7f])")
_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_SPACE_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
_PLACEHOLDERS = frozenset(
    {"无", "空", "暂无", "不详", "未知", "-", "--", "—", "——", "/", "\\", "null", "none", "nan"}
)
_LOST = frozenset("?？□■▯▢☐〓＊*\ufffd○◯")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_PUNCTUATION = frozenset("· -'’.")


class NameFlaw(Enum):
    """What may be wrong, or was put right, with a written name."""

    DOT = auto()  # put right
    SPACE = auto()  # put right
    EMPTY = auto()
    PRIVATE_USE = auto()
    LOST_CHARACTER = auto()
    TOO_LONG = auto()
    CHARACTER = auto()


@dataclass(frozen=True, slots=True)
class NameReading:
    """A written name as read: the name when it can be used, and every flaw found."""

    name: str | None
    flaws: tuple[NameFlaw, ...] = ()


def private_use_in(text: str) -> bool:
    """True when the text holds a code point that no standard gives a meaning (U+E000-F8FF, planes 15 and 16)."""
    return _PRIVATE_USE.search(text) is not None


def read_name(text: str) -> NameReading:
    """Read a written name. Total: every text gives a reading."""
    if _PLAIN_HAN.fullmatch(text) and text not in _PLACEHOLDERS:
        return NameReading(text)
    name = unicodedata.normalize("NFC", text).strip()
    if not name or name.lower() in _PLACEHOLDERS:
        return NameReading(None, (NameFlaw.EMPTY,))
    if len(name) > 4 * LONGEST_NAME:
        return NameReading(None, (NameFlaw.TOO_LONG,))
    dotted = _STOP_BETWEEN.sub("·", _DOT.sub("·", name))
    joined = _SPACE_BETWEEN_HAN.sub("", dotted)
    harmless = [
        flaw for flaw, found in ((NameFlaw.DOT, dotted != name), (NameFlaw.SPACE, joined != dotted)) if found
    ]
    serious = list(_serious_flaws(joined))
    return NameReading(None if serious else joined, tuple(harmless + serious))


def _serious_flaws(name: str) -> list[NameFlaw]:
    flaws: list[NameFlaw] = []
    if len(name) > LONGEST_NAME:
        flaws.append(NameFlaw.TOO_LONG)
    strange = {character for character in name if not _may_stand_in_name(character)}
    private = {character for character in strange if private_use_in(character)}
    if private:
        flaws.append(NameFlaw.PRIVATE_USE)
    if strange & _LOST:
        flaws.append(NameFlaw.LOST_CHARACTER)
    if strange - private - _LOST or not any(character.isalpha() or character == "〇" for character in name):
        flaws.append(NameFlaw.CHARACTER)
    return flaws


def _may_stand_in_name(character: str) -> bool:
    return character in _PUNCTUATION or character == "〇" or unicodedata.category(character)[0] in "LM"
