"""Deterministic CBOR (RFC 8949 4.2.1), read strictly: decode, encode again, compare."""

from __future__ import annotations

from typing import Any

import cbor2

from certverify.errors import CborError

MAX_DEPTH = 4
_PLAIN = (int, str, bytes, type(None))


def decode_cbor(raw_item: bytes, *, limit: int) -> Any:
    """The one value that `raw_item` encodes: integers, text, bytes, null, and lists or maps of these.

    Tags, floats, booleans, indefinite lengths, duplicate keys, non-shortest integers, trailing bytes, more than
    `limit` bytes and deep nesting are refused. Raises CborError.
    """
    if len(raw_item) > limit:
        raise CborError(f"more than {limit} bytes")
    try:
        value = cbor2.loads(raw_item, max_depth=MAX_DEPTH, allow_indefinite=False, allow_duplicate_keys=False)
    except (cbor2.CBORDecodeError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise CborError("not CBOR") from error
    if not _is_plain(value):
        raise CborError("a value that the formats do not use")
    if encode_cbor(value) != raw_item:
        raise CborError("not the deterministic encoding")
    return value


def encode_cbor(value: Any) -> bytes:
    """The deterministic encoding of a plain value."""
    return cbor2.dumps(value, canonical=True)


def _is_plain(value: Any) -> bool:
    if type(value) is list:
        return all(map(_is_plain, value))
    if type(value) is dict:
        return all(_is_plain(key) and _is_plain(item) for key, item in value.items())
    return type(value) in _PLAIN


def is_uint(value: object) -> bool:
    """Whether `value` is a plain integer from 0 to 2**64 - 1."""
    return type(value) is int and 0 <= value < 1 << 64
