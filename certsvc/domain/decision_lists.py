"""Lists of decisions: what is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from certsvc.domain.decision import DecisionKind, StoredDecision


class DecisionView(StrEnum):
    """Which decisions: waiting for the second person, in force, not yet served, taken back, those that one took part in, all."""

    WAITING = "waiting"
    MINE = "mine"
    CONFIRMED = "confirmed"
    UNSERVED = "unserved"
    WITHDRAWN = "withdrawn"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class DecisionQuestion:
    """What is asked for; everything that is given must hold."""

    view: DecisionView = DecisionView.WAITING
    kind: DecisionKind | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """Some of the decisions asked for, newest proposal first, and how many there are."""

    rows: tuple[StoredDecision, ...]
    total: int
