"""Naming a unit publicly, and lifting it, under four eyes of the provincial department (吉人社函〔2022〕38号 四（二）)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date

from certsvc.domain.caller import Caller
from certsvc.domain.decision import DecisionStatus
from certsvc.domain.permission import Action
from certsvc.domain.unit_notice import StoredNotice, UnitNotice, lifting, require_nobody_named, unit_notice
from certsvc.errors import UnknownReference
from certsvc.ports import Clock
from certsvc.ports.notices import NoticeStore, UnitPeople
from certsvc.stages.permits import Permits

_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class UnitNotices:
    """What naming units needs."""

    permits: Permits
    store: NoticeStore
    people: UnitPeople
    clock: Clock
    random_bytes: Callable[[int], bytes]

    def propose(
        self,
        unit_name: str,
        unit_code: str | None,
        document_ref: str,
        decided_on: date,
        ground: str,
        actor: str,
        certificates: Sequence[str] = (),
    ) -> str:
        """Propose to name a unit; the step's id. `certificates`: those whose holders the case is about.

        Raises NotPermitted, RequestError (words, code, date, a person who is named), UnknownReference (certificate).
        """
        today = self.clock.today()
        return self._propose(
            unit_notice(unit_name, unit_code, document_ref, decided_on, ground, today, certificates), actor
        )

    def propose_lifting(
        self, notice: str, document_ref: str, decided_on: date, ground: str, actor: str
    ) -> str:
        """Propose to lift a published notice; the step's id. Raises as above, ConflictError when it is not published."""
        return self._propose(
            lifting(self.find(notice), document_ref, decided_on, ground, self.clock.today()), actor
        )

    def confirm(self, step: str, actor: str) -> StoredNotice:
        """The second person puts a step in force. Raises NotPermitted, UnknownReference, ConflictError."""
        subject = _subject(step)
        checker = self.permits.official(actor, Action.UNIT_NOTICE_CONFIRM, subject)
        proposed = self.find(step)
        region = self.permits.place_of(proposed.maker, proposed.proposed_at)
        self.permits.require(
            Action.UNIT_NOTICE_CONFIRM,
            checker,
            subject,
            place=region,
            first_person=self.permits.first_person(proposed.maker, proposed.proposed_at),
        )
        self._require_nobody_named(
            proposed.notice
        )  # a filing or a correction since may have made a word a name
        return self.store.confirm(step, checker.name, self.clock.now())

    def withdraw(self, step: str, actor: str) -> StoredNotice:
        """Take a proposal back, by a person of the provincial department. Again: nothing new."""
        by = self.permits.official(actor, Action.UNIT_NOTICE_PROPOSE, _subject(step))
        self.permits.require(Action.UNIT_NOTICE_PROPOSE, by, _subject(step))
        return self.store.withdraw(step, by.name, self.clock.now())

    def listed(self, by: Caller, status: DecisionStatus | None = None) -> tuple[StoredNotice, ...]:
        """Steps, newest proposal first, of one state where asked. Raises NotPermitted."""
        self.permits.require(Action.REPORT_READ, by, "unit-notice")
        return self.store.listed(status)

    def view(self, step: str, by: Caller) -> StoredNotice:
        """A step, for who may read it. Raises NotPermitted, UnknownReference."""
        self.permits.require(Action.REPORT_READ, by, _subject(step))
        return self.find(step)

    def find(self, step: str) -> StoredNotice:
        """A step. Raises UnknownReference when there is none."""
        stored = self.store.find(step)
        if stored is None:
            raise UnknownReference(f"没有编号为 {step} 的通报。请核对通报编号。")
        return stored

    def _propose(self, notice: UnitNotice, actor: str) -> str:
        subject = f"unit-notice/{notice.document_ref[:64]}"
        maker = self.permits.official(actor, Action.UNIT_NOTICE_PROPOSE, subject)
        self.permits.require(Action.UNIT_NOTICE_PROPOSE, maker, subject)
        self._require_nobody_named(notice)
        new_id = "N" + self.random_bytes(_ID_BYTES).hex()[1:].upper()
        return self.store.propose(notice, new_id, maker.name, self.clock.now())

    def _require_nobody_named(self, notice: UnitNotice) -> None:
        with closing(self.people.of(notice.unit_code, notice.certificates)) as people:
            require_nobody_named(notice, people)


def _subject(step: str) -> str:
    return f"unit-notice/{step[:32]}"
