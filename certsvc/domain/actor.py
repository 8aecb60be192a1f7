"""Actors: the registered persons of an authority who file, approve, issue and decide (谁受理、谁负责、谁签字)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an actor may do: prepare, confirm, or look on and change nothing."""

    MAKER = "maker"
    CHECKER = "checker"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Actor:
    """One registered person: name of the account, role, and the region (six digits) whose authority they serve."""

    name: str
    role: Role
    region: str

    @property
    def may_decide(self) -> bool:
        """True for the two roles that write; a supervisor only reads."""
        return self.role is not Role.SUPERVISOR
