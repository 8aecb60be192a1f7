"""Offices for tests of decisions, on both databases."""

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


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deciders]:
    """One office for a module whose tests leave it as it is."""
    opened = open_deciders(tmp_path_factory.mktemp("quiet"), decision_day())
    yield opened
    opened.close()
