"""`certsvc ledger reconcile`: what was decided, what waits, what was logged, what was published, held against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from certverify.note import VerifierKey

from certsvc.ports import Clock, PublicTree
from certsvc.ports.reconciliation import OpenEvent, ReconciliationSource, UnqueuedRecord
from certsvc.stages.log_receipts import MERGE_DELAY
from certsvc.stages.published_log import read_published_note


@dataclass(frozen=True, slots=True)
class ReconciliationReport:
    """What is not where it should be.

    `waiting`: how many events have no leaf yet. `overdue`: those of them, and `unpublished`: those with a leaf that is
    not public, that are older than the merge delay. `unqueued`: records without an event. `recovered`: events without a
    record, out of the public log or written into the database.
    """

    waiting: int
    overdue: tuple[OpenEvent, ...]
    unpublished: tuple[OpenEvent, ...]
    unqueued: tuple[UnqueuedRecord, ...]
    recovered: tuple[OpenEvent, ...]

    @property
    def sound(self) -> bool:
        """Nothing is missing anywhere."""
        return not (self.overdue or self.unpublished or self.unqueued or self.recovered)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The report. `keys`: those that may have signed checkpoints of this log."""

    source: ReconciliationSource
    tree: PublicTree
    keys: Sequence[VerifierKey]
    clock: Clock
    merge_delay: timedelta = MERGE_DELAY

    def report(self) -> ReconciliationReport:
        """Everything at this moment; nothing is written. Raises IntegrityError for a foreign checkpoint."""
        published = read_published_note(self.tree, self.keys)
        shown = 0 if published is None else published[1].size
        waiting = self.source.waiting()
        return ReconciliationReport(
            waiting=len(waiting),
            overdue=self._overdue(waiting),
            unpublished=self._overdue(self.source.logged_from(shown)),
            unqueued=self.source.unqueued(),
            recovered=self.source.recovered(),
        )

    def _overdue(self, events: Sequence[OpenEvent]) -> tuple[OpenEvent, ...]:
        latest = self.clock.now() - self.merge_delay
        return tuple(event for event in events if event.since < latest)
