"""`certsvc serve` as a process of its own, on a free port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from certsvc.settings import Settings
from tests.support.servers import free_port

PROGRAM = Path(sys.executable).parent / "certsvc"


class Service:
    """A running service, with its work in the background."""

    def __init__(self, settings: Settings, *words: str) -> None:
        self.port = free_port()
        self.log = settings.home / f"service-{self.port}.log"
        environment = {**os.environ, "CERTSVC_HOME": str(settings.home)}
        if settings.database_url is not None:
            environment["CERTSVC_DATABASE_URL"] = settings.database_url
        command = [str(PROGRAM), *(words or ("serve", "--port", str(self.port)))]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, env=environment, cwd=settings.home, stdout=log, stderr=log
            )

    def wait_until_it_answers(self, seconds: float = 120) -> None:
        """Return once `/healthz` says so."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError):
                assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
                time.sleep(0.05)
        raise AssertionError(self.log.read_text(encoding="utf-8"))

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()

    def terminate(self) -> tuple[int, float]:
        """SIGTERM; the exit code, and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=120), time.monotonic() - began
