"""The engine, and the few things that SQLite and PostgreSQL do differently.

Each database has a file of its own beside this one (`database_sqlite`, `database_postgresql`) with the same names
in it; everything else is SQLAlchemy Core that both understand. The stores hold what they read before they write:
`FOR UPDATE` (SQLite leaves it out: every transaction there is the only writer), `insert_unless_known` for a row that
somebody else may be inserting, `hold_table` where there is no row to hold yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, inspect, text
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError

from certsvc.adapters import database_postgresql, database_sqlite
from certsvc.errors import ConfigurationError, UnavailableError

MIGRATIONS = Path(__file__).parent / "migrations"
_DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_DIALECTS: Mapping[str, ModuleType] = {"sqlite": database_sqlite, "postgresql": database_postgresql}


def open_database(url: str) -> Engine:
    """An engine for `sqlite:///…` or `postgresql://…` (psycopg 3) with durable commits on both.

    Locks that are not given within 30 seconds, deadlocks and a database that does not answer come out as
    ConflictError or UnavailableError. Raises ConfigurationError for a URL of another database.
    """
    target = _read_url(url)
    dialect = _DIALECTS[target.get_backend_name()]
    engine = create_engine(target, **dialect.engine_options(), hide_parameters=True)
    dialect.prepare(engine)
    _translate_errors(engine, dialect)
    return engine


def open_for_reading(url: str) -> Engine:
    """An engine whose transactions cannot write, and on SQLite do not wait for those who do; otherwise as above."""
    target = _read_url(url)
    dialect = _DIALECTS[target.get_backend_name()]
    engine = create_engine(target, **dialect.engine_options(), hide_parameters=True)
    dialect.prepare_for_reading(engine)
    _translate_errors(engine, dialect)
    return engine


@contextmanager
def read_one_moment(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees the database as it is when it begins, whatever is committed meanwhile; ended, not committed."""
    with engine.connect() as connection:
        _dialect(connection).see_one_moment(connection)
        with connection.begin():
            yield connection


def _translate_errors(engine: Engine, dialect: ModuleType) -> None:
    def translate(context: ExceptionContext) -> BaseException | None:
        if context.is_pre_ping:
            return None  # the pool itself makes a new connection
        if dialect.is_spoilt(context.original_exception):
            _give_up(context)
        translated: BaseException | None = dialect.translate(context.original_exception)
        return translated

    event.listen(engine, "handle_error", translate, retval=True)


def _give_up(context: ExceptionContext) -> None:
    """Let the connection be closed, and the next attempt have a new one. A cursor left open would keep its files open."""
    if context.execution_context is not None:
        context.execution_context.cursor.close()
    context.is_disconnect = True
    context.invalidate_pool_on_disconnect = False


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest revision, one process at a time; a fresh database gets every table."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with _DIALECTS[engine.dialect.name].schema_change(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def require_current_tables(reading: Engine) -> None:
    """Return when the tables are those of this version of the service; `reading`: an engine of `open_for_reading`.

    A database that was not prepared yet, or does not answer, is left to whoever asks it next. Raises ConfigurationError.
    """
    file = reading.url.database
    if reading.dialect.name == "sqlite" and not (file and Path(file).exists()):
        return
    try:
        with reading.begin() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return
            revision = str(connection.scalar(text("SELECT version_num FROM alembic_version")))
    except UnavailableError:
        return
    newest = max(one.name for one in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]
    if revision < newest:
        raise ConfigurationError(
            f"数据库还是旧版本的结构（{revision}，应为 {newest}）。请先备份，再运行 certsvc init 升级，然后重试。"
        )
    if revision > newest:
        raise ConfigurationError(
            f"数据库已由更新的版本升级（{revision}，本版本为 {newest}）。请安装与之相符的版本后重试。"
        )


def insert_unless_known(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless its primary key is there; whether it was inserted.

    Waits for another transaction that is inserting the same key. Any other constraint raises as usual.
    """
    insert = _dialect(connection).insert(table).values(**row)
    inserted = connection.execute(
        insert.on_conflict_do_nothing(index_elements=list(table.primary_key)),
        execution_options={"preserve_rowcount": True},  # psycopg's count of an INSERT is dropped otherwise
    )
    return inserted.rowcount == 1


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert those of the rows whose primary key is not there, in the order given; waits as `insert_unless_known` does."""
    if rows:
        inserting = (
            _dialect(connection).insert(table).on_conflict_do_nothing(index_elements=list(table.primary_key))
        )
        connection.execute(inserting, list(rows))


def insert_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert many rows of plain values, in the order of the column names, in as few round trips as the database allows.

    The values go to the driver as they are. Raises as an `insert` does.
    """
    if rows:
        _dialect(connection).insert_rows(connection, table, tuple(names), rows)


def replace_rows(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """The same with values for every column, where a row whose primary key is there is replaced. No key twice."""
    if rows:
        _dialect(connection).replace_rows(connection, table, rows)


def hold_table(connection: Connection, table: Table) -> None:
    """Keep every other writer off a table until the transaction ends: for steps without a row to hold."""
    _dialect(connection).hold_table(connection, table)


def _dialect(connection: Connection) -> ModuleType:
    return _DIALECTS[connection.dialect.name]


def _read_url(url: str) -> URL:
    try:
        given = make_url(url)
        return given.set(drivername=_DRIVERS[given.drivername])
    except (ArgumentError, KeyError) as error:
        raise ConfigurationError(
            "CERTSVC_DATABASE_URL 只能是 sqlite:///文件 或 postgresql://用户@主机/库名。请核对后重试。"
        ) from error
