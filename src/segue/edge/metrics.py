"""What ``GET /metrics`` tells, as one list; ``docs/metrics.md`` shows the same, and a test compares them.

Each web process has a registry of its own. The figures about the loop are read from the database when
asked for, at most every ten seconds, so that every process tells the same.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from segue.app.status import Status
from segue.errors import SegueError

READ_AGAIN_AFTER_SECONDS = 10.0


class Metric(NamedTuple):
    """One metric as it is documented."""

    name: str
    kind: Literal["counter", "histogram", "gauge"]
    labels: tuple[str, ...]
    says: str


METRICS: tuple[Metric, ...] = (
    Metric(
        "segue_http_requests_total",
        "counter",
        ("method", "route", "status"),
        "requests this process has answered",
    ),
    Metric("segue_http_request_seconds", "histogram", ("route",), "time to answer a request, in seconds"),
    Metric("segue_log_offset", "gauge", (), "the last event that was accepted"),
    Metric("segue_processed_offset", "gauge", (), "up to here everything is in the golden records"),
    Metric("segue_archived_offset", "gauge", (), "up to here everything is in the lake"),
    Metric("segue_lag_seconds", "gauge", (), "age of the oldest event that waits to be processed"),
    Metric("segue_persons", "gauge", (), "persons known"),
    Metric("segue_fragments", "gauge", (), "identifiers known"),
    Metric("segue_dead_letters", "gauge", (), "events that could not be admitted and were not replayed"),
)
"""Every metric, in the order of the documentation."""

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class Metrics:
    """The metrics of one web process."""

    def __init__(self) -> None:
        says = {metric.name: metric.says for metric in METRICS}
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "segue_http_requests",
            says["segue_http_requests_total"],
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "segue_http_request_seconds",
            says["segue_http_request_seconds"],
            ["route"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        #: finding a series by its labels costs more than counting; routes and statuses are few
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def watch(self, read: Callable[[], Status]) -> None:
        """Tell the figures of the loop too, as ``read`` answers them."""
        self._registry.register(_Figures(read))

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request. ``route`` is the template, never the path: that may hold an id."""
        asked = (method, route, status)
        series = self._series.get(asked)
        if series is None:
            series = self._requests.labels(method, route, str(status)), self._seconds.labels(route)
            self._series[asked] = series
        series[0].inc()
        series[1].observe(seconds)

    def render(self) -> bytes:
        """The exposition text; waits for the database when the figures are old."""
        return generate_latest(self._registry)


class _Figures(Collector):
    """The gauges: the fields of :class:`Status` under the names of :data:`METRICS`."""

    def __init__(self, read: Callable[[], Status]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._status: Status | None = None
        self._read_at = 0.0

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Names without values, so that registering does not ask the database."""
        for metric in METRICS:
            if metric.kind == "gauge":
                yield GaugeMetricFamily(metric.name, metric.says)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The figures; none while the database is away, which a scraper sees as missing series."""
        with self._lock:
            moment = time.monotonic()
            if self._status is None or moment - self._read_at > READ_AGAIN_AFTER_SECONDS:
                try:
                    self._status = self._read()
                except SegueError:
                    self._status = None
                self._read_at = moment
            status = self._status
        for family in self.describe() if status is not None else ():
            family.add_metric([], float(getattr(status, family.name.removeprefix("segue_"))))
            yield family
