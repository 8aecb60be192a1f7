"""The revisions lead to exactly the tables that the code uses."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from certsvc.adapters import ledger_schema
from certsvc.adapters.database import migrate, open_database


def test_a_migrated_database_has_the_tables_of_the_code(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
    migrate(engine)
    migrate(engine)
    with engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), ledger_schema.metadata) == []
    engine.dispose()
