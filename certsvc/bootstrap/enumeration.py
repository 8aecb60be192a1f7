"""The watch over those who try certificates out: one memory for all parts of a process, however many offices it opens."""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from certsvc.ports.look_ups import NoLookUps, Pattern
from certsvc.stages.enumeration import WINDOW, EnumerationWatch, Thresholds

if TYPE_CHECKING:
    from certsvc.bootstrap.public_side import PublicSide

_ALERTS_READ: Final = 200
_memories: WeakValueDictionary[tuple[str, str, Thresholds], _Memory] = WeakValueDictionary()
_lock = Lock()


class _Memory:
    """What the watches of one office share while any of them lives."""

    def __init__(self, office: PublicSide, thresholds: Thresholds) -> None:
        self.first = EnumerationWatch(NoLookUps(), office.clock, os.urandom(16), thresholds)


class SharedWatch:
    """The watch of an office: what one part of the process notices, every part knows (`watch`). What other processes noticed
    is read from the alerts (`alerted`).
    """

    def __init__(self, office: PublicSide) -> None:
        settings = office.settings
        thresholds = Thresholds(settings.enumeration_numbers, settings.enumeration_overall)
        key = str(settings.home.resolve()), settings.effective_database_url, thresholds
        with _lock:
            self._memory = _memories.get(key) or _Memory(office, thresholds)
            _memories[key] = self._memory
        self._office = office
        self.watch = self._memory.first.beside(office.look_ups.journal, office.clock)

    def alerted(self, asker: str) -> bool:
        """Whether an alert of the last hour names this asker, or everybody. One query. Raises UnavailableError."""
        store, since = self._office.look_ups.store, self._office.clock.now() - WINDOW
        for alert in store.newest_alerts(_ALERTS_READ):
            if alert.at <= since:
                return False
            if alert.pattern is Pattern.OVERALL or (
                alert.asker and alert.asker == store.pseudonym_of(asker, alert.at)
            ):
                return True
        return False
