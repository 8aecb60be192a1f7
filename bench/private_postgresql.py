"""A PostgreSQL cluster of our own: durable, on loopback, gone afterwards. Measurements and tests use it.

Nothing of the machine's own services is touched. PostgreSQL refuses to run as root, so root lends it the `postgres`
user and a short folder below /tmp that this user owns (a socket's path may have 107 bytes).
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_INITDB = ("-U", "certsvc", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")


class NoPostgresqlError(RuntimeError):
    """The machine has no PostgreSQL programs."""


class Cluster:
    """A cluster that can be started and crashed."""

    def __init__(self, port: int, folder: Path, control: Sequence[str]) -> None:
        """`control`: the words that begin a command of pg_ctl."""
        self.port = port
        self.folder = folder
        self._control = tuple(control)

    def start(self) -> None:
        """Start, recovering when it was crashed, and wait until it answers."""
        _run([*self._control, "-l", str(self.folder / "log"), "start"], self.folder)

    def crash(self) -> None:
        """Stop as a machine that loses its power does: without a checkpoint."""
        _run([*self._control, "-m", "immediate", "stop"], self.folder)

    def url(self, name: str) -> str:
        """What goes into CERTSVC_DATABASE_URL."""
        return f"postgresql://certsvc@127.0.0.1:{self.port}/{name}"


@contextmanager
def running_cluster(configuration: str = "", below: str = "/tmp") -> Iterator[Cluster]:
    """A new cluster that runs, with these lines in its configuration. Raises NoPostgresqlError.

    `below`: a short folder that every user may write into.
    """
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=below))
    prefix: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        prefix = [shutil.which("runuser") or "runuser", "-u", "postgres", "--"]
    data = folder / "data"
    cluster = Cluster(free_port(), folder, [*prefix, str(programs / "pg_ctl"), "-D", str(data), "-w"])
    own = f"listen_addresses = '127.0.0.1'\nport = {cluster.port}\nunix_socket_directories = '{folder}'\n"
    try:
        _run([*prefix, str(programs / "initdb"), "-D", str(data), *_INITDB], folder)
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(f"\n{own}{configuration}\n")
        cluster.start()
        yield cluster
    finally:
        if (data / "postmaster.pid").exists():
            cluster.crash()
        shutil.rmtree(folder)


def free_port() -> int:
    """A TCP port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _programs() -> Path:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    found = shutil.which("initdb")
    if not folders and found is None:
        raise NoPostgresqlError(
            "PostgreSQL is not installed: run `make test-system` (packages postgresql and redis-server)"
        )
    return folders[-1] if folders else Path(str(found)).parent


def _run(command: Sequence[str], folder: Path) -> None:
    """Run to the end; the server that pg_ctl leaves behind must not hold our pipes, hence a file."""
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(list(command), cwd=folder, stdout=said, stderr=said, check=False)
        if done.returncode != 0:
            said.seek(0)
            raise RuntimeError(said.read().decode(errors="replace"))
