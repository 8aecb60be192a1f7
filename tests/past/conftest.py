"""Offices for tests of past bundles, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.decisions.deciders import Deciders, decision_day, open_deciders


@pytest.fixture
def deciders(tmp_path: Path, database_url: str) -> Iterator[Deciders]:
    """An office of its own on 2024-06-03."""
    opened = open_deciders(tmp_path / "home", decision_day(), database_url)
    yield opened
    opened.close()
