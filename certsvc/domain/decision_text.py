"""The public words of a decision: reference and ground are shown to every verifier, so no person may stand in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from certsvc.domain.id_numbers import birth_in, upgraded
from certsvc.errors import RequestError

LONGEST_REFERENCE: Final = 128  # code points
LONGEST_GROUND: Final = 500
_BETWEEN_DIGITS: Final = re.compile(r"(?<=[0-9])[\s\-‐-―·.]+(?=[0-9X])")
_ID_LIKE: Final = re.compile(r"(?<![0-9A-Z])(?:[0-9]{17}[0-9X]|[0-9]{15})(?![0-9A-Z])")
_BETWEEN_WORDS: Final = re.compile(r"[\W_]+")


def require_words(text: str, what: str, longest: int) -> str:
    """The text in normal form. Raises RequestError when it is empty, too long, or holds control characters."""
    plain = unicodedata.normalize("NFC", text).strip()
    if not plain:
        raise RequestError(f"请填写{what}。")
    if len(plain) > longest:
        raise RequestError(f"{what}不能超过 {longest} 个字。请缩短后重试。")
    if any(unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Cn") for character in plain):
        raise RequestError(f"{what}中有无法显示的字符（如换行、制表符）。请删除后重试。")
    return plain


def require_public(text: str, what: str, names: Iterable[str], id_number: str) -> None:
    """Raises RequestError when the text names the holder, or holds the holder's or any other ID number."""
    joined = _BETWEEN_WORDS.sub("", unicodedata.normalize("NFC", text)).casefold()
    if any(_BETWEEN_WORDS.sub("", name).casefold() in joined for name in names):
        raise RequestError(f"{what}会向查验方公开，请不要写持证人的姓名，可改为“持证人”或“该同志”。")
    if _holds_id_number(text, id_number):
        raise RequestError(f"{what}会向查验方公开，请不要写身份证件号码。请删除后重试。")


def require_no_id_number(text: str, what: str) -> None:
    """Raises RequestError when a public text holds anything that reads as an ID number."""
    if _holds_id_number(text, None):
        raise RequestError(f"{what}会公开，请不要写身份证件号码。请删除后重试。")


def holds_id_number(text: str) -> bool:
    """Whether anything in the text reads as an ID number."""
    return _holds_id_number(text, None)


def _holds_id_number(text: str, own: str | None) -> bool:
    narrow = unicodedata.normalize("NFKC", text).upper()
    joined = _BETWEEN_DIGITS.sub("", narrow)
    known = own is not None and own.upper() in joined
    return known or any(_is_born(found) for found in _ID_LIKE.findall(joined))


def _is_born(number: str) -> bool:
    """True when the digits tell a birth date of the last or this century, as an ID number does and a unit's code does not."""
    born_on = birth_in(upgraded(number) if len(number) == 15 else number)
    return born_on is not None and 1900 <= born_on.year <= 2100
