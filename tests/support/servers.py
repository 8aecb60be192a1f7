"""Private servers for the tests: a PostgreSQL cluster and a Redis, on loopback, gone when the tests end.

Nothing of the machine's own services is touched.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from bench.private_postgresql import Cluster, NoPostgresqlError, running_cluster
from bench.private_postgresql import free_port as free_port
from certsvc.adapters.database import migrate, open_database

_MISSING = "{} is not installed: run `make test-system` (packages postgresql and redis-server)"
_TEMPLATE = "migrated"
_CONFIGURATION = """
shared_buffers = 32MB
max_connections = 60
autovacuum = off
log_lock_waits = on
"""
# Nobody crashes the shared cluster, so it need not wait for the disk; the commits of the service are as always.
_SHARED = f"{_CONFIGURATION}fsync = off\nmax_wal_size = 128MB\n"
_CRASHING = f"{_CONFIGURATION}fsync = on\n"
_MEMORY = "/dev/shm"
_ROOM = 2 << 30


class PostgresqlServer(Cluster):
    """A cluster of our own; databases are copies of a migrated one."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster.port, cluster.folder, cluster._control)
        self._names = count(1)
        self._given: list[str] = []

    def empty(self) -> str:
        """The URL of a new database without tables."""
        return self._copy("template0")

    def fresh(self) -> str:
        """The URL of a new database that has its tables."""
        return self._copy(_TEMPLATE)

    def copy(self, url: str) -> str:
        """The URL of a copy of a database that nobody is connected to, as a backup would be."""
        return self._copy(url.rpartition("/")[2])

    @contextmanager
    def taking_back(self) -> Iterator[None]:
        """Drop at the end what is given out meanwhile: each database takes ten megabytes."""
        kept = len(self._given)
        yield
        while len(self._given) > kept:
            name = sql.Identifier(self._given.pop())
            self.administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def administer(self, statement: sql.Composable) -> None:
        """Run a statement as the cluster's owner, outside of a transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def make_template(self) -> None:
        """Migrate one database that the others are copied from."""
        self.administer(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_TEMPLATE)))
        engine = open_database(self.url(_TEMPLATE))
        migrate(engine)
        engine.dispose()

    def _copy(self, template: str) -> str:
        name = f"test_{next(self._names)}"
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")  # no megabytes into the log
        self.administer(made.format(sql.Identifier(name), sql.Identifier(template)))
        self._given.append(name)
        return self.url(name)


class RedisServer:
    """A Redis of our own that keeps nothing on disk and can be killed and started again on its port."""

    def __init__(self, port: int, program: str) -> None:
        self.port = port
        self.url = f"redis://127.0.0.1:{port}/0"
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen([self._program, *options], cwd="/tmp", stdout=subprocess.DEVNULL)
        _wait_for_port(self.port)

    @property
    def pid(self) -> int:
        """The process to be frozen and thawed."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """SIGKILL, as a machine that goes away."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """A running cluster; the tests of a session share it, each with a database of its own."""
    roomy = Path(_MEMORY).is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM
    with _cluster(_SHARED, _MEMORY if roomy else "/tmp") as server:
        yield server


@pytest.fixture(scope="module")
def crashing_postgresql() -> Iterator[PostgresqlServer]:
    """A running cluster for the tests of one file that crash it: recovery reads it all, and nobody else waits for it."""
    with _cluster(_CRASHING, "/tmp") as server:
        yield server


@contextmanager
def _cluster(configuration: str, below: str) -> Iterator[PostgresqlServer]:
    with ExitStack() as stack:
        try:
            server = PostgresqlServer(stack.enter_context(running_cluster(configuration, below)))
        except NoPostgresqlError as error:
            pytest.fail(str(error), pytrace=False)
        server.make_template()
        yield server


@pytest.fixture(scope="session")
def redis_process() -> Iterator[RedisServer]:
    """The session's Redis; tests take `redis_server`."""
    server = RedisServer(free_port(), _program("redis-server"))
    server.start()
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture
def redis_server(redis_process: RedisServer) -> RedisServer:
    """A running Redis without keys."""
    redis_process.kill()
    redis_process.start()
    return redis_process


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.fail(_MISSING.format(name), pytrace=False)
    return found


def _wait_for_port(port: int, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise AssertionError(f"nothing answers on port {port}")
