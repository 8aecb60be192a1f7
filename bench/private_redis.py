"""A Redis of our own on loopback that keeps nothing, gone afterwards."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.private_postgresql import free_port

_PATIENCE = 30.0


@contextmanager
def running_redis() -> Iterator[str]:
    """Its URL, once it answers. Raises RuntimeError where there is no Redis."""
    program = shutil.which("redis-server")
    if program is None:
        raise RuntimeError("redis-server is not installed: run `make test-system`")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen([program, *options], cwd="/tmp", stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE)
