"""Lists of decisions in the database, page by page, within a reach."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Engine, func, select

from certsvc.adapters.batch_schema import dependent_title
from certsvc.adapters.case_schema import proof_of_service
from certsvc.adapters.decision_schema import decision
from certsvc.adapters.decision_store import DatabaseDecisionStore
from certsvc.adapters.dependent_store import entry_of
from certsvc.adapters.information_schema import title_entry
from certsvc.domain.decision import DecisionStatus, StoredDecision
from certsvc.domain.decision_kinds import KINDS
from certsvc.domain.decision_lists import DecisionPage, DecisionQuestion, DecisionView
from certsvc.domain.dependants import DependantEntry

_own = decision.c
_place = func.coalesce(title_entry.c.validity_area, title_entry.c.unit_region)
_STATUS = {
    DecisionView.WAITING: DecisionStatus.PROPOSED,
    DecisionView.CONFIRMED: DecisionStatus.CONFIRMED,
    DecisionView.UNSERVED: DecisionStatus.CONFIRMED,
    DecisionView.WITHDRAWN: DecisionStatus.WITHDRAWN,
}
_MOST_ENTRIES = 100


class DatabaseDecisionIndex:
    """ports.decisions.DecisionIndex on SQLAlchemy Core."""

    def __init__(self, engine: Engine, decisions: DatabaseDecisionStore) -> None:
        self._engine = engine
        self._decisions = decisions

    def page(
        self, question: DecisionQuestion, person: str, places: Collection[str] | None, offset: int, most: int
    ) -> DecisionPage:
        """Some of the decisions over certificates of these places (None: of all)."""
        joined = decision.outerjoin(title_entry, title_entry.c.number == _own.certificate_number)
        conditions = _conditions(question, person, places)
        count = select(func.count()).select_from(joined).where(*conditions)
        shown = (
            select(decision)
            .select_from(joined)
            .where(*conditions)
            .order_by(_own.proposed_at.desc(), _own.id)
            .offset(offset)
            .limit(most)
        )
        with self._engine.begin() as connection:
            total = int(connection.scalar(count) or 0)
            rows = connection.execute(shown).all()
        return DecisionPage(tuple(self._decisions.stored(row) for row in rows), total)

    def over(self, number: str) -> Sequence[StoredDecision]:
        """Every decision over a certificate, newest proposal first."""
        return self._decisions.listed(number=number)

    def entries_about(self, number: str) -> Sequence[DependantEntry]:
        """The entries of the list of dependent titles that a certificate caused or is the subject of, oldest first."""
        own = dependent_title.c
        about = (own.certificate_number == number) | (own.ended_number == number)
        found = select(dependent_title).where(about).order_by(own.opened_at, own.id).limit(_MOST_ENTRIES)
        with self._engine.begin() as connection:
            return tuple(entry_of(row) for row in connection.execute(found))


def _conditions(
    question: DecisionQuestion, person: str, places: Collection[str] | None
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if places is not None:
        conditions.append(_place.in_(sorted(places)))
    if question.view is DecisionView.MINE:
        conditions.append((_own.maker == person) | (_own.checker == person))
    elif question.view is not DecisionView.ALL:
        conditions.append(_own.status == _STATUS[question.view])
    if question.view is DecisionView.UNSERVED:
        conditions.append(_own.kind.in_([kind for kind, rules in KINDS.items() if rules.served]))
        conditions.append(_own.id.not_in(select(proof_of_service.c.decision_id)))
    if question.kind is not None:
        conditions.append(_own.kind == question.kind)
    if question.number is not None:
        conditions.append(_own.certificate_number == question.number)
    return conditions
