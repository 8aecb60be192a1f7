"""What the background work passed over, as numbers for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from certsvc.errors import UnavailableError
from certsvc.ports.background import FaultBook


class FaultCounts(Collector):
    """`certsvc_background_faults` by work, asked once a rendering; nothing while the database does not answer."""

    def __init__(self, book: FaultBook) -> None:
        self._book = book

    def describe(self) -> Iterable[Metric]:
        """Nothing: the registry shall not ask for numbers when it is made."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The numbers of now."""
        faults = GaugeMetricFamily(
            "certsvc_background_faults",
            "Certificates, filings and works that the background work passed over; tried again by themselves.",
            labels=("work",),
        )
        try:
            counts = self._book.counts()
        except UnavailableError:
            return
        for work, count in counts.items():
            faults.add_metric((work,), count)
        yield faults
