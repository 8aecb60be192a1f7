"""Fixtures of the tests of annotated copies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from certsvc.adapters.certificate_store import PublicCertificate
from tests.access.desk import Desk
from tests.annotated.desk import CopyDesk, open_copy_desk
from tests.support.chromium import browser
from tests.support.databases import Databases, SqliteFiles

__all__ = ["browser"]

PEOPLE = 20


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def issued(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Desk, list[PublicCertificate]]]:
    """One desk for a module; its clock only moves forward."""
    databases: Databases
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("databases")
        databases = SqliteFiles(folder, request.getfixturevalue("sqlite_template"))
    else:
        databases = request.getfixturevalue("postgresql")
    with open_copy_desk(tmp_path_factory.mktemp("desk"), databases.fresh(), PEOPLE) as opened:
        yield opened


@pytest.fixture
def copies(issued: tuple[Desk, list[PublicCertificate]]) -> CopyDesk:
    """A certificate that no other test has, under a fresh log."""
    desk, certificates = issued
    desk.office.office.republish()
    return CopyDesk(desk, certificates.pop())
