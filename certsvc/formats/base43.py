"""Base 43: bytes as digits that a QR symbol stores densely (docs/formats/qr-record.md)."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-./:"
_PAIRS = tuple(high + low for high in ALPHABET for low in ALPHABET)
_BLOCK_PAIRS = 8
_BLOCK = len(_PAIRS) ** _BLOCK_PAIRS


def encode_base43(content: bytes) -> str:
    """The digits of the bytes read as one big-endian integer, without leading zero digits.

    The first byte must not be zero: it would be lost. Raises ValueError then, and for no bytes at all.
    """
    if not content or content[0] == 0:
        raise ValueError("base 43 needs a first byte that is not zero")
    number = int.from_bytes(content, "big")
    pairs: list[str] = []
    while number:
        number, block = divmod(number, _BLOCK)
        for _ in range(_BLOCK_PAIRS):
            block, pair = divmod(block, len(_PAIRS))
            pairs.append(_PAIRS[pair])
    return "".join(reversed(pairs)).lstrip("0")
