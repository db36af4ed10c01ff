"""A lake on a real log, without the rest of the house, and events to put through it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from segue.adapters.duckdb.engine import DuckEngine
from segue.adapters.duckdb.lake import ParquetLake
from segue.adapters.postgres.database import PostgresDatabase
from segue.adapters.postgres.log import PostgresLog
from segue.archive.lake import Engines, Lake
from segue.domain.events import Event, encode_event
from segue.domain.identifiers import Mention
from segue.ports.clock import ManualClock
from segue.ports.database import Session
from segue.ports.log import NewEntry
from segue.ports.statements import Statement

DAY = 86_400_000_000
NOON = 1_772_366_400_000_000  # 2026-03-01T12:00:00Z
SKIP = Statement("skip", "the loop leaves this offset out", "insert into skipped values (%(offset)s)")
CLEAR = Statement(
    "clear",
    "an empty lake over an empty log, later than all before",
    "with f as (delete from lake_file), r as (delete from lake_retired), l as (delete from log) "
    "update lake_position set archived_offset = (select next_offset - 1 from log_head)",
)
DAYS = Statement(
    "days", "files of each day", "select coalesce(day::text, ''), count(*) from lake_file group by 1"
)
PASSED = Statement("passed", "the loop has passed this offset", "update consumer set position = %(upto)s")


def fragment(number: int) -> bytes:
    """The id of an invented fragment."""
    return bytes([number % 256, number // 256 % 256]) * 8


def event(number: int, *, owner: int = 1, at: int, **fields: Any) -> Event:
    """An invented event."""
    return Event(
        message_id=f"m{number}",
        source="till",
        type="track",
        event="Order Completed",
        timestamp=at,
        received_at=at + 1,
        mentions=(Mention("email", f"p{owner}@example.com", fragment(owner), True),),
        **({"properties": {"revenue": number, "name": "Zoë \\ 東京"}} | fields),
    )


class Shop(NamedTuple):
    """A lake and what it stands on."""

    lake: Lake
    database: PostgresDatabase
    log: PostgresLog
    files: ParquetLake
    clock: ManualClock
    engines: Engines

    def happen(self, events: Sequence[Event], *, passed: int | None = None) -> int:
        """Append events and let the loop pass all (or some) of them; answers the last offset."""
        entries = [NewEntry(each.fragment_id, each.received_at, encode_event(each)) for each in events]
        last = self.log.append(entries)
        self.passed(last if passed is None else last - len(events) + passed)
        return last

    def passed(self, upto: int) -> None:
        """The loop has come so far."""
        with self.database.transaction() as session:
            session.execute(PASSED, upto=upto)

    def count(self, table: str) -> int:
        """Rows of a table of the database."""
        with self.database.transaction() as session:
            return int(session.fetch(Statement("count", "rows", f"select count(*) from {table}"))[0][0])

    def days(self) -> dict[str, int]:
        """How many files each day has; loose ones under the empty text."""
        with self.database.transaction() as session:
            return dict(session.fetch(DAYS))

    def again(self) -> Shop:
        """The same, empty: for the next example of a property."""
        with self.database.transaction() as session:
            session.execute(CLEAR)
        shutil.rmtree(self.files.folder, ignore_errors=True)
        self.clock.moment = NOON
        return open_shop(self.database, self.log, ParquetLake(self.files.folder), self.clock)

    def ask(self, sql: str) -> list[dict[str, Any]]:
        """The rows of a query."""
        return self.lake.query(sql).rows

    def ids(self) -> list[str]:
        """All message ids in the lake, by offset."""
        return [row["message_id"] for row in self.ask("select message_id from events order by log_offset")]


def no_records(session: Session) -> Iterator[tuple[bytes, Any]]:
    """Nobody."""
    return iter(())


def open_shop(
    database: PostgresDatabase, log: PostgresLog, files: ParquetLake, clock: ManualClock, **settings: Any
) -> Shop:
    """A lake in a folder."""
    engines = Engines(
        database=database,
        log=log,
        open_files=lambda: files,
        open_engine=lambda: DuckEngine(files.folder),
        locks=database,
        clock=clock,
        **({"records": no_records} | settings),
    )
    return Shop(Lake(engines), database, log, files, clock, engines)
