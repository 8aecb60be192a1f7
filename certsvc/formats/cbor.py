"""Deterministic CBOR (RFC 8949 4.2.1): the one encoding of a value."""

from __future__ import annotations

import cbor2

CborValue = int | bytes | str | None | list["CborValue"] | dict[int, "CborValue"]


def encode_cbor(value: CborValue) -> bytes:
    """The deterministic encoding: shortest integers, definite lengths, sorted keys."""
    return cbor2.dumps(value, canonical=True)
