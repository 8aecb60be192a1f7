"""Cancelling a person's year, and giving it back, under four eyes (吉人社函〔2022〕38号 四（四）)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from certsvc.domain.caller import Caller
from certsvc.domain.cancelled_year import (
    StoredCancellation,
    YearCancellation,
    lifting_year,
    require_document,
    year_cancellation,
)
from certsvc.domain.identity import IdKind
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE, city_of
from certsvc.errors import UnknownReference
from certsvc.ports import Clock
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.credit import CancelledYearStore
from certsvc.stages.permits import Permits

MOST_LISTED = 200
_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class CancelledYears:
    """What cancelling years needs."""

    permits: Permits
    store: CancelledYearStore
    looks: PersonalLooks
    clock: Clock
    random_bytes: Callable[[int], bytes]

    def propose(
        self,
        name: str,
        id_kind: IdKind,
        id_number: str,
        year: int,
        place: str | None,
        document_ref: str,
        decided_on: date,
        ground: str,
        actor: str,
    ) -> str:
        """Propose to cancel a person's year; the step's id. `place`: six digits, by default the proposer's own.

        A city does so for persons of its own units and for those whose unit the register does not know; the province for all.

        Raises UnknownReference, NotPermitted, RequestError (number, words, dates), ConflictError (proposed already).
        """
        maker = self.permits.official(actor, Action.YEAR_CANCEL_PROPOSE, _NEW)
        cancellation = year_cancellation(
            name,
            require_document(id_kind, id_number),
            year,
            place or maker.region,
            document_ref,
            decided_on,
            ground,
            self.clock.today(),
        )
        region = self.store.unit_region(cancellation.document.number)
        if region is not None:
            self.permits.require(Action.YEAR_CANCEL_PROPOSE, maker, _NEW, place=city_of(region))
        return self._propose(cancellation, maker)

    def lift(self, step: str, document_ref: str, decided_on: date, ground: str, actor: str) -> str:
        """Propose to give a cancelled year back; the step's id. Raises as above."""
        maker = self.permits.official(actor, Action.YEAR_CANCEL_PROPOSE, _subject(step))
        lifting = lifting_year(self._find(step), document_ref, decided_on, ground, self.clock.today())
        return self._propose(lifting, maker)

    def confirm(self, step: str, actor: str) -> StoredCancellation:
        """The second person, of the same authority, puts a step in force. Again: nothing new."""
        subject = _subject(step)
        checker = self.permits.official(actor, Action.YEAR_CANCEL_CONFIRM, subject)
        proposed = self._find(step)
        region = self.permits.place_of(proposed.maker, proposed.proposed_at)
        self.permits.require(
            Action.YEAR_CANCEL_CONFIRM,
            checker,
            subject,
            place=region,
            first_person=self.permits.first_person(proposed.maker, proposed.proposed_at),
        )
        return self.store.confirm(step, checker.name, self.clock.now())

    def withdraw(self, step: str, actor: str) -> StoredCancellation:
        """Take a proposal back, by a person who might have made it. Again: nothing new."""
        by = self.permits.official(actor, Action.YEAR_CANCEL_PROPOSE, _subject(step))
        place = self._find(step).cancellation.place
        self.permits.require(Action.YEAR_CANCEL_PROPOSE, by, _subject(step), place=place)
        return self.store.withdraw(step, by.name, self.clock.now())

    def listed(self, by: Caller, channel: str) -> tuple[StoredCancellation, ...]:
        """The steps of the caller's authority, of all for the province, newest first; every look is noted."""
        self.permits.require(Action.YEAR_CANCEL_READ, by, _NEW, place=by.region)
        found = self.store.listed(None if by.region == PROVINCE else by.region, MOST_LISTED)
        at = self.clock.now()
        self.looks.append(
            *(PersonalLook(at, channel, by.name, one.id, "查看取消当年申报资格") for one in found)
        )
        return found

    def view(self, step: str, by: Caller, channel: str) -> StoredCancellation:
        """A step, for who may read it; the look is noted. Raises UnknownReference, NotPermitted."""
        found = self._find(step)
        place = found.cancellation.place
        self.permits.require(Action.YEAR_CANCEL_READ, by, _subject(step), place=place)
        look = PersonalLook(self.clock.now(), channel, by.name, found.id, "查看取消当年申报资格")
        self.looks.append(look)
        return found

    def _propose(self, cancellation: YearCancellation, maker: Caller) -> str:
        self.permits.require(Action.YEAR_CANCEL_PROPOSE, maker, _NEW, place=cancellation.place)
        new_id = "Y" + self.random_bytes(_ID_BYTES).hex()[1:].upper()
        return self.store.propose(cancellation, new_id, maker.name, self.clock.now())

    def _find(self, step: str) -> StoredCancellation:
        stored = self.store.find(step)
        if stored is None:
            raise UnknownReference(f"没有编号为 {step[:20]} 的取消当年申报资格事项。请核对编号。")
        return stored


_NEW = "cancelled-year"


def _subject(step: str) -> str:
    return f"cancelled-year/{step[:32]}"
