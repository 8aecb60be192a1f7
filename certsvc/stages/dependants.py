"""The list of dependent titles: made after every ending, settled by a person, one by one."""

from __future__ import annotations

from dataclasses import dataclass

from certsvc.domain.caller import Caller
from certsvc.domain.decision_text import LONGEST_GROUND, require_words
from certsvc.domain.dependants import DependantEntry, DependantStatus
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE
from certsvc.errors import UnknownReference
from certsvc.ports import Clock
from certsvc.ports.dependants import DependantStore
from certsvc.stages.permits import Permits

_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Dependants:
    """What the list needs."""

    permits: Permits
    store: DependantStore
    clock: Clock

    def follow(self) -> int:
        """Work through every confirmed decision that the list has not seen; how many. May be repeated at any time."""
        followed = 0
        while moved := self.store.list_decided(self.clock.now(), _CHUNK):
            followed += moved
        return followed

    def listed(self, status: DependantStatus | None = None) -> tuple[DependantEntry, ...]:
        """Entries, oldest first, in one state where asked."""
        return self.store.listed(status)

    def read(self, by: Caller, status: DependantStatus | None = None) -> tuple[DependantEntry, ...]:
        """The list brought up to date, for readers of the province. Raises NotPermitted."""
        self.permits.require(Action.BATCH_VOIDING_READ, by, "dependants", place=PROVINCE)
        self.follow()
        return self.listed(status)

    def read_page(
        self, by: Caller, status: DependantStatus, most: int, skip: int
    ) -> tuple[tuple[DependantEntry, ...], int]:
        """A page of the list brought up to date, oldest first, and how many there are. Raises as `read`."""
        self.permits.require(Action.BATCH_VOIDING_READ, by, "dependants", place=PROVINCE)
        self.follow()
        return self.store.page(status, most, skip)

    def waiting(self) -> int:
        """How many wait for a person."""
        return self.store.page(DependantStatus.OPEN, 1, 0)[1]

    def find(self, entry: str) -> DependantEntry:
        """An entry. Raises UnknownReference when there is none."""
        found = self.store.find(entry)
        if found is None:
            raise UnknownReference(f"没有编号为 {entry[:32]} 的后续职称事项。请核对编号。")
        return found

    def settle(
        self, entry: str, outcome: DependantStatus, actor: str, note: str | None, decision: str | None = None
    ) -> DependantEntry:
        """Store what a person of the province decided: the title is kept, with a note, or was ended by a decision of its own.

        The same again changes nothing. Raises UnknownReference, NotPermitted, RequestError (note or decision missing, or of
        another certificate), ConflictError (settled otherwise).
        """
        subject = f"dependant/{entry[:32]}"
        by = self.permits.official(actor, Action.DEPENDENT_SETTLE, subject)
        self.permits.require(Action.DEPENDENT_SETTLE, by, subject)
        words = None if not note else require_words(note, "办理说明", LONGEST_GROUND)
        return self.store.settle(entry, outcome, decision, words, by.name, self.clock.now())
