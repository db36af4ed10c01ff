"""What ``GET /metrics`` tells, as one list; ``docs/metrics.md`` shows the same, and a test compares them.

What processes count is shared among them (see :mod:`segue.app.measures`), so whichever web process is
asked tells of all, workers included. What is asked of the database is asked at most every ten seconds.
"""

from __future__ import annotations

import platform
import threading
import time
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

import segue
from segue.app.measures import Measures, shared_counts

READ_AGAIN_AFTER_SECONDS = 10.0


class Metric(NamedTuple):
    """One metric as it is documented."""

    name: str
    kind: Literal["counter", "histogram", "gauge"]
    labels: tuple[str, ...]
    says: str


def _gauge(name: str, says: str, *labels: str) -> Metric:
    return Metric(name, "gauge", labels, says)


METRICS: tuple[Metric, ...] = (
    Metric(
        "segue_http_requests_total",
        "counter",
        ("method", "route", "status"),
        "requests answered; the collector's route is collect",
    ),
    Metric("segue_http_request_seconds", "histogram", ("route",), "time to answer a request, in seconds"),
    Metric(
        "segue_collected_events_total",
        "counter",
        ("source", "outcome"),
        "events taken by the collector; outcome is accepted or dead_letter",
    ),
    Metric(
        "segue_fallbacks_total",
        "counter",
        ("placement", "reason"),
        "fallbacks answered because of late (nothing there in the placement's time), away (the database) or "
        "store_unknown",
    ),
    Metric(
        "segue_worker_step_seconds",
        "histogram",
        ("worker",),
        "time of a step of the loop that had events, in seconds",
    ),
    Metric("segue_worker_events_total", "counter", ("worker",), "events that steps have read"),
    Metric("segue_chore_seconds", "histogram", ("chore",), "time of a chore of the keeper, in seconds"),
    Metric("segue_chore_failures_total", "counter", (), "chores that failed; they are tried again"),
    _gauge("segue_log_offset", "the last event that was accepted"),
    _gauge("segue_processed_offset", "up to here everything is in the golden records"),
    _gauge("segue_archived_offset", "up to here everything is in the lake"),
    _gauge("segue_lag_seconds", "age of the oldest event that waits to be processed, in seconds"),
    _gauge("segue_persons", "persons known"),
    _gauge("segue_fragments", "identifiers known"),
    _gauge("segue_dead_letters", "events that could not be admitted and were not replayed", "reason"),
    _gauge("segue_lake_files", "files of the lake"),
    _gauge("segue_lake_bytes", "bytes of the lake's files"),
    _gauge("segue_erasures_pending", "erasures that wait for their proof"),
    _gauge("segue_erasure_lag_seconds", "age of the oldest erasure that waits for its proof, in seconds"),
    _gauge("segue_database_up", "1 while the database answers, else 0"),
    _gauge("segue_database_bytes", "bytes of the database's files"),
    _gauge("segue_disk_free_bytes", "bytes free on the disk of the data directory"),
    _gauge("segue_disk_floor_bytes", "with less than this free, events are refused"),
    _gauge("segue_last_backup_timestamp_seconds", "when the last backup was made, 0 if none: Unix time"),
    _gauge("segue_process_resident_bytes", "memory of each process, except PostgreSQL's", "process"),
    Metric("segue_process_cpu_seconds_total", "counter", ("process",), "processor time of each process"),
    _gauge("segue_build_info", "1; what is running", "version", "python", "schema"),
)
"""Every metric, in the order of the documentation."""

