"""The policy documents that ship with the program, `certsvc/policies/*.json`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from certsvc.domain.policy.decoding import decode_policy
from certsvc.domain.policy.document import PolicyDocument
from certsvc.domain.policy.resolution import PolicySet

_FOLDER = Path(__file__).resolve().parents[1] / "policies"


@cache
def shipped_bodies() -> tuple[bytes, ...]:
    """The bytes of every shipped document, by file name."""
    return tuple(path.read_bytes() for path in sorted(_FOLDER.glob("*.json")))


@cache
def shipped_documents() -> tuple[PolicyDocument, ...]:
    """The shipped documents, in the same order."""
    return tuple(decode_policy(raw) for raw in shipped_bodies())


@cache
def shipped_policies() -> PolicySet:
    """What the notices set, without anything loaded."""
    return PolicySet(shipped_documents())
