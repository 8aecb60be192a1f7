"""A policy document: one notice as data, entry by entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from certsvc.domain.policy.values import Theme, Value


@dataclass(frozen=True, slots=True)
class PolicyEntry:
    """What one clause sets for one key of a theme, from the first to the last day (None: until further notice).

    `value` is None where the clause ends what an older document had set 废止.
    """

    theme: Theme
    key: str
    clause: str
    from_on: date
    to_on: date | None
    value: Value | None
    note: str | None = None

    def in_force(self, on: date) -> bool:
        """True when the entry's period holds the day."""
        return self.from_on <= on and (self.to_on is None or on <= self.to_on)


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """One document; `digest` is the SHA-256 of its bytes (hex), `document` its official number 文号."""

    id: str
    title: str
    document: str
    issued_on: date
    entries: tuple[PolicyEntry, ...]
    digest: str
