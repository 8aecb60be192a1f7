"""How the log of look-ups stands, and how often somebody seemed to try certificates out, for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from certsvc.adapters.look_up_journal import LookUpJournal
from certsvc.ports.look_ups import Pattern


class LookUpCounts(Collector):
    """Counts of one process."""

    def __init__(self, journal: LookUpJournal, alerts: Mapping[Pattern, int]) -> None:
        self._journal = journal
        self._alerts = alerts

    def describe(self) -> Iterable[Metric]:
        """Nothing: the registry shall not ask for numbers when it is made."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The numbers of now."""
        waiting = "Look-ups that are not written yet; more than a few hundred: the disk is away."
        yield GaugeMetricFamily("certsvc_look_ups_waiting", waiting, value=self._journal.waiting)
        lost = "Look-ups that were lost because the disk was away too long."
        yield CounterMetricFamily("certsvc_look_ups_lost", lost, value=self._journal.lost)
        alerts = CounterMetricFamily(
            "certsvc_enumeration_suspected", "Alerts that certificates are tried out.", labels=("pattern",)
        )
        for pattern, count in self._alerts.items():
            alerts.add_metric((pattern.value,), count)
        yield alerts
