"""A consistent copy of the database while others write to it, and a database made of such a copy.

SQLite: its online backup, into a file. PostgreSQL: `pg_dump` and `pg_restore`, on a snapshot that we read beside.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, inspect, literal, select, text, union_all
from sqlalchemy.engine import URL, make_url

from certsvc.adapters.archive_schema import archive_object
from certsvc.adapters.copy_schema import annotated_copy
from certsvc.adapters.database import open_database
from certsvc.adapters.ledger_schema import ledger_head
from certsvc.adapters.schema import certificate
from certsvc.adapters.statement_schema import historical_statement
from certsvc.errors import ConfigurationError, ConflictError, IntegrityError

MEMBERS = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
"""Name of the copy in a backup, by kind of database."""


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A document that the database relies on."""

    number: str
    version: int
    sha256: str


@dataclass(frozen=True, slots=True)
class KeptArchiveObject:
    """An archive object that the database relies on."""

    number: str
    version: int
    generation: int
    sha256: str


class DatabaseCopy:
    """A copy in a file, and a view of what is in it."""

    def __init__(self, file: Path, connection: Connection) -> None:
        self.file = file
        self._connection = connection

    @property
    def revision(self) -> str:
        """The revision of its tables."""
        return str(self._connection.scalar(text("SELECT version_num FROM alembic_version")))

    @property
    def log_size(self) -> int:
        """The number of leaves of its log."""
        return int(self._connection.scalar(select(ledger_head.c.size)) or 0)

    def documents(self) -> Generator[KeptDocument, None, None]:
        """The documents that it relies on, streamed; to be closed when it is left early."""
        own, copy, stated = certificate.c, annotated_copy.c, historical_statement.c
        of_certificates = select(own.number, own.version, own.document_sha256)
        of_copies = select(copy.id, literal(1), copy.document_sha256)
        of_statements = select(stated.reference, stated.version, stated.document_sha256)
        statement = union_all(
            of_certificates.where(own.document_sha256.is_not(None)),
            of_copies.where(copy.document_sha256.is_not(None)),
            of_statements.where(stated.document_sha256.is_not(None)),
        ).order_by("number", "version")
        with self._connection.execution_options(yield_per=1000).execute(statement) as rows:
            for row in rows:
                yield KeptDocument(row.number, row.version, row.document_sha256)

    def archive_objects(self) -> Generator[KeptArchiveObject, None, None]:
        """The archive objects that it relies on, of every generation, likewise."""
        columns = archive_object.c
        keys = (columns.certificate_number, columns.certificate_version, columns.generation)
        statement = select(*keys, columns.sha256).order_by(*keys)
        with self._connection.execution_options(yield_per=1000).execute(statement) as rows:
            for number, version, generation, sha256 in rows:
                yield KeptArchiveObject(number, version, generation, sha256)


def database_kind(url: str) -> str:
    """`sqlite` or `postgresql`."""
    return "sqlite" if make_url(url).get_backend_name() == "sqlite" else "postgresql"


@contextmanager
def copy_database(url: str, folder: Path) -> Iterator[DatabaseCopy]:
    """A copy in `folder`, complete only after the block. Raises ConfigurationError without PostgreSQL's programs."""
    copying = _copy_sqlite if database_kind(url) == "sqlite" else _copy_postgresql
    with copying(make_url(url), folder / MEMBERS[database_kind(url)]) as copy:
        yield copy


def require_empty_database(url: str) -> None:
    """Return when nothing is there yet. Raises ConflictError otherwise."""
    if database_kind(url) == "sqlite":
        taken = Path(str(make_url(url).database)).exists()
    else:
        engine = open_database(url)
        taken = bool(inspect(engine).get_table_names())
        engine.dispose()
    if taken:
        raise ConflictError("目标数据库不是空的，没有恢复任何内容。请指定一个新的空数据库。")


def restore_database(copy: Path, url: str) -> None:
    """Make an empty database of a copy. Raises IntegrityError when the copy is not whole."""
    if database_kind(url) == "sqlite":
        shutil.move(copy, str(make_url(url).database))
        return
    options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    _run_postgresql("pg_restore", make_url(url), *options, str(copy))


def copy_sqlite_file(file: Path, copy: Path) -> None:
    """Copy one SQLite file while others write to it. Raises IntegrityError when it is damaged."""
    copy.touch(0o600)
    with (
        closing(sqlite3.connect(file, timeout=30)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        if target.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
            raise IntegrityError("数据库文件自检未通过，没有备份。请按 docs/operations.md 核查数据库。")


@contextmanager
def _copy_sqlite(url: URL, file: Path) -> Iterator[DatabaseCopy]:
    copy_sqlite_file(Path(str(url.database)), file)
    engine = open_database(f"sqlite:///{file}")
    try:
        with engine.connect() as connection:
            yield DatabaseCopy(file, connection)
    finally:
        engine.dispose()  # the last connection folds the write-ahead log back into the file


@contextmanager
def _copy_postgresql(url: URL, file: Path) -> Iterator[DatabaseCopy]:
    file.touch(0o600)
    engine = open_database(url.render_as_string(hide_password=False))
    try:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            snapshot = connection.scalar(select(func.pg_export_snapshot()))
            options = ("--format=custom", f"--snapshot={snapshot}", f"--file={file}")
            _run_postgresql("pg_dump", url, *options)
            yield DatabaseCopy(file, connection)
    finally:
        engine.dispose()


def _run_postgresql(program: str, url: URL, *words: str) -> None:
    """Run one of PostgreSQL's programs; the password stays out of the command line."""
    environment = dict(os.environ)
    if url.password is not None:
        environment["PGPASSWORD"] = str(url.password)
    target = url.set(drivername="postgresql")._replace(password=None).render_as_string()
    done = subprocess.run(  # noqa: S603  # a fixed program, arguments of our own settings
        [_postgresql_program(program), f"--dbname={target}", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise IntegrityError(f"{program} 没有完成：{done.stderr.strip()[-500:]}")


def _postgresql_program(name: str) -> str:
    """The newest of the machine: a dump program reads servers of its own version and older ones."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda one: int(one.parts[4]))
    found = str(versions[-1]) if versions else shutil.which(name)
    if found is None:
        raise ConfigurationError(f"本机没有 {name}。备份与恢复 PostgreSQL 需要安装 postgresql-client。")
    return found
