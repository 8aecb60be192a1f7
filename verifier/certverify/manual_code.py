"""The manual code 校验码 beside the QR symbol (docs/formats/manual-code.md): what was typed, and the code of a record."""

from __future__ import annotations

import hashlib
from typing import Final

from certverify.errors import ManualCodeError

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
SYMBOLS: Final = 15
GROUPS: Final = 3
LONGEST_TYPED: Final = 64
_PRIME: Final = 31
_IN_A_GROUP: Final = 5
_SPACES: Final = "\t\n\r \u00a0\u3000"
_HYPHENS: Final = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_WIDTH: Final = 0xFEE0
"""From a full-width form (U+FF01 to U+FF5E) down to the character itself."""


def decode_manual_code(raw_code: str) -> str:
    """The 15 symbols in what somebody typed: any case and width, spaces and hyphens wherever they stand.

    Raises ManualCodeError, which names the group (1 to 3) that holds no five symbols of the alphabet, or none when the
    check symbol alone does not agree.
    """
    if len(raw_code) > LONGEST_TYPED:
        raise ManualCodeError(None)
    groups = _groups(plain_symbols(raw_code))
    for number, group in enumerate(groups, 1):
        if len(group) != _IN_A_GROUP or not set(group) <= set(ALPHABET):
            raise ManualCodeError(number)
    symbols = "".join(groups)
    if not _agrees(symbols):
        raise ManualCodeError(None)
    return symbols


def code_of_record(record: bytes) -> str:
    """The 15 symbols that belong to the bytes of a record (its COSE_Sign1)."""
    number = int.from_bytes(hashlib.sha256(b"certsvc/manual-code/v1\0" + record).digest()[:16], "big")
    symbols = ""
    for _ in range(SYMBOLS - 1):
        number, value = divmod(number, _PRIME)
        symbols = ALPHABET[value] + symbols
    (check,) = (symbol for symbol in ALPHABET if _agrees(symbols + symbol))
    return symbols + check


def grouped(symbols: str) -> str:
    """The symbols as they are printed: `ABCDE-FGHJK-MNPQR`."""
    return "-".join(symbols[at : at + _IN_A_GROUP] for at in range(0, len(symbols), _IN_A_GROUP))


def _agrees(symbols: str) -> bool:
    """Whether the values, weighted 15 to 1 from the left, add up to a multiple of 31."""
    weighted = zip(range(SYMBOLS, 0, -1), map(ALPHABET.index, symbols), strict=True)
    return sum(weight * value for weight, value in weighted) % _PRIME == 0


def plain_symbols(raw_code: str) -> str:
    """What was typed: narrow, in capitals, every run of separators one hyphen. Of letters, only the Latin ones have capitals."""
    narrow = "".join(chr(ord(c) - _WIDTH) if "\uff01" <= c <= "\uff5e" else c for c in raw_code)
    capital = "".join(chr(ord(c) - 32) if "a" <= c <= "z" else c for c in narrow)
    spaced = "".join(" " if c in _SPACES or c in _HYPHENS else c for c in capital)
    return "-".join(part for part in spaced.split(" ") if part)


def _groups(plain: str) -> list[str]:
    """The symbols in fives, wherever the hyphens stand; where their number is wrong, the three groups that were typed."""
    typed = plain.split("-")
    row = "".join(typed)
    if len(row) != SYMBOLS and len(typed) == GROUPS:
        return typed
    return [row[:_IN_A_GROUP], row[_IN_A_GROUP : 2 * _IN_A_GROUP], row[2 * _IN_A_GROUP :]]
