"""Canonical JSON: one byte string for one value (docs/formats/content.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

JsonValue = str | int | None | Sequence["JsonValue"] | Mapping[str, "JsonValue"]

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def encode_canonical_json(value: JsonValue) -> bytes:
    """UTF-8, keys sorted by code point, no white space, no escapes beyond what JSON requires."""
    return _ENCODER.encode(value).encode()
