"""Offices for tests of case work, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.batches.cases import case_day, open_cases
from tests.decisions.deciders import Deciders


@pytest.fixture
def cases(tmp_path: Path, database_url: str) -> Iterator[Deciders]:
    """An office of its own on 2025-03-03."""
    opened = open_cases(tmp_path / "home", case_day(), database_url)
    yield opened
    opened.close()
