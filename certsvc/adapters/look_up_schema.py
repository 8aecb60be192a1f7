"""The tables of the log of look-ups 查验记录 and of the alerts beside it.

They belong to no other table: on SQLite they stand in a file of their own, on PostgreSQL in the database. Triggers let nobody
change a row, or delete one that is not older than the instant that `look_up_retention` names; that instant only moves on.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from certsvc.adapters.schema import metadata as office_metadata

metadata = MetaData(naming_convention=office_metadata.naming_convention)
_POSITION = BigInteger().with_variant(Integer, "sqlite")

look_up = Table(
    "look_up",
    metadata,
    Column("position", _POSITION, primary_key=True, autoincrement=True),
    Column("at", String(32), nullable=False),
    Column("number", String(32), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("asker", String(32), nullable=False),
    Column("organisation", Text),
    Column("purpose", Text),
    Index("ix_look_up_number", "number", "position"),
    Index("ix_look_up_at", "at"),
)

look_up_alert = Table(
    "look_up_alert",
    metadata,
    Column("position", _POSITION, primary_key=True, autoincrement=True),
    Column("at", String(32), nullable=False),
    Column("pattern", String(32), nullable=False),
    Column("asker", String(32), nullable=False),
    Column("count", Integer, nullable=False),
    Index("ix_look_up_alert_at", "at"),
)

look_up_retention = Table(
    "look_up_retention",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kept_from", String(32), nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

_APPENDED = (look_up.name, look_up_alert.name)
_NOT_OVER = "OLD.at >= coalesce((SELECT kept_from FROM look_up_retention), '')"


def make_sqlite_tables(connection: Connection) -> None:
    """Tables and triggers of a file of its own, in the transaction given; nothing where they are there."""
    metadata.create_all(connection)
    for table in _APPENDED:
        connection.exec_driver_sql(
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        connection.exec_driver_sql(
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_early_delete BEFORE DELETE ON {table} WHEN {_NOT_OVER}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    connection.exec_driver_sql(
        "CREATE TRIGGER IF NOT EXISTS look_up_retention_moves_on BEFORE UPDATE ON look_up_retention"
        " WHEN NEW.kept_from < OLD.kept_from"
        " BEGIN SELECT RAISE(ABORT, 'look_up_retention only moves on'); END"
    )
    connection.exec_driver_sql(
        "CREATE TRIGGER IF NOT EXISTS look_up_retention_stays BEFORE DELETE ON look_up_retention"
        " BEGIN SELECT RAISE(ABORT, 'look_up_retention only moves on'); END"
    )
