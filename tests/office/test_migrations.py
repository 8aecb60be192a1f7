"""The revisions lead to exactly the tables that the code uses, on every database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from certsvc.adapters import ledger_schema, look_up_schema
from certsvc.adapters.database import migrate, open_database
from certsvc.errors import ConfigurationError
from tests.support.databases import Databases


def test_a_migrated_database_has_the_tables_of_the_code(databases: Databases) -> None:
    engine = open_database(databases.empty())
    migrate(engine)
    migrate(engine)
    expected = [ledger_schema.metadata]
    if engine.dialect.name == "postgresql":  # on SQLite they stand in a file of their own
        expected.append(look_up_schema.metadata)
    with engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), expected) == []
    engine.dispose()


def test_two_processes_that_migrate_at_once_make_the_tables_once(databases: Databases) -> None:
    engines = [open_database(url) for url in [databases.empty()] * 3]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(migrate, engines))
    assert set(ledger_schema.metadata.tables) <= set(inspect(engines[0]).get_table_names())
    for engine in engines:
        engine.dispose()


@pytest.mark.parametrize("url", ["mysql://host/certsvc", "postgresql+asyncpg://host/certsvc", "certsvc", ""])
def test_another_database_is_refused_with_a_word(url: str) -> None:
    with pytest.raises(ConfigurationError, match="CERTSVC_DATABASE_URL"):
        open_database(url)
