"""Fixtures of the stories that are played through the faces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.faces.town import Town, open_town
from tests.support.chromium import browser

__all__ = ["browser"]

OpenTown = Callable[..., Town]


@pytest.fixture
def opened(tmp_path: Path, browser: Browser) -> Iterator[OpenTown]:
    """Opens a town at a time in Beijing; closed after the story."""
    with ExitStack() as stack:
        yield lambda begins, **settings: stack.enter_context(open_town(tmp_path, browser, begins, **settings))
