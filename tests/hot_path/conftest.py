"""An office whose faces are served with the short way in front, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from certsvc.adapters.clock import FixedClock
from tests.api.asking import PublicOffice
from tests.hot_path.short_way import ShortWay
from tests.support.office import OfficeUnderTest


@pytest.fixture
def short(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[ShortWay]:
    """An office of the test's own."""
    office = OfficeUnderTest(
        tmp_path, clock, database_url, suspension="on", verify_per_minute=1000, answer_seconds=1.0
    )
    with ShortWay(PublicOffice(office)) as opened:
        yield opened


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShortWay]:
    """One office for the tests of a file that only ask."""
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    office = OfficeUnderTest(tmp_path_factory.mktemp("quiet"), clock, verify_per_minute=100_000)
    with ShortWay(PublicOffice(office)) as opened:
        yield opened
