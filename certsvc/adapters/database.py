"""The engine: one place for what differs between SQLite and PostgreSQL when a connection opens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url

MIGRATIONS = Path(__file__).parent / "migrations"


def open_database(url: str) -> Engine:
    """An engine whose transactions are serialised writers on SQLite (BEGIN IMMEDIATE, WAL, synchronous=FULL).

    pysqlite's own transaction handling would let two writers read the same head; it is switched off and every
    transaction begins as a writer, so that the second one waits.
    """
    engine = create_engine(url, connect_args={"timeout": 30} if _is_sqlite(url) else {})
    if _is_sqlite(url):
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_as_writer)
    return engine


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest revision; a fresh database gets every table."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_as_writer(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
