"""Fixtures of the web tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.entrypoints.public_api import create_app
from tests.api.asking import PublicOffice
from tests.support.chromium import browser
from tests.support.office import OfficeUnderTest
from tests.web.builders import served, write_tree
from tests.web.states import FREELY, NOW, PLAN, Scene, prepared

__all__ = ["browser"]


@pytest.fixture(scope="package")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """An office with a certificate in every state, and a small tree without an office; nothing is decided any more."""
    folder = tmp_path_factory.mktemp("scene")
    clock = FixedClock(datetime.fromisoformat(NOW))
    office = PublicOffice(OfficeUnderTest(folder / "office", clock, suspension="on", **FREELY), persons=6)
    write_tree(folder / "tree", PLAN)
    with closing(office), served(create_app(folder / "tree")) as tree:
        yield prepared(office, tree)
