"""The snapshot of what a decision of the gate saw, so that the same file can be examined again with equal outcome.

Registry and policy documents are named by their digests, under which the database keeps them for ever; everything
else is written out. `certsvc-facts/1` is older and names no policies: it rests on those that shipped with the program.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from certsvc.domain.facts import GateFacts
from certsvc.domain.policy.resolution import PolicySet
from certsvc.domain.registry import Registry
from certsvc.errors import IntegrityError
from certsvc.formats.canonical import JsonValue, encode_canonical_json

_FORMAT = "certsvc-facts/2"
_WITHOUT_POLICIES = "certsvc-facts/1"
_ADAPTER: TypeAdapter[GateFacts] = TypeAdapter(GateFacts)


@dataclass(frozen=True, slots=True)
class FactsReferences:
    """What a snapshot names by digest. `policies`: None in a snapshot that is older than policy documents."""

    registry: str
    policies: tuple[str, ...] | None


def encode_facts(facts: GateFacts, registry_digest: str) -> bytes:
    """Canonical JSON. Sets are written in order, so that equal facts give equal bytes."""
    fields: dict[str, Any] = _ADAPTER.dump_python(facts, mode="python", exclude={"registry", "policies"})
    return encode_canonical_json(
        {
            "format": _FORMAT,
            "registry": registry_digest,
            "policies": list(facts.policies.digests),
            "facts": _plain(fields),
        }
    )


def facts_references(stored: bytes) -> FactsReferences:
    """What a snapshot names. Raises IntegrityError for bytes that are no snapshot."""
    top = _top(stored)
    policies: Sequence[str] | None = top["policies"] if top["format"] == _FORMAT else None
    return FactsReferences(top["registry"], None if policies is None else tuple(policies))


def decode_facts(stored: bytes, registry: Registry, policies: PolicySet) -> GateFacts:
    """The facts of a snapshot, given registry and policies that it names. Raises IntegrityError as above."""
    fields = _top(stored)["facts"]
    try:
        return _ADAPTER.validate_python({**fields, "registry": registry, "policies": policies})
    except (ValidationError, TypeError) as error:
        raise IntegrityError("保存的审查事实无法读取。") from error


def _top(stored: bytes) -> dict[str, Any]:
    try:
        top: dict[str, Any] = json.loads(stored)
        known = top["format"] == _WITHOUT_POLICIES or (top["format"] == _FORMAT and "policies" in top)
        complete = {"registry", "facts"} <= top.keys()
    except (ValueError, KeyError, TypeError) as error:
        raise IntegrityError("保存的审查事实无法读取。") from error
    if not (known and complete):
        raise IntegrityError("保存的审查事实不是本程序的格式。")
    return top


def _plain(value: Any) -> JsonValue:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((_plain(item) for item in value), key=str)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
