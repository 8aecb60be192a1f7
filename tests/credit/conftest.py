"""Fixtures of the credit tests: an office on the day of a decision, and a simulated platform."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.credit.platform_simulator import PlatformSimulator, open_simulator
from tests.decisions.deciders import Deciders, decision_day, open_deciders


@pytest.fixture
def deciders(tmp_path: Path, database_url: str) -> Iterator[Deciders]:
    """An office on each database."""
    opened = open_deciders(tmp_path / "home", decision_day(), database_url)
    yield opened
    opened.close()


@pytest.fixture
def connected(tmp_path: Path, database_url: str, simulator: PlatformSimulator) -> Iterator[Deciders]:
    """An office on each database with both platforms at the simulator's address."""
    given = {"credit_platform_url": simulator.address, "credit_platform_token": "secret-token"}
    given |= {"title_platform": "on", "title_platform_url": simulator.address}
    opened = open_deciders(tmp_path / "home", decision_day(), database_url, **given)
    yield opened
    opened.close()


@pytest.fixture
def simulator() -> Iterator[PlatformSimulator]:
    """A platform."""
    with open_simulator() as opened:
        yield opened
