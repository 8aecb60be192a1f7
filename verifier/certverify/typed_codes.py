"""Numbers and codes that somebody types and that only the service can look up, known by their shapes alone."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from certverify.errors import ManualCodeError
from certverify.manual_code import ALPHABET, decode_manual_code, plain_symbols

_NUMBER = re.compile(r"22[0-9]{13}[0-9A-Z]")
_SHARE_CODE = re.compile(f"[{ALPHABET}]{{16}}")
_REPORT_CODE = re.compile(f"B[{ALPHABET}]{{17}}")
_LONGEST_TYPED = 64


class TypedKind(StrEnum):
    """What is known on line alone."""

    NUMBER = "number"
    MANUAL_CODE = "manual-code"
    SHARE_CODE = "share-code"
    REPORT_CODE = "report-code"


def typed_kind(typed: str) -> TypedKind | None:
    """What a text can only have been meant as, in any case and width; None for everything else.

    A number is a certificate number of this province; manual codes have 15 symbols, share codes 16, report codes 18.
    """
    if len(typed) > _LONGEST_TYPED:
        return None
    symbols = plain_symbols(typed).replace("-", "")
    if _NUMBER.fullmatch(symbols):
        return TypedKind.NUMBER
    if _REPORT_CODE.fullmatch(symbols):
        return TypedKind.REPORT_CODE
    if _SHARE_CODE.fullmatch(symbols):
        return TypedKind.SHARE_CODE
    try:
        decode_manual_code(typed)
    except ManualCodeError:
        return None
    return TypedKind.MANUAL_CODE


def shown_number(typed: str) -> str:
    """A number as results may hold it: that of a certificate whole, any other text with all but its ends starred."""
    text = "".join(unicodedata.normalize("NFKC", typed).split())
    if typed_kind(text) is TypedKind.NUMBER:
        return text
    if len(text) < 6 or not any(character.isdigit() for character in text):
        return "*" * len(text)
    return f"{text[:2]}{'*' * (len(text) - 4)}{text[-2:]}"[:_LONGEST_TYPED]
