"""Fixtures of the tests of historical records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from certsvc.adapters.clock import FixedClock
from tests.history.papers import open_archive
from tests.history.statement_desk import StatementDesk
from tests.support.databases import Databases, SqliteFiles


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def _archive_of_module(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StatementDesk]:
    databases: Databases
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("databases")
        databases = SqliteFiles(folder, request.getfixturevalue("sqlite_template"))
    else:
        databases = request.getfixturevalue("postgresql")
    own_clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    archive = open_archive(tmp_path_factory.mktemp("statements"), own_clock, databases.fresh())
    yield StatementDesk(archive, own_clock)
    archive.under_test.close()


@pytest.fixture
def desk(_archive_of_module: StatementDesk) -> StatementDesk:
    """One office for a module, each test with papers of its own, under a fresh log; its clock only moves forward."""
    _archive_of_module.archive.office.republish()
    return _archive_of_module
