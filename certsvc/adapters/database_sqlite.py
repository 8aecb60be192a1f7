"""What is SQLite's own: one writer at a time, made explicit; WAL and full synchronisation."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Table, event
from sqlalchemy.dialects.sqlite import insert as insert

from certsvc.errors import CertsvcError, IntegrityError, UnavailableError

_PRAGMAS = (
    "synchronous=FULL",
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "wal_autocheckpoint=4000",  # every 16 MB: a batch of the log with a large array fills 4 MB
)
_NOT_NOW = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
}
_SPOILT = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}
_UNUSABLE = "数据库文件暂时无法使用（被占用、磁盘已满或没有权限）。请稍后重试，或联系管理员。"
_PRIMARY_CODE = 0xFF
_TRIES, _PAUSE_SECONDS = 600, 0.05


def engine_options() -> dict[str, Any]:
    """A writer waits up to 30 seconds for its turn."""
    return {"connect_args": {"timeout": 30}}


def prepare(engine: Engine) -> None:
    """Begin every transaction as a writer (BEGIN IMMEDIATE); a new file is readable by the service alone.

    pysqlite's own transaction handling would let two writers read the same head; it is switched off, and the second
    writer waits.
    """
    event.listen(engine, "do_connect", _make_private_file)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin_as_writer)


def _make_private_file(_dialect: Any, _record: Any, arguments: list[Any], _named: dict[str, Any]) -> None:
    path = str(arguments[0]) if arguments else ":memory:"
    if path not in ("", ":memory:") and not path.startswith("file:"):
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except (FileExistsError, FileNotFoundError):
            return
        except OSError as error:
            raise UnavailableError(_UNUSABLE) from error


def prepare_for_reading(engine: Engine) -> None:
    """Let nothing be written, and begin every transaction as a reader: writers go on meanwhile."""
    event.listen(engine, "connect", _set_reading)
    event.listen(engine, "begin", _begin_as_reader)


def translate(error: BaseException) -> CertsvcError | None:
    """The error of this service for a database that cannot be used now; None for every other fault."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None or code & _PRIMARY_CODE not in _NOT_NOW:
        return None
    return UnavailableError(_UNUSABLE)


def is_spoilt(error: BaseException) -> bool:
    """Whether the connection is to be given up. SQLite that cannot open a file for writing opens it for reading, for as long
    as the connection lives."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & _PRIMARY_CODE in _SPOILT


@contextmanager
def schema_change(engine: Engine) -> Iterator[Connection]:
    """A transaction that changes tables. References are checked at its end: a table that is copied is away for a moment.

    Raises IntegrityError when a reference leads nowhere afterwards; nothing is changed then.
    """
    with engine.connect() as connection:
        _set_foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                yield connection
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise IntegrityError("数据库升级后有失去所指的记录，已放弃升级。请联系管理员。")
        finally:
            _set_foreign_keys(connection, "ON")


def _set_foreign_keys(connection: Connection, value: str) -> None:
    """On the bare connection: within a transaction SQLite takes no notice."""
    bare: Any = connection.connection.dbapi_connection
    bare.execute(f"PRAGMA foreign_keys={value}")


def hold_table(_connection: Connection, _table: Table) -> None:
    """Nothing to do: the transaction is the only writer."""


def insert_rows(
    connection: Connection, table: Table, names: tuple[str, ...], rows: Sequence[Sequence[Any]]
) -> None:
    """One prepared statement for all rows, without a look at their values."""
    connection.exec_driver_sql(f"INSERT {_into(table, names)}", [tuple(row) for row in rows])


def replace_rows(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """As above."""
    names = tuple(table.columns.keys())
    connection.exec_driver_sql(f"REPLACE {_into(table, names)}", [tuple(row) for row in rows])


def _into(table: Table, names: tuple[str, ...]) -> str:
    return f"INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


def see_one_moment(_connection: Connection) -> None:
    """Nothing to do: a transaction in WAL mode reads one snapshot."""


def _set_pragmas(connection: Any, _record: object) -> None:
    with _closed_on_failure(connection):
        connection.isolation_level = None
        _switch_to_wal(connection)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")


@contextmanager
def _closed_on_failure(connection: Any) -> Iterator[None]:
    """A connection that cannot be prepared is given up by the pool and closed by nobody; SQLite shares what it opened (for
    reading only, it may be) with every later connection of the process."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _switch_to_wal(connection: Any) -> None:
    """SQLite does not wait for its lock here as it does elsewhere: two who open a new file would collide."""
    for _ in range(_TRIES):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY_CODE not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return
    connection.execute("PRAGMA journal_mode=WAL")


def _begin_as_writer(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _set_reading(connection: Any, _record: object) -> None:
    with _closed_on_failure(connection):
        connection.isolation_level = None
        connection.execute("PRAGMA query_only=ON")


def _begin_as_reader(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
