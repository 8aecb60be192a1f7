"""Running the application."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from threading import current_thread, main_thread
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

GRACE_SECONDS = 3


Beside = Callable[[Callable[[], None]], AbstractContextManager[None]]
"""Work that runs while its block does. It is given what to call when it had to stop, and raises why at the end."""


def serve(app: ASGIApp, host: str, port: int, beside: Beside | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then return: open requests and the work beside are finished first.

    Uvicorn logs no requests: the application does, without paths and addresses of people who check. When the work `beside` has
    to stop, the serving ends, and what stopped it is raised here.
    """
    configuration = uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(configuration)

    def stop_serving() -> None:
        server.should_exit = True

    _stop_on_signals(stop_serving)
    with nullcontext() if beside is None else beside(stop_serving):
        server.run()


def _stop_on_signals(stop: Callable[[], None]) -> None:
    """Stop before the server listens to signals too, and live on when it hands them on at its end."""

    def handle(_signal: int, _frame: FrameType | None) -> None:
        stop()

    if current_thread() is main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, handle)
