"""Base 43: bytes as digits that a QR symbol stores densely (docs/formats/qr-record.md)."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-./:"
_BLOCK = 43**16


def encode_base43(content: bytes) -> str:
    """The digits of the bytes read as one big-endian integer, without leading zero digits.

    The first byte must not be zero: it would be lost. Raises ValueError then, and for no bytes at all.
    """
    if not content or content[0] == 0:
        raise ValueError("base 43 needs a first byte that is not zero")
    number = int.from_bytes(content, "big")
    digits: list[str] = []
    while number:
        number, block = divmod(number, _BLOCK)
        for _ in range(16):
            block, digit = divmod(block, 43)
            digits.append(ALPHABET[digit])
    return "".join(reversed(digits)).lstrip("0")
