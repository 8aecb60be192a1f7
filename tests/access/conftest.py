"""Fixtures of the access tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from certsvc.adapters.clock import FixedClock
from tests.access.desk import Desk, open_desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for a module; its clock only moves forward."""
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    with open_desk(tmp_path_factory.mktemp("desk"), clock, holder_per_minute=10_000) as opened:
        yield opened
