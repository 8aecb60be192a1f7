"""ports.background.FaultBook in the database, so that every process and page sees what another passed over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Engine, delete, func, select, update

from certsvc.adapters.background_schema import background_fault
from certsvc.adapters.database import insert_unless_known
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.ports.background import BackgroundFault

_AT_ONCE: Final = 500


class DatabaseFaultBook:
    """Writes over `engine`, reads over `reading`, an engine of `open_for_reading`."""

    def __init__(self, engine: Engine, reading: Engine) -> None:
        self._engine = engine
        self._reading = reading

    def note(self, work: str, subject: str, fault: str, at: datetime) -> None:
        """Write a fault down, or count it once more."""
        own, moment = background_fault.c, instant_text(at)
        row = {
            "work": work,
            "subject": subject,
            "fault": fault,
            "attempts": 1,
            "since_at": moment,
            "failed_at": moment,
        }
        again = (
            update(background_fault)
            .where(own.work == work, own.subject == subject)
            .values(fault=fault, attempts=own.attempts + 1, failed_at=moment)
        )
        with self._engine.begin() as connection:
            if not insert_unless_known(connection, background_fault, row):
                connection.execute(again)

    def known(self, work: str) -> frozenset[str]:
        """What of a work is noted."""
        own = background_fault.c
        with self._reading.begin() as connection:
            return frozenset(connection.scalars(select(own.subject).where(own.work == work)))

    def forget(self, work: str, subjects: Collection[str]) -> None:
        """Strike out what is well again."""
        own, left = background_fault.c, sorted(subjects)
        while left:
            chunk, left = left[:_AT_ONCE], left[_AT_ONCE:]
            with self._engine.begin() as connection:
                connection.execute(delete(background_fault).where(own.work == work, own.subject.in_(chunk)))

    def counts(self) -> Mapping[str, int]:
        """How many of each work are noted."""
        own = background_fault.c
        with self._reading.begin() as connection:
            found = connection.execute(select(own.work, func.count()).group_by(own.work))
            return {row[0]: row[1] for row in found}

    def newest(self, most: int) -> tuple[BackgroundFault, ...]:
        """The faults that were met last, at most so many."""
        own = background_fault.c
        wanted = select(background_fault).order_by(own.failed_at.desc(), own.work, own.subject).limit(most)
        with self._reading.begin() as connection:
            return tuple(
                BackgroundFault(
                    row.work,
                    row.subject,
                    row.fault,
                    row.attempts,
                    read_instant(row.since_at),
                    read_instant(row.failed_at),
                )
                for row in connection.execute(wanted)
            )
