"""ports.history.HistoryRegister in the database: what the public face may ask of historical records. It only reads."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, Select, select

from certsvc.adapters.history_rows import HistoryRows
from certsvc.adapters.history_schema import history_dispute, history_record
from certsvc.domain.check_reference import reference_kind
from certsvc.domain.history import plain_old_number
from certsvc.ports import PersonalCipher
from certsvc.ports.history import RegisteredHistory

_MOST_ALIKE = 50
"""Records of one old number that are compared; old numbers were given more than once."""


class DatabaseHistoryRegister:
    """ports.history.HistoryRegister on SQLAlchemy Core, over an engine of `open_for_reading`."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._rows = HistoryRows(cipher)

    def asked_for(self, number: str) -> tuple[RegisteredHistory, ...]:
        """The versions under a check reference, or under the number of an old certificate, oldest first."""
        own, plain = history_record.c, plain_old_number(number)
        if reference_kind(plain) is not None:
            return self._read(_published().where(own.reference == plain))
        return self._read(_published().where(own.old_number_key == self._rows.old_number_key(plain)))

    def any_record(self) -> tuple[RegisteredHistory, ...]:
        """One record, for work that is thrown away."""
        return self._read(_published().limit(1))

    def _read(self, wanted: Select[Any]) -> tuple[RegisteredHistory, ...]:
        with self._engine.begin() as connection:
            rows = connection.execute(wanted).all()
        return tuple(
            RegisteredHistory(
                row.reference,
                row.version,
                row.slot,
                row.status,
                row.disputed is not None,
                self._rows.title(row),
            )
            for row in rows
        )


def _published() -> Select[Any]:
    own, open_ones = history_record.c, history_dispute.c
    disputed = (
        select(open_ones.id)
        .where(open_ones.reference == own.reference, open_ones.outcome.is_(None))
        .limit(1)
        .scalar_subquery()
        .label("disputed")
    )
    return (
        select(own.reference, own.version, own.slot, own.status, own.sealed_content, disputed)
        .where(own.slot.is_not(None))
        .order_by(own.reference, own.version)
        .limit(_MOST_ALIKE)
    )
