"""Fixtures of the portal's tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from certsvc.adapters.clock import FixedClock
from tests.access.desk import open_desk
from tests.portal.holders import Portal


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """One office for a module; each test has a certificate of its own where it changes one."""
    clock = FixedClock(datetime(2026, 11, 20, 4, 0, tzinfo=UTC))
    with open_desk(tmp_path_factory.mktemp("portal"), clock, holder_per_minute=10_000) as desk:
        yield Portal(desk)
