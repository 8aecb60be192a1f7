"""What every test shares: a network that is shut but for loopback, and a time that stands still."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime
from typing import Any

import pytest

from certsvc.adapters.clock import FixedClock

pytest_plugins = (
    "tests.support.made_once",
    "tests.support.servers",
    "tests.support.databases",
    "tests.support.tools",
    "tests.support.traced",
    "tests.support.other_time",
    "tests.support.log_watch",
    "tests.support.softhsm",
)

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@pytest.fixture(autouse=True)
def _network_shut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections that leave the machine fail at once, with a message that says so."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in _LOOPBACK:
            raise AssertionError(f"a test tried to reach the network: {address!r}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own CERTSVC_* variables do not reach the tests."""

    for key in [key for key in os.environ if key.startswith("CERTSVC_")]:
        monkeypatch.delenv(key)


@pytest.fixture
def clock() -> FixedClock:
    """2026-11-20, eight in the morning UTC (16:00 in Shanghai)."""
    return FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
