"""What voiding whole batches needs from the world."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol

from certsvc.domain.batch_voiding import (
    BatchCertificate,
    BatchDecision,
    BatchProgress,
    BatchProposal,
    PlannedDecision,
)
from certsvc.domain.certificate import Award
from certsvc.domain.decision import DecisionStatus, StoredDecision
from certsvc.domain.permission import Action
from certsvc.ports.decisions import Enactment, Versions

Plan = Callable[
    [BatchProposal, tuple[BatchCertificate, ...], tuple[Award, ...], BatchDecision | None],
    tuple[PlannedDecision, ...],
]
"""Checks a proposal against the certificates of its filing, the awards that have none yet, and the batch decision by which
the filing is void already; what the proposal does to each certificate. Must not ask the database."""

EnactOne = Callable[[StoredDecision, Versions], Enactment]
"""The events of the decision over one certificate."""


class BatchStore(Protocol):
    """Batch decisions, and the decisions over single certificates that they bring along."""

    def find(self, batch: str) -> BatchDecision | None:
        """A batch decision, None when there is none."""
        ...

    def listed(self, filing: str | None = None) -> tuple[BatchDecision, ...]:
        """Batch decisions, newest proposal first, of one filing where asked."""
        ...

    def page(
        self,
        filing: str | None,
        status: DecisionStatus | None,
        committees: Collection[str] | None,
        most: int,
        skip: int,
    ) -> tuple[tuple[BatchDecision, ...], int]:
        """Some of the batch decisions, newest proposal first, and how many there are: of one filing, in one status, of the
        filings of these committees; None: of all."""
        ...

    def members(self, filing: str) -> tuple[BatchCertificate, ...]:
        """Every certificate of a filing, by number."""
        ...

    def undrafted(self, filing: str) -> tuple[Award, ...]:
        """The admitted persons of a filing who have no certificate."""
        ...

    def same_batch(self, filing: str) -> tuple[str, ...]:
        """The other filings of the same committee and 批次编号 that were not refused."""
        ...

    def closed_by(self, filing: str) -> BatchDecision | None:
        """The batch decision by which the filing is void; None when it is not, or was restored since."""
        ...

    def propose(self, proposal: BatchProposal, new_id: str, maker: str, at: datetime) -> str:
        """Store a proposal; its id. The same content, while it is open, keeps the id it has."""
        ...

    def confirm(self, batch: str, checker: str, at: datetime, plan: Plan) -> BatchDecision:
        """Commit what `plan` says at once: one decision a certificate, and the status of every version."""
        ...

    def write_events(self, batch: str, at: datetime, most: int, enact: EnactOne) -> int:
        """Write the ledger events of up to so many certificates in one transaction; how many. 0: all are written."""
        ...

    def unfinished(self) -> tuple[str, ...]:
        """Confirmed batch decisions whose events are not all written."""
        ...

    def progress(self, batch: str) -> BatchProgress:
        """How far a batch decision is."""
        ...

    def withdraw(self, batch: str, by: str, at: datetime, action: Action) -> BatchDecision:
        """Take a proposal back, written down as the action. Raises ConflictError when it is confirmed."""
        ...
