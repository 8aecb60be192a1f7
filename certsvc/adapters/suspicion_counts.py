"""How many reports of suspected fakes wait, and how long the oldest has, for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from certsvc.errors import UnavailableError
from certsvc.ports import Clock
from certsvc.ports.suspicions import SuspicionStore


class SuspicionCounts(Collector):
    """Asked at every rendering; nothing while the database is away."""

    def __init__(self, store: SuspicionStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def describe(self) -> Iterable[Metric]:
        """Nothing: the registry shall not ask for numbers when it is made."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The numbers of now."""
        try:
            waiting = self._store.waiting()
        except UnavailableError:
            return
        oldest = waiting.oldest_at
        age = 0.0 if oldest is None else (self._clock.now() - oldest).total_seconds()
        yield GaugeMetricFamily(
            "certsvc_suspicions_open",
            "Reports of suspected fakes that are not closed.",
            value=waiting.number,
        )
        yield GaugeMetricFamily(
            "certsvc_suspicions_oldest_seconds", "How long the oldest of them has been waiting.", value=age
        )
