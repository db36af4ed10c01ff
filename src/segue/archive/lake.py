"""The lake of one installation: what the processes and commands call.

One writer at a time: flushing, compacting and purging happen under the lock ``lake``, which is lost
with the process that holds it. Reading needs no lock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from segue.archive import compact, flush, manifest, upkeep
from segue.archive.timeline import Beside, Days, Filters, Timeline, timeline
from segue.domain.order import SECOND
from segue.errors import SegueError, UnavailableError
from segue.ports.clock import Clock
from segue.ports.database import Database, Session
from segue.ports.lake import (
    ArchivedLog,
    Erased,
    LakeEngine,
    LakeFiles,
    LakeTable,
    Locks,
    MissingFileError,
    Result,
)
from segue.ports.statements import statements

LOCK = "lake"
ATTEMPTS = 5

Records = Callable[[Session], Iterator[tuple[bytes, Any]]]
"""Streams ``(person id, golden record)`` of all persons."""


class Engines(msgspec.Struct, frozen=True, kw_only=True):
    """What a lake works with."""

    database: Database
    log: ArchivedLog
    #: opened when they are first needed: what reads and asks Parquet takes a second to load
    open_files: Callable[[], LakeFiles]
    open_engine: Callable[[], LakeEngine]
    locks: Locks
    clock: Clock
    records: Records
    #: events and seconds before a flush is due
    flush_events: int = 100_000
    flush_seconds: int = 60


class Searched(NamedTuple):
    """What a search for somebody erased has found."""

    files: int
    rows: int
    #: rows of hers that are still there
    left: int
    #: files in the folder that are not in the manifest
    strays: int


class Lake:
    """Archives, compacts, finds and queries. Safe to share between threads."""

    def __init__(self, engines: Engines) -> None:
        self._with = engines
        self._swept = False
        self._flushed_at = engines.clock.now()

    @cached_property
    def _files(self) -> LakeFiles:
        return self._with.open_files()

    @cached_property
    def _engine(self) -> LakeEngine:
        return self._with.open_engine()

    # ── writing ──────────────────────────────────────────────────────────────

    def archive_if_due(self) -> int:
        """Flush when enough waits, or long enough; answers how many offsets. Gives way to a writer."""
        found = self._progress()
        waiting = found.processed - found.archived
        old = self._with.clock.now() - self._flushed_at >= self._with.flush_seconds * SECOND
        if waiting <= 0 or not (old or waiting >= self._with.flush_events):
            return 0
        lock = self._with.locks.try_lock(LOCK)
        return 0 if lock is None else self._flush(lock, found.processed)

    def flush(self, timeout: float = 120.0) -> int:
        """Archive all that the loop has passed, waiting for another writer; UnavailableError."""
        upto = self._progress().processed
        deadline = time.monotonic() + timeout
        while self._progress().archived < upto:
            lock = self._with.locks.try_lock(LOCK)
            if lock is not None:
                return self._flush(lock, upto)
            self._wait(deadline)
        return 0

    def compact(self, *, all_days: bool = False) -> int:
        """Bring files together where due; answers how many rewrites. Gives way to a writer."""
        lock = self._with.locks.try_lock(LOCK)
        if lock is None:
            return 0
        done = 0
        with lock, _whole():
            self._sweep()
            while compact.compact_step(
                self._with.database, self._files, self._with.clock.now(), all_days=all_days
            ):
                done += 1
            upkeep.bury(self._with.database, self._files, self._with.clock.now())
        return done

    def purge(self, erased: Sequence[Erased], timeout: float = 600.0) -> Searched:
        """Rewrite the files that hold somebody erased, then search all for ``erased``; waits for a writer."""
        with self.writing(timeout), _whole():
            self._sweep(again=True)
            compact.purge(self._with.database, self._files, self._with.clock.now())
            return self._search(erased)

    def _search(self, erased: Sequence[Erased]) -> Searched:
        names = self._files.names()
        with self._with.database.transaction(read_only=True) as session:
            listed = {file.file_id: file.rows for file in manifest.files(session)}
        left = self._files.holding(sorted(listed), erased)
        return Searched(len(listed), sum(listed.values()), sum(left.values()), len(names - listed.keys()))

    def file_names(self) -> list[str]:
        """The files of the manifest."""
        with self._with.database.transaction(read_only=True) as session:
            return sorted(file.file_id for file in manifest.files(session))

    def writing(self, timeout: float = 600.0) -> AbstractContextManager[object]:
        """Keep every other writer away for the length of a block; UnavailableError after ``timeout``."""
        deadline = time.monotonic() + timeout
        while (lock := self._with.locks.try_lock(LOCK)) is None:
            self._wait(deadline)
        return lock

    # ── reading ──────────────────────────────────────────────────────────────

    def timeline(
        self,
        fragment_ids: Sequence[bytes],
        *,
        days: Days | None = None,
        limit: int = 50,
        after: str | None = None,
        until: int | None = None,
        only: Filters | None = None,
        beside: Beside | None = None,
    ) -> Timeline:
        """One person's events, newest first; see :mod:`segue.archive.timeline`."""
        return timeline(
            self._with.database,
            self._files,
            fragment_ids,
            days=days,
            limit=limit,
            after=after,
            until=until,
            only=only,
            beside=beside,
        )

    def query(self, sql: str, *, wait: bool = True) -> Result:
        """Run one read-only statement over events, fragments and persons.

        Args:
            sql: in DuckDB's dialect.
            wait: first archive all that the loop has passed (have the loop catch up before).

        Raises:
            InvalidInputError: the statement is not one, does more than read, or fails.
        """
        if wait:
            self.flush()
        for _ in range(ATTEMPTS):
            with self._with.database.transaction(read_only=True) as session:
                # the manifest before the erasures: one that is finished in between has deleted its files
                files = [file.file_id for file in manifest.files(session)]
                erased = manifest.pending_erasures(session)
                tables = {
                    "fragments": LakeTable(("fragment_id", "person_id"), lambda: _fragments(session)),
                    "persons": LakeTable(("person_id", "record:json"), lambda: self._persons(session)),
                }
                try:
                    return self._engine.query(sql, files, erased, tables)
                except MissingFileError:
                    continue
        raise UnavailableError("the lake changes too fast to be read", cure="ask again")

    def _persons(self, session: Session) -> Iterator[tuple[str, str]]:
        for person_id, record in self._with.records(session):
            yield person_id.hex(), msgspec.json.encode(record).decode()

    # ── inside ───────────────────────────────────────────────────────────────

    def _progress(self) -> manifest.Progress:
        with self._with.database.transaction(read_only=True) as session:
            return manifest.progress(session)

    def _flush(self, lock: AbstractContextManager[object], upto: int) -> int:
        """Archive at least up to ``upto`` under the lock."""
        done = 0
        with lock:
            self._sweep()
            while self._progress().archived < upto:
                done += flush.flush_step(
                    self._with.database,
                    self._with.log,
                    self._files,
                    self._with.clock.now(),
                    self._with.flush_events,
                )
        self._flushed_at = self._with.clock.now()
        self._with.log.drop_passed(self._progress().archived)
        return done

    def _sweep(self, *, again: bool = False) -> None:
        """Once a process, before it writes: what a crash left behind."""
        if again or not self._swept:
            upkeep.sweep(self._with.database, self._files)
            self._swept = True

    @staticmethod
    def _wait(deadline: float) -> None:
        if time.monotonic() > deadline:
            raise UnavailableError("the lake is being written by another process", cure="try again later")
        time.sleep(0.05)


@contextmanager
def _whole() -> Iterator[None]:
    """Nobody else deletes files under the writer's lock, so one that is missing has been lost."""
    try:
        yield
    except MissingFileError as error:
        raise SegueError(
            "a file of the lake is missing", cure="restore a backup", code="lake_damaged"
        ) from error


def _fragments(session: Session) -> Iterator[tuple[str, str | None]]:
    return session.stream(statements("segue.archive")["fragments"])
