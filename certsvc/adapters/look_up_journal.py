"""ports.look_ups.LookUps: what came in is written by a thread, at the latest a second later.

Nobody who is answered waits for a disk. While the disk is away the newest wait, so many that memory stays bounded, and the
oldest are counted as lost.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from threading import Event, Lock, Thread
from typing import Protocol

from certsvc.errors import CertsvcError
from certsvc.ports.look_ups import EnumerationAlert, LookUp

ALERT = "enumeration-suspected"
"""The line in the log of this service that says so."""
WRITE_SECONDS = 1.0
BATCH = 500
"""So many waiting ones are written before the second is over; what came in meanwhile is written with them."""
MOST_AT_ONCE = 5_000
MOST_WAITING = 50_000
_MOST_ALERTS = 1_000
_LEAVING_SECONDS = 5.0
_log = logging.getLogger(__name__)


class WrittenLookUps(Protocol):
    """Where a batch goes."""

    def pseudonym_of(self, asker: str, at: datetime) -> str:
        """What an asker is written as."""
        ...

    def write(self, look_ups: Sequence[LookUp], alerts: Sequence[EnumerationAlert] = ()) -> None:
        """Add rows durably. Raises UnavailableError."""
        ...


class LookUpJournal:
    """Takes look-ups and alerts; the thread begins with the first one and ends with `close`."""

    def __init__(
        self, store: WrittenLookUps, *, most: int = MOST_WAITING, seconds: float = WRITE_SECONDS
    ) -> None:
        self._store = store
        self._most = most
        self._seconds = seconds
        self._waiting: deque[LookUp] = deque()
        self._alerts: deque[EnumerationAlert] = deque(maxlen=_MOST_ALERTS)
        self._lock = Lock()
        self._writing = Lock()
        self._called = Event()
        self._closed = False
        self._thread: Thread | None = None
        self._well = True
        self.lost = 0
        """Look-ups that nobody will ever read."""

    @property
    def waiting(self) -> int:
        """Look-ups that are not written yet."""
        return len(self._waiting)

    def note(self, *look_ups: LookUp) -> None:
        """Take look-ups; about a microsecond."""
        waiting = self._waiting
        with self._lock:
            waiting.extend(look_ups)
            if len(waiting) > self._most:
                self._lose()
        if len(waiting) >= BATCH and not self._called.is_set():
            self._called.set()
        if self._thread is None:
            self._begin()

    def raise_alert(self, alert: EnumerationAlert) -> None:
        """Take an alert, and say so in the log at once."""
        told = {
            "pattern": alert.pattern.value,
            "asker": self._store.pseudonym_of(alert.asker, alert.at),
            "count": alert.count,
        }
        _log.warning(ALERT, extra=told)
        self._alerts.append(alert)
        if self._thread is None:
            self._begin()

    def flush(self) -> None:
        """Write everything that waits. Raises UnavailableError; what could not be written waits on."""
        with self._writing:
            while self._waiting or self._alerts:
                self._write_batch()

    def close(self) -> None:
        """Write what waits and end; a disk that is away is not waited for."""
        with self._lock:
            self._closed = True
            thread, self._thread = self._thread, None
        self._called.set()
        if thread is not None:
            thread.join(_LEAVING_SECONDS)

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None and not self._closed:
                self._thread = Thread(target=self._work, name="look-ups", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while not self._closed:
            self._called.wait(self._seconds)
            self._called.clear()
            self._try()
        self._try()

    def _try(self) -> None:
        try:
            self.flush()
        except CertsvcError as error:
            if self._well:
                _log.warning("look-ups cannot be written at the moment, trying again: %s", error)
            self._well = False
            self._called.clear()
            if not self._closed:
                self._called.wait(self._seconds)
        except Exception:
            self._well = False
            _log.exception("look-ups cannot be written")
        else:
            self._well = True

    def _write_batch(self) -> None:
        """The oldest rows leave the queue when they are written, unless they were lost meanwhile."""
        with self._lock:
            batch = list(islice(self._waiting, MOST_AT_ONCE))
            alerts = list(self._alerts)
            lost_before = self.lost
        self._store.write(batch, alerts)
        with self._lock:
            lost_of_batch = min(self.lost - lost_before, len(batch))
            self.lost -= lost_of_batch  # they were written after all
            for _ in range(len(batch) - lost_of_batch):
                self._waiting.popleft()
            for _ in range(min(len(alerts), len(self._alerts))):
                self._alerts.popleft()

    def _lose(self) -> None:
        while len(self._waiting) > self._most:
            self._waiting.popleft()
            self.lost += 1
