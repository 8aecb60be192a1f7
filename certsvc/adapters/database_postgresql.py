"""What is PostgreSQL's own: READ COMMITTED with rows held by those who will write them; durable commits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, String, Table, event, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import insert as insert
from sqlalchemy.types import TypeEngine

from certsvc.errors import CertsvcError, ConflictError, UnavailableError

_SCHEMA_LOCK = 0x63657274  # "cert": the advisory lock of whoever changes the tables
_COLLIDED = {"40001", "40P01", "55P03"}  # serialisation failure, deadlock, lock not given in time
_NOT_NOW = ("08", "53", "57P", "58")  # connection, resources, shutdown, system: PostgreSQL appendix A
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
_SETTINGS = select(
    func.set_config("synchronous_commit", "on", True), func.set_config("lock_timeout", "30s", True)
)
_READING = select(func.set_config("transaction_read_only", "on", True))


def engine_options() -> dict[str, Any]:
    """Connections are tried before use, so that a restarted server is found again.

    Nothing is left behind on a connection (no prepared statements, settings per transaction): it may belong to a pool
    such as PgBouncer's.
    """
    return {
        "isolation_level": "READ COMMITTED",
        "pool_pre_ping": True,
        "connect_args": {"prepare_threshold": None, "connect_timeout": 10},
    }


def prepare(engine: Engine) -> None:
    """Commit durably whatever the server's own default is, and wait up to 30 seconds for a lock."""
    event.listen(engine, "begin", _set_transaction)


def prepare_for_reading(engine: Engine) -> None:
    """Make every transaction read only."""
    event.listen(engine, "begin", _set_reading)


def translate(error: BaseException) -> CertsvcError | None:
    """The error of this service for a collision or a server that is away; None for every other fault."""
    import psycopg

    if not isinstance(error, psycopg.Error):
        return None
    state = error.sqlstate
    if state in _COLLIDED:
        return ConflictError("与另一进程同时修改了同一内容，本次操作已撤回；再次运行即可继续。")
    if state is None and isinstance(error, psycopg.OperationalError):
        return UnavailableError("数据库没有应答。请确认 PostgreSQL 正在运行，稍后重试。")
    if state is not None and state.startswith(_NOT_NOW):
        return UnavailableError("数据库暂时无法使用。请稍后重试，或联系管理员。")
    return None


def is_spoilt(_error: BaseException) -> bool:
    """Never: the driver itself tells which connections are lost."""
    return False


@contextmanager
def schema_change(engine: Engine) -> Iterator[Connection]:
    """A transaction that changes tables, one process at a time."""
    with engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(_SCHEMA_LOCK)))
        yield connection


def hold_table(connection: Connection, table: Table) -> None:
    """Keep other writers off; readers go on."""
    name = connection.dialect.identifier_preparer.format_table(table)
    connection.exec_driver_sql(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")


def insert_rows(
    connection: Connection, table: Table, names: tuple[str, ...], rows: Sequence[Sequence[Any]]
) -> None:
    """One statement: an array a column, made rows by the server."""
    connection.exec_driver_sql(_insert_arrays(table, names), tuple(map(list, zip(*rows, strict=True))))


def replace_rows(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """As above."""
    names = tuple(table.columns.keys())
    keys = [column.name for column in table.primary_key]
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    connection.exec_driver_sql(
        f"{_insert_arrays(table, names)} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changes}",
        tuple(map(list, zip(*rows, strict=True))),
    )


def _insert_arrays(table: Table, names: tuple[str, ...]) -> str:
    arrays = ", ".join(f"%b::{_array_type(table.columns[name].type)}[]" for name in names)
    return f"INSERT INTO {table.name} ({', '.join(names)}) SELECT * FROM unnest({arrays})"  # noqa: S608  # our own names


def _array_type(kind: TypeEngine[Any]) -> str:
    """Texts without a length: a cast would cut them off, where the column refuses what is too long."""
    return "TEXT" if isinstance(kind, String) else kind.compile(_DIALECT)


def see_one_moment(connection: Connection) -> None:
    """Let the coming transaction read one snapshot."""
    connection.execution_options(isolation_level="REPEATABLE READ")


def _set_transaction(connection: Connection) -> None:
    connection.execute(_SETTINGS)


def _set_reading(connection: Connection) -> None:
    connection.execute(_READING)
