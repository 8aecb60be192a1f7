"""Fixtures of the API tests: an office on each database, and one that the reading tests share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from certsvc.adapters.clock import FixedClock
from tests.api.asking import PublicOffice
from tests.support.chromium import browser
from tests.support.office import OfficeUnderTest

__all__ = ["browser"]


@pytest.fixture(scope="package")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicOffice]:
    """An office on SQLite in which nothing is decided any more, without a limit worth the name."""
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    under_test = OfficeUnderTest(
        tmp_path_factory.mktemp("api"),
        clock,
        verify_per_minute=1_000_000,
        examine_per_minute=1_000_000,
        bundle_per_minute=1_000_000,
    )
    opened = PublicOffice(under_test)
    yield opened
    opened.close()


@pytest.fixture
def public(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[PublicOffice]:
    """An office of this test's own, on SQLite and on PostgreSQL."""
    opened = PublicOffice(OfficeUnderTest(tmp_path, clock, database_url, suspension="on"))
    yield opened
    opened.close()
