"""Event leaves read in one step, for replays of millions; `leaf.decode_leaf` stays the judge of everything else."""

from __future__ import annotations

import re

EventFields = tuple[int, bytes, int, int, bytes | None, int, int, bytes]
"""Type, kid, slot, seq, prev, effective_on, logged_hour, commitment: the items of `EventLeaf` in their order."""

# The shortest encodings of an unsigned integer (RFC 8949 4.2.1): each first byte says how many follow, and the
# look-aheads refuse what would have fitted a shorter form. Every leaf has therefore at most one reading.
_UINT = rb"([\x00-\x17]|\x18[\x18-\xff]|\x19(?!\x00).{2}|\x1a(?!\x00\x00).{4}|\x1b(?!\x00\x00\x00\x00).{8})"
_EVENT = re.compile(
    rb"\x8a\x01([\x01-\x0a])\x27\x44(.{4})"
    + _UINT  # slot
    + rb"(?:\x00\xf6|(?!\x00)"
    + _UINT  # seq
    + rb"\x58\x20(.{32}))"
    + _UINT  # effective_on
    + _UINT  # logged_hour
    + rb"\x58\x20(.{32})",
    re.DOTALL,
)


def event_fields(raw_leaf: bytes) -> EventFields | None:
    """The items of an event leaf, or None for everything that `decode_leaf` does not read as an event."""
    found = _EVENT.fullmatch(raw_leaf)
    if found is None:
        return None
    kind, kid, slot, seq, prev, effective_on, logged_hour, committed = found.groups()
    return (
        kind[0],
        kid,
        _uint(slot),
        0 if seq is None else _uint(seq),
        prev,
        _uint(effective_on),
        _uint(logged_hour),
        committed,
    )


def _uint(encoded: bytes) -> int:
    return encoded[0] if len(encoded) == 1 else int.from_bytes(encoded[1:], "big")
