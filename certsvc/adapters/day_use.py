"""How much of a day's quota was used, counted in the database in portions.

A process takes a portion of the day before it needs it, and gives it out in memory: the smaller, the less is left, one by one
at the end. So all processes together never give out more than the quota; one that is killed takes at most one portion along.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from sqlalchemy import ColumnElement, Engine, select, update

from certsvc.adapters.database import insert_unless_known
from certsvc.adapters.organisation_key_schema import organisation_key_use as use
from certsvc.errors import CertsvcError

LARGEST_PORTION = 100
_PART = 20
"""A portion is at most so large a part of what is left of the day."""
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Portion:
    """What this process still holds of one key's day, and what the database had counted when it was asked last."""

    on: date
    left: int = 0
    counted: int = 0
    lock: Lock = field(default_factory=Lock)


class PortionedDayUse:
    """ports.organisation_keys.DayUse on SQLAlchemy Core, safe for threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._portions: dict[str, _Portion] = {}
        self._lock = Lock()

    def take(self, key_id: str, on: date, count: int, limit: int) -> int | None:
        """Use `count` of a day's `limit`; how many are used then, None where not so many are left."""
        portion = self._portion(key_id, on)
        with portion.lock:
            if portion.left < count:
                self._fetch(key_id, portion, count - portion.left, limit)
            if portion.left < count:
                return None
            portion.left -= count
            return portion.counted - portion.left

    def used(self, key_id: str, on: date) -> int:
        """How many of the day are used, less what this process holds ready."""
        portion = self._portion(key_id, on)
        with portion.lock, self._engine.begin() as connection:
            portion.counted = connection.scalar(select(use.c.used).where(*_of(key_id, on))) or 0
            return portion.counted - portion.left

    def give_back(self) -> None:
        """Put back what is held, before the process ends; a database that is away keeps it as used."""
        with self._lock:
            held, self._portions = self._portions, {}
        try:
            for key_id, portion in held.items():
                if portion.left:
                    with self._engine.begin() as connection:
                        connection.execute(
                            update(use).where(*_of(key_id, portion.on)).values(used=use.c.used - portion.left)
                        )
        except CertsvcError as error:
            _log.warning("portions of quotas were not given back: %s", error)

    def _portion(self, key_id: str, on: date) -> _Portion:
        with self._lock:
            portion = self._portions.get(key_id)
            if portion is None or portion.on != on:
                portion = self._portions[key_id] = _Portion(on)
            return portion

    def _fetch(self, key_id: str, portion: _Portion, needed: int, limit: int) -> None:
        """Take a portion of at least `needed`; nothing where the day has not so many left."""
        day = _of(key_id, portion.on)
        fresh = {"key_id": key_id, "used_on": portion.on.isoformat(), "used": 0}
        with self._engine.begin() as connection:
            insert_unless_known(connection, use, fresh)
            counted = connection.scalar(select(use.c.used).where(*day).with_for_update()) or 0
            left = limit - counted
            taken = max(needed, min(LARGEST_PORTION, left // _PART)) if left >= needed else 0
            if taken:
                connection.execute(update(use).where(*day).values(used=counted + taken))
        portion.left, portion.counted = portion.left + taken, counted + taken


def _of(key_id: str, on: date) -> tuple[ColumnElement[bool], ...]:
    return use.c.key_id == key_id, use.c.used_on == on.isoformat()
