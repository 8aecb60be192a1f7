"""The log of look-ups 查验记录 of an office, joined with its adapters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine

from certsvc.adapters.database import open_database
from certsvc.adapters.database_copy import database_kind
from certsvc.adapters.look_up_journal import LookUpJournal
from certsvc.adapters.look_up_store import DatabaseLookUpStore
from certsvc.ports import Clock, PersonalCipher
from certsvc.settings import Settings


class LookUpDesk:
    """The log for the faces (`journal`), for holders and those who watch (`store`), and its retention (`work`)."""

    def __init__(self, settings: Settings, engine: Engine, cipher: PersonalCipher, clock: Clock) -> None:
        """`engine`: the office's; on SQLite the log has a file, and so an engine, of its own."""
        own = database_kind(settings.effective_database_url) == "sqlite"
        self._own = open_database(f"sqlite:///{settings.look_ups_file.resolve()}") if own else None
        self.store = DatabaseLookUpStore(self._own or engine, cipher)
        self.journal = LookUpJournal(self.store)
        self._clock = clock
        self._kept = timedelta(days=settings.look_up_days)

    def work(self, stopping: Callable[[], bool]) -> None:
        """Delete what has been kept long enough. Raises UnavailableError."""
        kept_from = self._clock.now() - self._kept
        while self.store.forget_before(kept_from) and not stopping():
            pass

    def close(self) -> None:
        """Write what waits, and give the connections back."""
        self.journal.close()
        if self._own is not None:
            self._own.dispose()
