"""The manual code 校验码 that stands beside the QR symbol, for whoever cannot scan it (docs/formats/manual-code.md)."""

from __future__ import annotations

import hashlib
from typing import Final

from certsvc.formats.check_symbol import ALPHABET, check_symbol

SYMBOLS: Final = 15
GROUP: Final = 5
_CONTEXT: Final = b"certsvc/manual-code/v1\0"
_NUMBER_BYTES: Final = 16


def manual_code(record: bytes) -> str:
    """The code of a record (the bytes of its COSE_Sign1): `ABCDE-FGHJK-MNPQR`, 14 symbols of its digest and a check symbol."""
    digits = _digits(int.from_bytes(hashlib.sha256(_CONTEXT + record).digest()[:_NUMBER_BYTES], "big"))
    data = "".join(ALPHABET[digit] for digit in digits)
    symbols = data + check_symbol(data)
    return "-".join(symbols[start : start + GROUP] for start in range(0, SYMBOLS, GROUP))


def _digits(number: int) -> tuple[int, ...]:
    """The lowest 14 digits of a number in base 31, most significant first."""
    base = len(ALPHABET)
    return tuple(number // base**place % base for place in reversed(range(SYMBOLS - 1)))
