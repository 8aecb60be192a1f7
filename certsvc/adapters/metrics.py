"""Counts and times for Prometheus. Labels are route templates, statuses and codes: never what somebody asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from certsvc.domain.archive_object import ArchiveStatus

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The measurements of one application."""

    def __init__(
        self,
        checkpoint_age: Callable[[], float | None],
        archive: Callable[[], ArchiveStatus | None] = lambda: None,
    ) -> None:
        """`checkpoint_age` gives seconds, None while it is not known; `archive`, where it stands, None where there is none or
        it is not known. Both are asked at every rendering."""
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "certsvc_http_requests",
            "Answered requests.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "certsvc_http_request_seconds",
            "Time until the answer was complete.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._verdicts = Counter(
            "certsvc_verdicts", "Verdicts given, by outcome.", ("verdict",), registry=self._registry
        )
        self._findings = Counter(
            "certsvc_verdict_findings", "Findings of verdicts, by code.", ("code",), registry=self._registry
        )
        self._stored = Counter(
            "certsvc_stored_answers_told",
            "Verdicts told from stored answers, by where these were found.",
            ("found_in",),
            registry=self._registry,
        )
        age = Gauge(
            "certsvc_checkpoint_age_seconds",
            "Age of the published checkpoint; NaN while there is none.",
            registry=self._registry,
        )
        age.set_function(lambda: _number(checkpoint_age()))
        self._registry.register(_ArchiveCounts(archive))

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """An answered request; `route` is the template of the address."""
        known = method if method in _METHODS else "OTHER"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(known, route).observe(seconds)

    def count_verdict(self, verdict: str, codes: Iterable[str]) -> None:
        """A verdict that was given, with the codes of its findings."""
        self._verdicts.labels(verdict).inc()
        for code in codes:
            self._findings.labels(code).inc()

    def count_told(self, route: str, verdict: str, codes: Iterable[str], times: int) -> None:
        """Verdicts of one kind that were told from stored answers, so many; their times are not measured one by one."""
        self._requests.labels("POST", route, "200").inc(times)
        self._verdicts.labels(verdict).inc(times)
        for code in codes:
            self._findings.labels(code).inc(times)

    def count_found(self, found_in: str, times: int) -> None:
        """Stored answers that were found in this process's `memory`, or in the `store`."""
        self._stored.labels(found_in).inc(times)

    def add(self, collector: Collector) -> None:
        """Let something else be asked at every rendering."""
        self._registry.register(collector)

    def render(self) -> bytes:
        """Everything in the text format of Prometheus."""
        return generate_latest(self._registry)


class _ArchiveCounts(Collector):
    """Where the archive stands, asked once a rendering; nothing of an office without one."""

    def __init__(self, archive: Callable[[], ArchiveStatus | None]) -> None:
        self._archive = archive

    def describe(self) -> Iterable[Metric]:
        """Nothing: the registry shall not ask for numbers when it is made."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The numbers of now."""
        status = self._archive()
        if status is None:
            return
        levels = GaugeMetricFamily(
            "certsvc_archive_objects",
            "Certificate versions by the level of their archive object.",
            labels=("level",),
        )
        for level, count in status.levels.items():
            levels.add_metric((level.value,), count)
        yield levels
        for name, meaning, count in (
            (
                "waiting",
                "Certificate versions that want an archive object, a higher level or a renewal.",
                status.waiting,
            ),
            (
                "failed",
                "Certificate versions of which archiving failed; tried again by themselves.",
                status.failed,
            ),
            ("renewals_due", "Archive objects whose last timestamp is to be renewed.", status.renewals_due),
        ):
            yield GaugeMetricFamily(f"certsvc_archive_{name}", meaning, value=count)


def _number(seconds: float | None) -> float:
    return float("nan") if seconds is None else seconds
