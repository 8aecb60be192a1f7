"""Every test that takes `database_url` (or `databases`) runs twice: on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy.engine import make_url

from tests.support.made_once import migrated_sqlite
from tests.support.servers import PostgresqlServer


class Databases(Protocol):
    """Where a test gets its databases from."""

    def empty(self) -> str:
        """The URL of a new database without tables."""
        ...

    def fresh(self) -> str:
        """The URL of a new database that has its tables."""
        ...

    def copy(self, url: str) -> str:
        """The URL of a copy of a database that nobody is connected to, as a backup would be."""
        ...


class SqliteFiles:
    """SQLite databases in a folder, copied from a migrated one."""

    def __init__(self, folder: Path, template: Path) -> None:
        self._folder = folder
        self._template = template
        self._numbers = count(1)

    def empty(self) -> str:
        return f"sqlite:///{self._folder / f'database-{next(self._numbers)}.sqlite3'}"

    def fresh(self) -> str:
        return self._copy(self._template)

    def copy(self, url: str) -> str:
        return self._copy(Path(str(make_url(url).database)))

    def _copy(self, source: Path) -> str:
        url = self.empty()
        shutil.copy(source, str(make_url(url).database))
        return url


@pytest.fixture(scope="session")
def sqlite_template() -> Path:
    """A migrated SQLite file that the others are copied from."""
    return migrated_sqlite()


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Databases]:
    """New databases of one kind."""
    if request.param == "sqlite":
        yield SqliteFiles(tmp_path, request.getfixturevalue("sqlite_template"))
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    with server.taking_back():
        yield server


@pytest.fixture
def database_url(databases: Databases) -> str:
    """A new database with its tables."""
    return databases.fresh()
