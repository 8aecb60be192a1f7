"""Deterministic CBOR (RFC 8949 4.2.1): the one encoding of a value."""

from __future__ import annotations

from struct import Struct

import cbor2

CborValue = int | bytes | str | None | list["CborValue"] | dict[int, "CborValue"]

_LARGEST_IN_HEAD = 23
_ONE, _TWO, _FOUR, _EIGHT = (Struct(layout).pack for layout in (">BB", ">BH", ">BI", ">BQ"))


def encode_cbor(value: CborValue) -> bytes:
    """The deterministic encoding: shortest integers, definite lengths, sorted keys."""
    return cbor2.dumps(value, canonical=True)


def encode_uint(value: int) -> bytes:
    """The same for one unsigned integer, several times faster. Raises ValueError outside of 0 to 2^64-1."""
    if 0 <= value <= _LARGEST_IN_HEAD:
        return bytes((value,))
    match (value.bit_length() + 7) // 8 if value > 0 else 9:
        case 1:
            return _ONE(24, value)
        case 2:
            return _TWO(25, value)
        case 3 | 4:
            return _FOUR(26, value)
        case 5 | 6 | 7 | 8:
            return _EIGHT(27, value)
    raise ValueError("not an unsigned integer of 64 bits")
