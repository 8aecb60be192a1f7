"""The checkpoint is renewed while the pages are served."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import pytest

from certsvc.entrypoints.public_api.server import Renewal
from certsvc.errors import ConfigurationError, ConflictError, IntegrityError, UnavailableError

SOON = 0.001
PATIENCE = 10.0


def failing_on(call: int, error: Exception, reached: Event, until: int) -> Callable[[], None]:
    """A renewal whose n-th call fails; `reached` is set at call `until`."""
    calls = 0

    def renew() -> None:
        nonlocal calls
        calls += 1
        if calls == until:
            reached.set()
        if calls == call:
            raise error

    return renew


@pytest.mark.parametrize("error", [UnavailableError("busy"), ConflictError("somebody else wrote")])
def test_a_renewal_that_is_not_possible_at_the_moment_is_tried_again(error: Exception) -> None:
    reached, failed = Event(), Event()
    renewal = Renewal(failing_on(1, error, reached, 3), SOON, failed.set)
    renewal.start()
    assert reached.wait(PATIENCE)
    renewal.stop()
    assert renewal.failure is None
    assert not failed.is_set()
    assert not renewal.is_alive()


@pytest.mark.parametrize("error", [IntegrityError("bad"), ConfigurationError("key missing")])
def test_any_other_failure_stops_the_line(error: Exception) -> None:
    failed = Event()
    renewal = Renewal(failing_on(2, error, Event(), 2), SOON, failed.set)
    renewal.start()
    assert failed.wait(PATIENCE)
    renewal.stop()
    assert renewal.failure is error
