"""Wake-ups inside one process."""

from __future__ import annotations

from threading import Event


class LocalWakeUps:
    """ports.WakeUps between the threads that share this object, one of which waits."""

    def __init__(self) -> None:
        self._announced = Event()

    def announce(self) -> None:
        """There is work."""
        self._announced.set()

    def wait(self, seconds: float) -> None:
        """Come back when there is work, or when the time is over."""
        self._announced.wait(seconds)
        self._announced.clear()
