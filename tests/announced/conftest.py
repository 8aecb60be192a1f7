"""Offices with officials who see to announced lists, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from certsvc.adapters.clock import FixedClock
from tests.announced.lists import register
from tests.support.chromium import browser as browser
from tests.support.office import OfficeUnderTest


@pytest.fixture
def office(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[OfficeUnderTest]:
    """An office of its own."""
    opened = OfficeUnderTest(tmp_path / "home", clock, database_url)
    register(opened)
    yield opened
    opened.close()
