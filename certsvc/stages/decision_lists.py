"""Lists of decisions for whoever may read them: single ones and whole batches, in the caller's reach."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from certsvc.domain.batch_voiding import BatchDecision
from certsvc.domain.caller import Caller
from certsvc.domain.certificate_search import places_within
from certsvc.domain.decision import DecisionStatus, StoredDecision
from certsvc.domain.decision_authority import city_responsible
from certsvc.domain.decision_lists import DecisionPage, DecisionQuestion
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE
from certsvc.errors import UnknownReference
from certsvc.ports import Clock
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.batches import BatchStore
from certsvc.ports.decisions import DecisionIndex, DecisionStore, Versions
from certsvc.stages.permits import Permits

MOST_LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class DecisionLists:
    """What listing needs. `committees_within` gives the codes of the committees that work within a division."""

    permits: Permits
    index: DecisionIndex
    store: DecisionStore
    looks: PersonalLooks
    clock: Clock
    batches: BatchStore
    committees_within: Callable[[str], Collection[str]]

    def decisions(
        self, question: DecisionQuestion, by: Caller, offset: int = 0, most: int = MOST_LISTED
    ) -> DecisionPage:
        """Some of the decisions asked for, newest proposal first. Raises NotPermitted. Nobody is named in them but officials."""
        self.permits.require(Action.DECISION_READ, by, "decision", place=by.region)
        return self.index.page(question, by.name, places_within(by.region), offset, min(most, MOST_LISTED))

    def view(self, decision: str, by: Caller, channel: str) -> tuple[StoredDecision, Versions]:
        """A decision and the certificate that it is over, for who may read it; the look is noted.

        Raises UnknownReference (none, or over a historical record), NotPermitted.
        """
        stored = self.store.find(decision)
        if stored is None:
            raise UnknownReference(f"没有编号为 {decision[:32]} 的决定。请核对决定编号。")
        number = stored.proposal.number
        versions = self.store.versions(number)
        if not versions:  # of a historical record: /api/v1/historical-records
            raise UnknownReference("该决定针对历史记录，请按历史记录的查询编号查看。")
        place = city_responsible(versions[-1].content.award)
        self.permits.require(Action.DECISION_READ, by, f"decision/{decision}", place=place)
        self.looks.append(PersonalLook(self.clock.now(), channel, by.name, number, "查看决定"))
        return stored, versions

    def batch_decisions(self, by: Caller, filing: str | None = None) -> tuple[BatchDecision, ...]:
        """The newest batch decisions (at most 200), of one filing where asked. Raises NotPermitted."""
        return self.batch_page(by, filing, None, MOST_LISTED, 0)[0]

    def batch_page(
        self, by: Caller, filing: str | None, status: DecisionStatus | None, most: int, skip: int
    ) -> tuple[tuple[BatchDecision, ...], int]:
        """Some of the batch decisions in the caller's reach, newest proposal first, and how many there are.

        Raises NotPermitted.
        """
        self.permits.require(Action.BATCH_VOIDING_READ, by, "batch", place=by.region)
        committees = None if by.region == PROVINCE else self.committees_within(by.region)
        return self.batches.page(filing, status, committees, most, skip)
