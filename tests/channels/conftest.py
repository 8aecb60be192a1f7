"""Fixtures of the channels: one office with every kind of certificate, and one browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.channels.scene import Counter, open_counter
from tests.support.chromium import browser

__all__ = ["browser"]


@pytest.fixture(scope="package")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """One office for all channels: nothing is decided in it any more."""
    opened = open_counter(tmp_path_factory.mktemp("channels"))
    yield opened
    opened.close()
