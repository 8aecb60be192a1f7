"""Annulled examinations and qualifications under four eyes (38号 四（六）): what rests on them is listed for a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from certsvc.domain.annulment import Annulment, ProofKind, StoredAnnulment, annulment, lifting
from certsvc.domain.caller import Caller
from certsvc.domain.decision import DecisionStatus
from certsvc.domain.dependants import DependantEntry
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE
from certsvc.errors import UnknownReference
from certsvc.ports import Clock
from certsvc.ports.dependants import AnnulmentStore
from certsvc.stages.permits import Permits

_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class Annulments:
    """What annulling proofs needs."""

    permits: Permits
    store: AnnulmentStore
    clock: Clock
    random_bytes: Callable[[int], bytes]

    def record(
        self, kind: ProofKind, reference: str, document_ref: str, decided_on: date, ground: str, actor: str
    ) -> str:
        """Propose to record that a proof was annulled; the step's id, which the same again keeps. Nothing counts yet.

        Raises UnknownReference (actor), NotPermitted, RequestError (words, date), ConflictError (annulled otherwise).
        """
        maker = self._permitted(Action.ANNULMENT_RECORD, actor, "annulment")
        today = self.clock.today()
        return self._propose(annulment(kind, reference, document_ref, decided_on, ground, today), maker)

    def propose_lifting(
        self, annulled: str, document_ref: str, decided_on: date, ground: str, actor: str
    ) -> str:
        """Propose to lift an annulment in force; the step's id. Raises as above, ConflictError when it is not confirmed."""
        maker = self._permitted(Action.ANNULMENT_RECORD, actor, _subject(annulled))
        today = self.clock.today()
        return self._propose(lifting(self.find(annulled), document_ref, decided_on, ground, today), maker)

    def confirm(self, step: str, actor: str) -> tuple[StoredAnnulment, tuple[DependantEntry, ...]]:
        """The second person puts a step in force; it, and the list of what rests on the proof.

        Raises NotPermitted, UnknownReference, ConflictError.
        """
        subject = _subject(step)
        checker = self.permits.official(actor, Action.ANNULMENT_CONFIRM, subject)
        proposed = self.find(step)
        region = self.permits.official(proposed.maker, Action.ANNULMENT_RECORD, subject).region
        self.permits.require(
            Action.ANNULMENT_CONFIRM,
            checker,
            subject,
            place=region,
            first_person=self.permits.first_person(proposed.maker, proposed.proposed_at),
        )
        return self.store.confirm(step, checker.name, self.clock.now())

    def withdraw(self, step: str, actor: str) -> StoredAnnulment:
        """Take a proposal back, by a person of the provincial department. Again: nothing new."""
        by = self._permitted(Action.ANNULMENT_RECORD, actor, _subject(step))
        return self.store.withdraw(step, by, self.clock.now())

    def listed(self, by: Caller, status: DecisionStatus | None = None) -> tuple[StoredAnnulment, ...]:
        """Steps, newest proposal first, of one state where asked, for readers of the province. Raises NotPermitted."""
        self.permits.require(Action.BATCH_VOIDING_READ, by, "annulment", place=PROVINCE)
        return self.store.listed(status)

    def view(self, step: str, by: Caller) -> StoredAnnulment:
        """A step, for readers of the province. Raises NotPermitted, UnknownReference."""
        self.permits.require(Action.BATCH_VOIDING_READ, by, _subject(step), place=PROVINCE)
        return self.find(step)

    def find(self, step: str) -> StoredAnnulment:
        """A step. Raises UnknownReference when there is none."""
        stored = self.store.find(step)
        if stored is None:
            raise UnknownReference(f"没有编号为 {step[:32]} 的取消登记。请核对编号。")
        return stored

    def _propose(self, given: Annulment, maker: str) -> str:
        new_id = "A" + self.random_bytes(_ID_BYTES).hex()[1:].upper()
        return self.store.propose(given, new_id, maker, self.clock.now())

    def _permitted(self, action: Action, actor: str, subject: str) -> str:
        by = self.permits.official(actor, action, subject)
        self.permits.require(action, by, subject)
        return by.name


def _subject(step: str) -> str:
    return f"annulment/{step[:32]}"
