"""Case work 办案, joined: voided batches, the titles that depend on what ended, annulled proofs."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import closing

from certsvc.adapters.annulment_store import DatabaseAnnulmentStore
from certsvc.adapters.batch_store import DatabaseBatchStore
from certsvc.adapters.dependent_store import DatabaseDependantStore
from certsvc.bootstrap.parts import Parts
from certsvc.domain.decision_policy import DecisionPolicy
from certsvc.stages.annulments import Annulments
from certsvc.stages.batch_voiding import BatchVoiding
from certsvc.stages.dependants import Dependants


class CaseWork:
    """The stages of case work over the parts of an office."""

    def __init__(
        self,
        parts: Parts,
        policy: DecisionPolicy,
        place_of: Callable[[str], str | None],
        document_kept: Callable[[str, str], bool],
        decision_confirmed: Callable[[str], None],
    ) -> None:
        """`place_of` gives the division that a filing belongs to; `decision_confirmed` is told of every certificate."""
        engine, cipher = parts.engine, parts.keys.cipher
        dependants = DatabaseDependantStore(engine)
        self.dependants = Dependants(parts.permits, dependants, parts.clock)
        annulled = DatabaseAnnulmentStore(engine, cipher)
        self.annulments = Annulments(parts.permits, annulled, parts.clock, os.urandom)
        self.batches = BatchVoiding(
            parts.permits,
            parts.filings,
            DatabaseBatchStore(
                engine,
                cipher,
                parts.certificates,
                confirmed=decision_confirmed,
                tell_platforms=parts.tell_of_decision,
            ),
            parts.clock,
            policy,
            os.urandom,
            place_of,
            dependants.later_titles,
            document_kept,
        )

    def unfinished_batches(self) -> tuple[str, ...]:
        """Confirmed batch decisions whose events are not all written."""
        return self.batches.unfinished()

    def carry_out(self, batch: str) -> Generator[int, None, None]:
        """Take a confirmed batch decision on, chunk by chunk; how many certificates each moved."""
        yield from self.batches.carry_out(batch)

    def follow_decisions(self) -> int:
        """List what rests on what ended since; how many decisions were looked at."""
        return self.dependants.follow()

    def work(self, stopping: Callable[[], bool]) -> None:
        """The same in the background: between two chunks it may be left."""
        for batch in self.unfinished_batches():
            with closing(self.carry_out(batch)) as chunks:
                for _ in chunks:
                    if stopping():
                        return
        self.follow_decisions()

    def catch_up(self) -> None:
        """Write the events of every confirmed batch decision, and list what rests on what ended."""
        for batch in self.unfinished_batches():
            for _ in self.carry_out(batch):
                pass
        self.follow_decisions()
