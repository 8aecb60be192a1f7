"""One scene for each attack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.attacks.scene import Scene, filled
from tests.ledger.conftest import House
from tests.ledger.conftest import house as house


@pytest.fixture
def scene(house: House) -> Iterator[Scene]:
    """A log of two batches with a revocation on public view."""
    events = filled(house)
    made = Scene(house, events)
    yield made
    made.close()
