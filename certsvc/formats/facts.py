"""The snapshot of what a decision of the gate saw, so that the same file can be examined again with equal outcome.

The registry is named by its digest, under which the database keeps it for ever; everything else is written out.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from certsvc.domain.facts import GateFacts
from certsvc.domain.registry import Registry
from certsvc.formats.canonical import JsonValue, encode_canonical_json

_FORMAT = "certsvc-facts/1"
_ADAPTER: TypeAdapter[GateFacts] = TypeAdapter(GateFacts)


def encode_facts(facts: GateFacts, registry_digest: str) -> bytes:
    """Canonical JSON. Sets are written in order, so that equal facts give equal bytes."""
    fields: dict[str, Any] = _ADAPTER.dump_python(facts, mode="python", exclude={"registry"})
    return encode_canonical_json({"format": _FORMAT, "registry": registry_digest, "facts": _plain(fields)})


def decode_facts(stored: bytes, registry: Registry) -> GateFacts:
    """The facts of a snapshot, given the registry that it names."""
    fields = json.loads(stored)["facts"]
    return _ADAPTER.validate_python({**fields, "registry": registry})


def _plain(value: Any) -> JsonValue:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((_plain(item) for item in value), key=str)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
