"""Base 43: bytes as one big-endian number in the alphanumeric characters of QR that a link may carry."""

from __future__ import annotations

from certverify.errors import DecodeError

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-./:"
MAX_DIGITS = 1000
_VALUE = {char: value for value, char in enumerate(ALPHABET)}
_STEP = 8  # digits folded into machine-sized numbers before they meet the large one
_STEP_BASE = 43**_STEP


class Base43Error(DecodeError):
    """Not a canonical base 43 text."""


def decode_base43(digits: str) -> bytes:
    """The bytes of `digits`, most significant first (docs/formats/qr-record.md, Text).

    Refuses an empty text, a leading `0`, characters outside the alphabet and more than 1,000 digits. Raises
    Base43Error.
    """
    if not 0 < len(digits) <= MAX_DIGITS:
        raise Base43Error("empty or too long")
    if digits[0] == "0":
        raise Base43Error("leading zero digit")
    try:
        values = [_VALUE[char] for char in digits]
    except KeyError as error:
        raise Base43Error("a character outside the alphabet") from error
    head = len(values) % _STEP
    number = _fold(values[:head])
    for start in range(head, len(values), _STEP):
        number = number * _STEP_BASE + _fold(values[start : start + _STEP])
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _fold(values: list[int]) -> int:
    number = 0
    for value in values:
        number = number * 43 + value
    return number
