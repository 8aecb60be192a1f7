"""From starting `certsvc serve` to its first answer, beside a bare ASGI server started the same way."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from bench.offices import temporary_office
from bench.people import ROOT
from bench.timing import Measurement, Scale, Target
from bench.versions import versions

_BARE = """
import sys, uvicorn
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})
uvicorn.run(app, port=int(sys.argv[1]), loop="uvloop", http="httptools", lifespan="off", log_level="error")
"""
_PATIENCE = 60.0


def measure(scale: Scale) -> list[Measurement]:
    """Seconds, the median of a few starts."""
    served, bare = [], []
    with temporary_office() as office:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CERTSVC_")}
        environment["CERTSVC_HOME"] = str(office.settings.home)
        command = [str(Path(sys.executable).with_name("certsvc")), "serve", "--port"]
        for _ in range(scale.rounds):
            bare.append(_seconds([sys.executable, "-c", _BARE], environment, "/"))
            served.append(_seconds(command, environment, "/checkpoint"))
    return [
        Measurement(
            "start_seconds",
            "start of `certsvc serve` to the first answered request",
            median(served),
            "s",
            median(bare),
            "bare ASGI application on uvicorn",
            versions("uvicorn", "fastapi"),
            Target(2, at_least=False),
        )
    ]


def _seconds(command: list[str], environment: dict[str, str], path: str) -> float:
    port = _free_port()
    start = time.perf_counter()
    server = subprocess.Popen(
        [*command, str(port)], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        while not _answers(port, path):
            if server.poll() is not None or time.perf_counter() - start > _PATIENCE:
                server.kill()
                raise RuntimeError(f"no server came up: {server.communicate()[1].decode()[-500:]}")
            time.sleep(0.002)
        return time.perf_counter() - start
    finally:
        server.terminate()
        server.communicate(timeout=_PATIENCE)


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
