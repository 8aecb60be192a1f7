"""The log of looks at personal data: nothing but appending, many lines at once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, insert

from certsvc.adapters.access_schema import personal_look
from certsvc.adapters.instants import instant_text
from certsvc.domain.caller import Caller
from certsvc.ports import Clock


class DatabasePersonalLooks:
    """access_ports.PersonalLooks on SQLAlchemy Core."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def note(self, caller: Caller, channel: str, subjects: Sequence[str], purpose: str) -> None:
        """One line for each certificate number or filing looked at."""
        at = instant_text(self._clock.now())
        rows = [
            {"at": at, "channel": channel, "viewer": caller.name, "object": subject, "purpose": purpose}
            for subject in subjects
        ]
        if rows:
            with self._engine.begin() as connection:
                connection.execute(insert(personal_look), rows)
