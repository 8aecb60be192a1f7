"""The check symbol that ends every code that people copy by hand: manual codes 校验码 and report codes 报告查验码.

Symbols stand for 0 to 30, a prime less than 31 positions carry the weights n, n-1 … 1 from the left: a code holds when the
weighted sum is a multiple of 31, so no single wrong symbol and no exchange of two symbols goes unseen (up to 30 symbols).
"""

from __future__ import annotations

from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def check_symbol(symbols: str) -> str:
    """What stands behind these symbols to end them. Raises ValueError for a symbol outside the alphabet."""
    return ALPHABET[-_weighted(symbols + ALPHABET[0]) % len(ALPHABET)]


def holds(symbols: str) -> bool:
    """Whether the last symbol is the check symbol of those before it. Raises as `check_symbol`."""
    return _weighted(symbols) % len(ALPHABET) == 0


def _weighted(symbols: str) -> int:
    return sum(weight * ALPHABET.index(symbol) for weight, symbol in enumerate(reversed(symbols), 1))
