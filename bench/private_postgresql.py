"""A PostgreSQL server of the measurement's own: durable, on loopback, gone afterwards.

PostgreSQL refuses to run as root, so root lends it the `postgres` user and a short folder below /tmp that this user owns
(a socket's path may have 107 bytes).
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CONFIGURATION = """
listen_addresses = '127.0.0.1'
fsync = on
synchronous_commit = on
"""


class NoPostgresqlError(RuntimeError):
    """The machine has no PostgreSQL programs."""


@contextmanager
def private_postgresql() -> Iterator[str]:
    """The URL of an empty database. Raises NoPostgresqlError when the programs are missing."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    prefix: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        prefix = ["runuser", "-u", "postgres", "--"]
    cluster, port = folder / "data", _free_port()
    options = ["-U", "certsvc", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
    control = [*prefix, str(programs / "pg_ctl"), "-D", str(cluster), "-w"]
    try:
        _run([*prefix, str(programs / "initdb"), "-D", str(cluster), *options], folder)
        with (cluster / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(_CONFIGURATION)
            configuration.write(f"port = {port}\nunix_socket_directories = '{folder}'\n")
        _run([*control, "-l", str(folder / "log"), "start"], folder)
        yield f"postgresql://certsvc@127.0.0.1:{port}/postgres"
    finally:
        if (cluster / "postmaster.pid").exists():
            _run([*control, "-m", "immediate", "stop"], folder)
        shutil.rmtree(folder)


def _programs() -> Path:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    found = shutil.which("initdb")
    if not folders and found is None:
        raise NoPostgresqlError("PostgreSQL is not installed: run `make test-system` to measure on it")
    return folders[-1] if folders else Path(str(found)).parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(command: list[str], folder: Path) -> None:
    """Run to the end; the server that pg_ctl leaves behind must not hold our pipes, hence a file."""
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(command, cwd=folder, stdout=said, stderr=said, check=False)
        if done.returncode != 0:
            said.seek(0)
            raise RuntimeError(said.read().decode(errors="replace"))
