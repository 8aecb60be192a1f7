"""The manual code 校验码 that stands beside the QR symbol, for whoever cannot scan it (docs/formats/manual-code.md)."""

from __future__ import annotations

import hashlib
from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
SYMBOLS: Final = 15
GROUP: Final = 5
_CONTEXT: Final = b"certsvc/manual-code/v1\0"
_NUMBER_BYTES: Final = 16


def manual_code(record: bytes) -> str:
    """The code of a record (the bytes of its COSE_Sign1): `ABCDE-FGHJK-MNPQR`, 14 symbols of its digest and a check symbol."""
    digits = _digits(int.from_bytes(hashlib.sha256(_CONTEXT + record).digest()[:_NUMBER_BYTES], "big"))
    symbols = "".join(ALPHABET[digit] for digit in (*digits, _check_digit(digits)))
    return "-".join(symbols[start : start + GROUP] for start in range(0, SYMBOLS, GROUP))


def _digits(number: int) -> tuple[int, ...]:
    """The lowest 14 digits of a number in base 31, most significant first."""
    base = len(ALPHABET)
    return tuple(number // base**place % base for place in reversed(range(SYMBOLS - 1)))


def _check_digit(digits: tuple[int, ...]) -> int:
    """What makes the sum of weight times value a multiple of 31; weights 15 down to 2, the check symbol's own is 1."""
    return -sum((SYMBOLS - place) * digit for place, digit in enumerate(digits)) % len(ALPHABET)
