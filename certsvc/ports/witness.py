"""Witnesses: those who cosign a checkpoint after they have seen that the log only grew (C2SP tlog-witness)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from certsvc.ports.ledger import LedgerHead


@dataclass(frozen=True, slots=True)
class Accepted:
    """The witness took the checkpoint; its signature lines, not verified yet."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherSize:
    """The last checkpoint that the witness cosigned has this size, not the one that was named; or, where the named size
    is that of the checkpoint itself, it has another root."""

    size: int


@dataclass(frozen=True, slots=True)
class ProofRefused:
    """The proof does not lead from what the witness has seen to the checkpoint."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nothing that could be used; `reason` is a word in kebab-case: `timeout`, `http-503`, `garbage`."""

    reason: str


WitnessAnswer = Accepted | OtherSize | ProofRefused | NoAnswer


class WitnessDoor(Protocol):
    """The way to the witnesses of a policy."""

    def add_checkpoint(self, bodies: Mapping[bytes, bytes]) -> Mapping[bytes, WitnessAnswer]:
        """Send each named witness its request, all at the same time; an answer for each, within seconds."""
        ...


class StartGuard(Protocol):
    """What others have seen of the log, asked before a process signs for the first time."""

    def ask(self) -> None:
        """Ask them. It may take seconds: no lock of the database is held meanwhile."""
        ...

    def require(self, head: LedgerHead | None, *, to_sign: bool) -> None:
        """Return when nobody who was asked contradicts the head and, where something is `to_sign`, enough have answered.

        Raises IntegrityError for a contradiction, NotWitnessed while too few have answered.
        """
        ...
