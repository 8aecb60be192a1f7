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
    if 0xFFFF < value <= 0xFFFF_FFFF:  # most slots are there
        return _FOUR(26, value)
    if 0 <= value <= _LARGEST_IN_HEAD:
        return bytes((value,))
    if 0 <= value <= 0xFF:
        return _ONE(24, value)
    if 0 <= value <= 0xFFFF:
        return _TWO(25, value)
    if 0 <= value <= 0xFFFF_FFFF_FFFF_FFFF:
        return _EIGHT(27, value)
    raise ValueError("not an unsigned integer of 64 bits")
