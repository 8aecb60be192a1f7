"""Running the application."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread

import uvicorn
from fastapi import FastAPI

from certsvc.errors import CertsvcError, ConflictError, UnavailableError

RENEWAL_SECONDS = 600.0
_log = logging.getLogger(__name__)


def serve(app: FastAPI, host: str, port: int, renew: Callable[[], None] | None = None) -> None:
    """Serve until interrupted. Requests are not logged here: paths and addresses of people who check stay unrecorded.

    `renew` is called every ten minutes, so that the checkpoint stays young enough for answers on line. When it
    cannot be done at the moment (UnavailableError, ConflictError) it is tried again; any other failure ends the serving and is
    raised here.
    """
    configuration = uvicorn.Config(
        app, host=host, port=port, loop="uvloop", http="httptools", access_log=False, server_header=False
    )
    server = uvicorn.Server(configuration)

    def stop_serving() -> None:
        server.should_exit = True

    renewal = Renewal(renew or _nothing, RENEWAL_SECONDS, stop_serving)
    renewal.start()
    try:
        server.run()
    finally:
        renewal.stop()
    if renewal.failure is not None:
        raise renewal.failure


class Renewal(Thread):
    """Calls `renew` every so many seconds until stopped. `failure` holds what ended it; `failed` was called then."""

    def __init__(self, renew: Callable[[], None], every: float, failed: Callable[[], None]) -> None:
        super().__init__(name="checkpoint-renewal", daemon=True)
        self.failure: CertsvcError | None = None
        self._renew, self._every, self._failed = renew, every, failed
        self._stopped = Event()

    def run(self) -> None:
        """The thread's work."""
        while not self._stopped.wait(self._every):
            try:
                self._renew()
            except (UnavailableError, ConflictError) as error:
                _log.warning("the checkpoint could not be renewed, trying again later: %s", error)
            except CertsvcError as error:
                self.failure = error
                self._failed()
                return

    def stop(self) -> None:
        """End the thread; a renewal under way is finished first."""
        self._stopped.set()
        self.join()


def _nothing() -> None:
    return None
