"""ports.under_way.UnitRows in the database: filed rows by the code of the unit that they name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, Select, and_, case, func, or_, select

from certsvc.adapters.database import read_one_moment
from certsvc.adapters.filed_person_schema import filed_person
from certsvc.adapters.filed_persons import FILED_ROWS, PUBLISHED, DatabaseFiledRows
from certsvc.adapters.filing_outline_schema import filing_outline
from certsvc.adapters.filing_shelf import FILED_AGAIN
from certsvc.adapters.issue_check import is_closed
from certsvc.adapters.schema import certificate, filing, filing_row
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.unit_people import UnitRow, UnitState
from certsvc.ports import PersonalCipher
from certsvc.ports.under_way import UnitQuestion

_OWN = filed_person.c
_ISSUED, _LATER = certificate.alias("issued"), certificate.alias("later_version")
_NEWEST = and_(
    _ISSUED.c.filing_id == _OWN.filing_id,
    _ISSUED.c.row_no == _OWN.row_no,
    _ISSUED.c.state == "published",
    ~select(_LATER.c.number)
    .where(
        _LATER.c.number == _ISSUED.c.number,
        _LATER.c.version > _ISSUED.c.version,
        _LATER.c.state == "published",
    )
    .exists(),
)
_state = case(
    (PUBLISHED, UnitState.ISSUED.value),
    (
        or_(is_closed(filing.c.id), filing.c.status == "refused", filing_row.c.outcome == "refused"),
        UnitState.RETURNED.value,
    ),
    (filing_row.c.outcome == "held", UnitState.HELD.value),
    else_=UnitState.UNDER_WAY.value,
)
_PRESENT = or_(PUBLISHED, and_(filing_outline.c.replaced_by.is_(None), ~FILED_AGAIN))
"""What was filed again stands in the later filing alone."""


class DatabaseUnitRows:
    """On connections that cannot write."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._rows = DatabaseFiledRows(engine, cipher)

    def by_state(self, question: UnitQuestion) -> Mapping[UnitState, int]:
        """How many rows of the unit stand how, the question's own state aside."""
        stands = _of_unit(question, any_state=True).with_only_columns(_state.label("state")).order_by(None)
        counted = stands.subquery()
        found = select(counted.c.state, func.count()).group_by(counted.c.state)
        with self._engine.connect() as connection:
            return {UnitState(state): number for state, number in connection.execute(found)}

    def rows(self, question: UnitQuestion, offset: int, most: int) -> tuple[UnitRow, ...]:
        """Some of them, the newest filing first. Decrypts names."""
        page = (
            _of_unit(question)
            .add_columns(filing_outline.c.review_year, _ISSUED.c.number, _ISSUED.c.status.label("stands"))
            .outerjoin(_ISSUED, _NEWEST)
            .offset(offset)
            .limit(most)
        )
        with read_one_moment(self._engine) as connection:
            found = connection.execute(page).all()
            return tuple(self._row(one, self._rows.read(connection, one)) for one in found)

    def _row(self, found: Row[Any], filed: Any) -> UnitRow:
        status = None if found.stands is None else CertificateStatus(found.stands)
        return UnitRow(filed, found.review_year, found.number, status)


def _of_unit(question: UnitQuestion, *, any_state: bool = False) -> Select[Any]:
    wanted: list[ColumnElement[bool]] = [_OWN.unit_code == question.unit, _PRESENT]
    if question.year is not None:
        wanted.append(filing_outline.c.review_year == question.year)
    if question.state is not None and not any_state:
        wanted.append(_state == question.state.value)
    return FILED_ROWS.join(filing_outline, filing_outline.c.filing_id == _OWN.filing_id).where(*wanted)
