"""A host at one address that can be stopped and started again, with another tree or another release behind it."""

from __future__ import annotations

import socket
import threading

import uvicorn
from fastapi import FastAPI


class Host:
    """Serves one application after another at the same port of this machine."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self, app: FastAPI) -> None:
        """Serve this application, instead of the one before."""
        self.stop()
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        listener.listen()  # who connects before the server runs waits instead of being refused
        self._server = uvicorn.Server(
            uvicorn.Config(app, log_level="warning", access_log=False, ws="none", timeout_graceful_shutdown=1)
        )
        self._thread = threading.Thread(target=self._run, args=(self._server, listener))
        self._thread.start()

    def stop(self) -> None:
        """Nobody answers any more: a connection is refused."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(timeout=60)
            self._server = self._thread = None

    @staticmethod
    def _run(server: uvicorn.Server, listener: socket.socket) -> None:
        try:
            server.run(sockets=[listener])
        finally:
            listener.close()
