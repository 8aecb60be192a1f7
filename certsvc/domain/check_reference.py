"""References 查询编号 of what is no certificate: historical records (`H…`) and mapping statements (`M…`).

A letter, fourteen random digits, and the check character of certificate numbers (ISO/IEC 7064 MOD 37,36). A certificate
number begins with `22`, so no reference can be taken for one; being random, it tells neither year nor order.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from certsvc.domain.certificate_number import check_character

RANDOM_DIGITS: Final = 14
_FORM: Final = re.compile(r"([HM])[0-9]{14}[0-9A-Z]", re.ASCII)


class ReferenceKind(StrEnum):
    """What a reference names; the value is its first letter."""

    HISTORICAL = "H"
    MAPPING = "M"


def build_reference(kind: ReferenceKind, number: int) -> str:
    """The 16 characters for a number below 10 to the 14th. Raises ValueError for one out of range."""
    if not 0 <= number < 10**RANDOM_DIGITS:
        raise ValueError("the number of a reference has fourteen digits")
    body = f"{kind.value}{number:0{RANDOM_DIGITS}d}"
    return body + check_character(body)


def reference_kind(text: str) -> ReferenceKind | None:
    """What a reference names; None for anything that is not exactly a reference with its right check character."""
    match = _FORM.fullmatch(text)
    if match is None or check_character(text[:-1]) != text[-1]:
        return None
    return ReferenceKind(match[1])
