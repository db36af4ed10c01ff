"""The lake of an installation: Parquet files in its data directory, with DuckDB for questions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from segue.app.directory import LAKE
from segue.app.installation import Installation
from segue.app.learning.reading import with_everybodys
from segue.archive.lake import Engines, Lake
from segue.enrich import store
from segue.ports.database import Session
from segue.ports.lake import LakeEngine, LakeFiles, Result


def lake_of(installation: Installation) -> Lake:
    """The lake, for as long as a process or command wants it; opens nothing until it is used."""
    folder = installation.data / LAKE
    settings = installation.settings
    return Lake(
        Engines(
            database=installation.database,
            log=installation.log,
            open_files=partial(_open_files, folder),
            open_engine=partial(_open_engine, folder),
            locks=installation.database,
            clock=installation.clock,
            records=partial(_records, installation),
            flush_events=settings.flush_events,
            flush_seconds=settings.flush_seconds,
        )
    )


def _open_files(folder: Path) -> LakeFiles:
    from segue.adapters.duckdb.lake import ParquetLake

    return ParquetLake(folder)


def _open_engine(folder: Path) -> LakeEngine:
    from segue.adapters.duckdb.engine import DuckEngine

    return DuckEngine(folder)


def query(installation: Installation, sql: str) -> Result:
    """Run one read-only statement when all that was accepted before it is in the lake; `segue sql`."""
    installation.drain()
    return lake_of(installation).query(sql)


def _records(installation: Installation, session: Session) -> Iterator[tuple[bytes, Any]]:
    rules = installation.rules()
    found = store.records(session, rules=rules, now=installation.clock.now())
    return with_everybodys(session, found, rules)
