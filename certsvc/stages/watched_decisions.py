"""Deciding, with everybody who is refused written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from certsvc.domain.decision import DecisionKind, StoredDecision
from certsvc.domain.permission import Action, confirming, proposing
from certsvc.stages.decide import Deciding
from certsvc.stages.permits import Permits


@dataclass(frozen=True, slots=True)
class WatchedDeciding:
    """The same steps as `Deciding`; the rules are there and in the table of permissions, and a test compares them."""

    deciding: Deciding
    permits: Permits

    def propose(
        self,
        kind: DecisionKind,
        number: str,
        document_ref: str,
        decided_on: date,
        ground: str,
        actor: str,
        changes: Mapping[str, str] | None = None,
        document_sha256: str | None = None,
    ) -> str:
        """See `Deciding.propose`."""
        with self.permits.watching(proposing(kind), actor, f"certificate/{number[:32]}"):
            return self.deciding.propose(
                kind, number, document_ref, decided_on, ground, actor, changes, document_sha256
            )

    def confirm(self, decision: str, actor: str) -> StoredDecision:
        """See `Deciding.confirm`."""
        kind = self.deciding.find(decision).proposal.kind
        with self.permits.watching(confirming(kind), actor, f"decision/{decision}"):
            return self.deciding.confirm(decision, actor)

    def withdraw(self, decision: str, actor: str) -> StoredDecision:
        """See `Deciding.withdraw`."""
        with self.permits.watching(Action.DECISION_WITHDRAW, actor, f"decision/{decision[:32]}"):
            return self.deciding.withdraw(decision, actor)

    def find(self, decision: str) -> StoredDecision:
        """See `Deciding.find`."""
        return self.deciding.find(decision)
