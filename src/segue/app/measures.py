"""What is measured for whoever watches over an installation: by asking, and by counting what is done.

What can be asked is read from the database, the disk and the system's list of processes. What must be
counted while it happens is counted by each process into a file of the data directory that all of them
share (prometheus_client's own way), so that any web process can tell of every other.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from segue.adapters.postgres.space import free_bytes
from segue.app.backup import LAST
from segue.app.directory import server_record
from segue.app.installation import Installation
from segue.app.status import Status, status_of
from segue.domain.order import SECOND
from segue.errors import SegueError
from segue.ports.statements import statements

if TYPE_CHECKING:  # it looks for the shared folder when it is imported: see `share_counts`
    from prometheus_client import Counter, Histogram

_SQL = statements("segue.app", "measures.sql")

COUNTS = "counts"
"""Folder of the data directory with what processes count."""

_SHARED = "PROMETHEUS_MULTIPROC_DIR"
_MIB = 1 << 20
STEP_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)


class Process(NamedTuple):
    """One process of a running server."""

    name: str
    resident_bytes: int
    cpu_seconds: float


class House(msgspec.Struct, frozen=True, kw_only=True):
    """What the database tells."""

    status: Status
    #: reason → waiting dead letters
    letters: dict[str, int]
    lake_files: int
    lake_bytes: int
    erasures_pending: int
    #: age in seconds of the oldest one
    erasure_lag_seconds: float
    database_bytes: int
    schema: int


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """One look at everything that can be asked."""

    #: None while the database is away
    house: House | None
    disk_free_bytes: int
    disk_floor_bytes: int
    #: when the last backup was made, seconds since 1970; 0 when there is none
    last_backup: float
    processes: list[Process]


def measure(installation: Installation) -> Measures:
    """Look; counts every fragment: seconds at many millions."""
    return Measures(
        house=_house(installation),
        disk_free_bytes=free_bytes(installation.data),
        disk_floor_bytes=installation.settings.disk_floor_mb * _MIB,
        last_backup=last_backup(installation.data),
        processes=list(_processes(installation.data)),
    )


def _house(installation: Installation) -> House | None:
    now = installation.clock.now()
    try:
        with installation.database.transaction(read_only=True) as session:
            [(files, size, pending, oldest, database, schema)] = session.fetch(_SQL["house"])
            return House(
                status=status_of(session, now),
                letters=dict(session.fetch(_SQL["letters"])),
                lake_files=files,
                lake_bytes=size,
                erasures_pending=pending,
                erasure_lag_seconds=0.0 if oldest is None else max(0, now - oldest) / SECOND,
                database_bytes=database,
                schema=schema,
            )
    except SegueError:
        return None


def last_backup(data: Path) -> float:
    """When the last backup was made, seconds since 1970; 0 when none was, or nobody can tell."""
    try:
        found = msgspec.json.decode((data / LAST).read_bytes(), type=dict[str, str | int])
    except (OSError, msgspec.DecodeError):
        return 0.0
    with suppress(ValueError):
        return datetime.fromisoformat(str(found.get("made_at", ""))).timestamp()
    return 0.0


def _processes(data: Path) -> Iterator[Process]:
    """Those of the running server, where the system tells (Linux)."""
    for name, pid in ((server_record(data) or {}).get("processes") or {}).items():
        with suppress(OSError, ValueError, IndexError):
            # after the name in brackets, which may hold anything; see proc(5)
            words = Path(f"/proc/{int(pid)}/stat").read_text().rpartition(")")[2].split()
            ticks = os.sysconf("SC_CLK_TCK")
            yield Process(
                name, int(words[21]) * os.sysconf("SC_PAGE_SIZE"), (int(words[11]) + int(words[12])) / ticks
            )


# ── counting ─────────────────────────────────────────────────────────────────


def share_counts(data: Path) -> None:
    """Have this process's children count where each other can read it; what earlier ones counted is over.

    Call it before ``prometheus_client`` is imported, which looks for the folder then.
    """
    folder = data / COUNTS
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    os.environ[_SHARED] = str(folder)


def shared_counts() -> Path | None:
    """The folder, in a process that shares its counts."""
    found = os.environ.get(_SHARED)
    return Path(found) if found else None


class WorkerCounts:
    """What a worker counts. In a process that does not share, nobody sees it."""

    def __init__(self, worker: int) -> None:
        steps, events, self._chores, self._failures = worker_series()
        self._seconds = steps.labels(str(worker))
        self._events = events.labels(str(worker))

    def step(self, events: int, seconds: float) -> None:
        """A step of the loop that had something to do."""
        self._events.inc(events)
        self._seconds.observe(seconds)

    def chore(self, name: str, seconds: float) -> None:
        """A chore that was done."""
        self._chores.labels(name).observe(seconds)

    def chore_failed(self) -> None:
        """A chore that was not."""
        self._failures.inc()


def worker_series() -> tuple[Histogram, Counter, Histogram, Counter]:
    """Steps, events, chores and failures of workers; each process makes them once."""
    from prometheus_client import Counter, Histogram

    return (
        Histogram(
            "segue_worker_step_seconds", "time of a step that had events", ["worker"], registry=None,
            buckets=STEP_BUCKETS,
        ),
        Counter("segue_worker_events", "events that steps have read", ["worker"], registry=None),
        Histogram("segue_chore_seconds", "time of a chore", ["chore"], registry=None, buckets=STEP_BUCKETS),
        Counter("segue_chore_failures", "chores that failed and are tried again", registry=None),
    )  # fmt: skip
