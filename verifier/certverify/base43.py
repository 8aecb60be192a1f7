"""Base 43: bytes as one big-endian number in the alphanumeric characters of QR that a link may carry."""

from __future__ import annotations

from itertools import product

from certverify.errors import DecodeError

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-./:"
MAX_DIGITS = 1000
_PAIR = {
    high + low: ALPHABET.index(high) * 43 + ALPHABET.index(low) for high, low in product(ALPHABET, repeat=2)
}
_PAIRS = 4  # pairs of digits folded into a machine-sized number before they meet the large one
_STEP = 2 * _PAIRS
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
    padded = digits.rjust(-(-len(digits) // _STEP) * _STEP, "0")
    number = 0
    try:
        for start in range(0, len(padded), _STEP):
            number = number * _STEP_BASE + _fold(padded[start : start + _STEP])
    except KeyError as error:
        raise Base43Error("a character outside the alphabet") from error
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _fold(digits: str) -> int:
    number = 0
    for at in range(0, _STEP, 2):
        number = number * 1849 + _PAIR[digits[at : at + 2]]
    return number
