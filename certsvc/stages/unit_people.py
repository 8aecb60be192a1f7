"""A unit's own people 本单位人员: who is in which filing, at which step, held or not, and the certificate once issued.

A unit sees the rows that name it by its unified social credit code, and of them what it knows itself: names and titles.
Neither numbers of documents nor findings nor opinions are told, and of nobody else anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from certsvc.domain.caller import Caller
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.filed_person import FiledTitle
from certsvc.domain.permission import Action
from certsvc.domain.under_way import ChainStep, Reason, Standing, chain_of, reasons_of
from certsvc.domain.unit_people import UnitRow, UnitState
from certsvc.ports import Clock
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.under_way import UnitQuestion, UnitRows
from certsvc.stages.permits import Permits
from certsvc.stages.under_way import days_of

LOOKED: Final = "单位查询本单位人员办理情况"
_SUBJECT: Final = "unit-people"


@dataclass(frozen=True, slots=True)
class UnitPerson:
    """One of the unit's people in a filing. `present`: the step that is worked at, or at which it stopped; None once issued.

    `reasons`: why it does not go on, empty where it does. `number`, `status`: of the certificate once it can be had.
    """

    filing: str
    filed: FiledTitle
    committee: str
    batch_ref: str | None
    review_year: int | None
    received_at: datetime
    state: UnitState
    present: ChainStep | None
    reasons: tuple[Reason, ...]
    number: str | None
    status: CertificateStatus | None


@dataclass(frozen=True, slots=True)
class PeopleOfUnit:
    """What looking needs. `committee_name` calls a committee by its code, whether it is registered or not."""

    permits: Permits
    rows: UnitRows
    looks: PersonalLooks
    clock: Clock
    committee_name: Callable[[str | None], str]

    def by_state(self, by: Caller, year: int | None = None) -> Mapping[UnitState, int]:
        """How many of the caller's unit stand how. Raises NotPermitted for whoever serves no unit."""
        return self.rows.by_state(UnitQuestion(self._unit(by), year))

    def page(
        self, by: Caller, year: int | None, state: UnitState | None, offset: int, most: int
    ) -> tuple[UnitPerson, ...]:
        """Some of the unit's people, the newest filing first; every look is written down before. Raises NotPermitted."""
        found = self.rows.rows(UnitQuestion(self._unit(by), year, state), offset, most)
        at = self.clock.now()
        subjects = dict.fromkeys(one.number or one.filed.filing for one in found)
        self.looks.append(*(PersonalLook(at, "console", by.name, subject, LOOKED) for subject in subjects))
        return tuple(self._told(one) for one in found)

    def _unit(self, by: Caller) -> str:
        self.permits.require(Action.UNIT_PEOPLE_READ, by, _SUBJECT, unit=by.unit)
        return by.unit or ""

    def _told(self, one: UnitRow) -> UnitPerson:
        row = one.filed
        chain = () if row.published else chain_of(row, days_of(row), self.clock.today())
        working = (Standing.PRESENT, Standing.STOPPED)
        return UnitPerson(
            filing=row.filing,
            filed=row.filed,
            committee=self.committee_name(row.committee_code),
            batch_ref=row.batch_ref,
            review_year=one.review_year,
            received_at=row.received_at,
            state=one.state,
            present=next((step for step in chain if step.standing in working), None),
            reasons=() if row.published else reasons_of(row),
            number=one.number,
            status=one.status,
        )
