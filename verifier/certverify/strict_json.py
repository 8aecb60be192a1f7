"""JSON read strictly, and small typed getters for objects whose keys are all known."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from datetime import date
from typing import Any, NoReturn

from certverify.errors import JsonError


def decode_json(raw_text: bytes, *, limit: int) -> Any:
    """The JSON value in UTF-8 bytes; no duplicate keys, no NaN, no floats, at most `limit` bytes. Raises JsonError."""
    if len(raw_text) > limit:
        raise JsonError(f"more than {limit} bytes")
    try:
        return json.loads(
            raw_text.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_refuse_number,
            parse_float=_refuse_number,
            parse_int=_short_int,
        )
    except (ValueError, RecursionError) as error:
        raise JsonError("not JSON") from error


def encode_canonical(value: Any) -> bytes:
    """The canonical form of docs/formats/content.md: sorted keys, no white space, minimal escapes, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def only_keys(value: object, keys: Iterable[str]) -> dict[str, Any]:
    """`value` as an object that has exactly `keys`. Raises JsonError."""
    if type(value) is not dict or set(value) != set(keys):
        raise JsonError("not an object with exactly the expected keys")
    return value


def text(value: object) -> str:
    """`value` as text that UTF-8 can carry. Raises JsonError."""
    if type(value) is not str or any("\ud800" <= char <= "\udfff" for char in value):
        raise JsonError("not a text")
    return value


def truth(value: object) -> bool:
    """The value when it is true or false. Raises JsonError."""
    if type(value) is not bool:
        raise JsonError("not true or false")
    return value


def whole_number(value: object) -> int:
    """`value` as a non-negative integer below 2**63. Raises JsonError."""
    if type(value) is not int or not 0 <= value < 1 << 63:
        raise JsonError("not a whole number")
    return value


def items(value: object) -> list[Any]:
    """`value` as a list. Raises JsonError."""
    if type(value) is not list:
        raise JsonError("not a list")
    return value


def base64_bytes(value: object) -> bytes:
    """The bytes of a standard, padded, canonical base64 text. Raises JsonError."""
    try:
        return decode_base64(text(value))
    except ValueError as error:
        raise JsonError("not base64") from error


def base64url_bytes(value: object) -> bytes:
    """The bytes of a base64url text without padding (RFC 7515 section 2), in its one canonical form. Raises JsonError."""
    digits = text(value)
    if set(digits) & set("+/="):
        raise JsonError("not base64url")
    padded = digits.replace("-", "+").replace("_", "/") + "=" * (-len(digits) % 4)
    return base64_bytes(padded)


def hex_bytes(value: object, length: int) -> bytes:
    """The bytes of exactly 2 * `length` lower-case hexadecimal digits. Raises JsonError."""
    digits = text(value)
    if len(digits) != 2 * length or not set(digits) <= set("0123456789abcdef"):
        raise JsonError(f"not {length} bytes in hexadecimal")
    return bytes.fromhex(digits)


def day(value: object) -> date:
    """The date of a `YYYY-MM-DD` text. Raises JsonError."""
    digits = text(value)
    try:
        parsed = date.fromisoformat(digits)
    except ValueError as error:
        raise JsonError("not a date") from error
    if parsed.isoformat() != digits:
        raise JsonError("not a date of the form YYYY-MM-DD")
    return parsed


def decode_base64(digits: str) -> bytes:
    """The bytes of canonical base64 (RFC 4648 section 4). Raises ValueError."""
    try:
        raw = base64.b64decode(digits, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if base64.b64encode(raw).decode() != digits:
        raise ValueError("not canonical base64")
    return raw


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _refuse_number(_: str) -> NoReturn:
    raise ValueError("only integers are used")


def _short_int(digits: str) -> int:
    if len(digits) > 20:
        raise ValueError("integer too long")
    return int(digits)