_SAYS = {metric.name: metric.says for metric in METRICS}
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class Metrics:
    """The metrics of one web process, and through shared counts of all processes of its server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        shared = shared_counts()
        # those that are shared are told by their collector, not by their own registry
        own = self._registry if shared is None else None
        if shared is not None:
            MultiProcessCollector(self._registry, path=str(shared))  # type: ignore[no-untyped-call]
        self._requests = Counter(
            "segue_http_requests",
            _SAYS["segue_http_requests_total"],
            ["method", "route", "status"],
            registry=own,
        )
        self._seconds = Histogram(
            "segue_http_request_seconds",
            _SAYS["segue_http_request_seconds"],
            ["route"],
            buckets=_BUCKETS,
            registry=own,
        )
        self._collected = Counter(
            "segue_collected_events",
            _SAYS["segue_collected_events_total"],
            ["source", "outcome"],
            registry=own,
        )
        self._fallbacks = Counter(
            "segue_fallbacks", _SAYS["segue_fallbacks_total"], ["placement", "reason"], registry=own
        )
        #: finding a series by its labels costs more than counting; routes and statuses are few
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def watch(self, read: Callable[[], Measures]) -> None:
        """Tell what can be asked too, as ``read`` answers it."""
        self._registry.register(_Asked(read))

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request. ``route`` is the template, never the path: that may hold an id."""
        asked = (method, route, status)
        series = self._series.get(asked)
        if series is None:
            series = self._requests.labels(method, route, str(status)), self._seconds.labels(route)
            self._series[asked] = series
        series[0].inc()
        series[1].observe(seconds)

    def count(self, source: str, accepted: int, dead: int) -> None:
        """Count the events of one request that are durable now."""
        if accepted:
            self._collected.labels(source, "accepted").inc(accepted)
        if dead:
            self._collected.labels(source, "dead_letter").inc(dead)

    def fell(self, placement: str, because: str) -> None:
        """Count one fallback; the placement is one that is defined, so there are few."""
        self._fallbacks.labels(placement, because).inc()

    def render(self) -> bytes:
        """The exposition text; waits for the database when the figures are old."""
        return generate_latest(self._registry)


class _Asked(Collector):
    """What is read from the database, the disk and the list of processes."""

    def __init__(self, read: Callable[[], Measures]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._measures: Measures | None = None
        self._read_at = 0.0

    def describe(self) -> Iterator[Family]:
        """Nothing, so that registering does not ask the database."""
        return iter(())

    def collect(self) -> Iterator[Family]:
        """The figures; those of the database are missing while it is away."""
        with self._lock:
            moment = time.monotonic()
            old = moment - self._read_at > READ_AGAIN_AFTER_SECONDS
            if self._measures is None or self._measures.house is None or old:
                self._measures = self._read()
                self._read_at = moment
            found = self._measures
        yield from _of_machine(found)
        yield from _of_house(found)


def _of_machine(found: Measures) -> Iterator[Family]:
    yield _told("segue_database_up", 0.0 if found.house is None else 1.0)
    yield _told("segue_disk_free_bytes", found.disk_free_bytes)
    yield _told("segue_disk_floor_bytes", found.disk_floor_bytes)
    yield _told("segue_last_backup_timestamp_seconds", found.last_backup)
    memory = GaugeMetricFamily(
        "segue_process_resident_bytes", _SAYS["segue_process_resident_bytes"], labels=["process"]
    )
    spent = CounterMetricFamily(
        "segue_process_cpu_seconds", _SAYS["segue_process_cpu_seconds_total"], labels=["process"]
    )
    for process in found.processes:
        memory.add_metric([process.name], process.resident_bytes)
        spent.add_metric([process.name], process.cpu_seconds)
    yield memory
    yield spent


def _of_house(found: Measures) -> Iterator[Family]:
    house = found.house
    if house is None:
        return
    status = house.status
    yield _told("segue_log_offset", status.log_offset)
    yield _told("segue_processed_offset", status.processed_offset)
    yield _told("segue_archived_offset", status.archived_offset)
    yield _told("segue_lag_seconds", status.lag_seconds)
    yield _told("segue_persons", status.persons)
    yield _told("segue_fragments", status.fragments)
    letters = GaugeMetricFamily("segue_dead_letters", _SAYS["segue_dead_letters"], labels=["reason"])
    for reason, count in sorted(house.letters.items()):
        letters.add_metric([reason], count)
    yield letters
    yield _told("segue_lake_files", house.lake_files)
    yield _told("segue_lake_bytes", house.lake_bytes)
    yield _told("segue_erasures_pending", house.erasures_pending)
    yield _told("segue_erasure_lag_seconds", house.erasure_lag_seconds)
    yield _told("segue_database_bytes", house.database_bytes)
    build = GaugeMetricFamily(
        "segue_build_info", _SAYS["segue_build_info"], labels=["version", "python", "schema"]
    )
    build.add_metric([segue.__version__, platform.python_version(), str(house.schema)], 1)
    yield build


def _told(name: str, value: float) -> Family:
    return GaugeMetricFamily(name, _SAYS[name], value=value)
