"""ports.history.HistoryRegister in the database: what the public face may ask of historical records. It only reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Engine, Row, Select, and_, select

from certsvc.adapters.clock import local_day
from certsvc.adapters.history_rows import HistoryRows
from certsvc.adapters.history_schema import history_dispute, history_ending, history_record
from certsvc.adapters.instants import read_instant
from certsvc.domain.check_reference import reference_kind
from certsvc.domain.history import plain_old_number
from certsvc.ports import PersonalCipher
from certsvc.ports.history import RegisteredHistory
from certsvc.ports.verification import DecisionNotice

_MOST_ALIKE = 50
"""Records of one old number that are compared; old numbers were given more than once."""


class DatabaseHistoryRegister:
    """ports.history.HistoryRegister on SQLAlchemy Core, over an engine of `open_for_reading`."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._rows = HistoryRows(cipher)
        self._stand_in: Row[Any] | None = None

    def asked_for(self, number: str) -> tuple[RegisteredHistory, ...]:
        """The versions under a check reference, or under the number of an old certificate, oldest first."""
        own, plain = history_record.c, plain_old_number(number)
        if reference_kind(plain) is not None:
            rows = self._rows_of(_published().where(own.reference == plain))
        else:
            rows = self._rows_of(_published().where(own.old_number_key == self._rows.old_number_key(plain)))
        if not rows and self._stand_in is not None:
            self._rows.title(self._stand_in)  # nothing takes as long as something
        return self._read(rows)

    def any_record(self) -> tuple[RegisteredHistory, ...]:
        """One record, for work that is thrown away."""
        rows = self._rows_of(_published().limit(1))
        self._stand_in = rows[0] if rows else None
        return self._read(rows)

    def _rows_of(self, wanted: Select[Any]) -> Sequence[Row[Any]]:
        with self._engine.begin() as connection:
            return connection.execute(wanted).all()

    def _read(self, rows: Sequence[Row[Any]]) -> tuple[RegisteredHistory, ...]:
        return tuple(
            RegisteredHistory(
                row.reference,
                row.version,
                row.slot,
                row.status,
                row.disputed is not None,
                self._rows.title(row),
                _ended(row),
            )
            for row in rows
        )


def _published() -> Select[Any]:
    own, open_ones, ending = history_record.c, history_dispute.c, history_ending.c
    confirmed = and_(ending.reference == own.reference, ending.checker.is_not(None))
    disputed = (
        select(open_ones.id)
        .where(open_ones.reference == own.reference, open_ones.outcome.is_(None))
        .limit(1)
        .scalar_subquery()
        .label("disputed")
    )
    return (
        select(own.reference, own.version, own.slot, own.status, own.sealed_content, disputed)
        .add_columns(ending.document_ref, ending.decided_on, ending.ground, ending.confirmed_at)
        .select_from(history_record.outerjoin(history_ending, confirmed))
        .where(own.slot.is_not(None))
        .order_by(own.reference, own.version)
        .limit(_MOST_ALIKE)
    )


def _ended(row: Row[Any]) -> DecisionNotice | None:
    if row.document_ref is None:
        return None
    decided_on = date.fromisoformat(row.decided_on)
    recorded_on = local_day(read_instant(row.confirmed_at))
    return DecisionNotice("revoke", row.document_ref, decided_on, row.ground, decided_on, recorded_on)
