"""The bare loop: the yardstick of the loop's figures.

While the loop runs, its writes are noted. The bare loop then reads the same batches of the same log, decodes
the events, repeats the noted writes of records (same fragments, same bytes, same statements) on tables of the
same kind, and commits the offset the same way. It has no rules, no dedupe, no fold and no links.

A second one also repeats the rows of seen message ids, fragments and links: what is left between that and the
loop is thinking, not writing. A third one writes each record that a batch touches whole, head and summary in
one, as a loop would that does not keep them apart.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from bench.stage import settle
from segue.app.installation import Installation
from segue.domain.events import decode_event
from segue.ports.database import Session
from segue.ports.log import SLOTS
from segue.ports.statements import Statement

RECORDS = ("fragment_state", "fragment_summary")
ROWS = (*RECORDS, "fragment", "link", "derived_event")
_TABLE = re.compile(rf"\b({'|'.join((*ROWS, 'seen', 'position_reached'))})\b")
_WRITES = re.compile(rf"^\s*(?:insert into|update|copy)\s+({'|'.join(ROWS)})\b")
_REMEMBERS = re.compile(r"^\s*with fresh as \(\s*insert into seen_")

_SEEN = Statement(
    "seen", "remember ids", "insert into seen select unnest(%(keys)s::bytea[]) on conflict do nothing"
)
_ADVANCE = Statement("advance", "commit the offset", "update position_reached set position = %(position)s")


class Write(NamedTuple):
    """One noted statement."""

    table: str
    statement: Statement
    values: Mapping[str, Any]
    #: of a COPY
    rows: list[Sequence[object]] | None = None


class Batch(NamedTuple):
    """One micro-batch: entries read, and what was written for them."""

    read: int
    writes: list[Write]


class Bare(NamedTuple):
    """What the bare loop did."""

    rate: float
    #: with all the loop's rows
    rate_of_all_rows: float
    #: with each touched record written whole
    rate_of_whole_records: float
    record_writes: int
    bytes_written: int

    @property
    def bytes_a_record(self) -> int:
        """Mean bytes written when a record was touched."""
        return round(self.bytes_written / self.record_writes)


class NotingDatabase:
    """The database, noting what is written; everything passes through."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.writes: list[Write] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    @contextmanager
    def transaction(self, **options: bool) -> Iterator[Any]:
        with self.inner.transaction(**options) as session:
            yield _NotingSession(session, self.writes)


class _NotingSession:
    def __init__(self, inner: Any, writes: list[Write]) -> None:
        self._inner = inner
        self._writes = writes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def execute(self, statement: Statement, /, **values: Any) -> int:
        self._note(statement, values)
        touched: int = self._inner.execute(statement, **values)
        return touched

    def fetch(self, statement: Statement, /, **values: Any) -> list[tuple[Any, ...]]:
        self._note(statement, values)
        rows: list[tuple[Any, ...]] = self._inner.fetch(statement, **values)
        return rows

    def send(self, statement: Statement, /, **values: Any) -> Callable[[], list[tuple[Any, ...]]]:
        self._note(statement, values)
        answer: Callable[[], list[tuple[Any, ...]]] = self._inner.send(statement, **values)
        return answer

    def _note(self, statement: Statement, values: Mapping[str, Any]) -> None:
        if found := _WRITES.match(statement.text):
            self._writes.append(Write(found[1], statement, values))
        elif _REMEMBERS.match(statement.text):
            self._writes.append(Write("seen", _SEEN, values))

    def copy(self, statement: Statement, /, rows: Iterable[Sequence[object]]) -> None:
        kept = list(rows)
        if found := _WRITES.match(statement.text):
            self._writes.append(Write(found[1], statement, {}, kept))
        self._inner.copy(statement, kept)


class _Copy(NamedTuple):
    """Tables of the bare loop's own, like the loop's: all of them, or only those of the records."""

    prefix: str
    tables: frozenset[str]

    def statement(self, statement: Statement) -> Statement:
        """The statement on these tables."""
        text = _TABLE.sub(rf"{self.prefix}_\1", statement.text)
        return Statement(f"{self.prefix}_{statement.name}", statement.says, text)


_OF_RECORDS = _Copy("bare", frozenset(RECORDS))
_OF_ALL_ROWS = _Copy("full", frozenset((*ROWS, "seen")))
_OF_WHOLE_RECORDS = _Copy("whole", frozenset(("fragment_state",)))
_WHOLE = """select h.fragment_id, h.state || coalesce(s.summary, '')
    from fragment_state h left join fragment_summary s using (fragment_id)"""
_SUMMARIES = Statement("summaries", "as they are now", "select fragment_id, summary from fragment_summary")


def prepare(installation: Installation) -> None:
    """Tables for the bare loop that are and hold what the loop's own are and hold now."""
    with installation.database.transaction() as session:
        for copy in (_OF_RECORDS, _OF_ALL_ROWS, _OF_WHOLE_RECORDS):
            for text in _making(copy.prefix):
                session.execute(Statement("prepare_bare", "the bare loop's tables", text))


def _making(prefix: str) -> Iterator[str]:
    for table in (*ROWS, "seen", "position_reached"):
        yield f"drop table if exists {prefix}_{table}"
    for table in ROWS:
        fill = 50 if table in RECORDS else 80
        yield f"create table {prefix}_{table} (like {table} including all) with (fillfactor = {fill})"
        whole = prefix == _OF_WHOLE_RECORDS.prefix and table == "fragment_state"
        yield f"insert into {prefix}_{table} {_WHOLE if whole else f'select * from {table}'}"
    yield f"create table {prefix}_seen (key bytea primary key) with (autovacuum_enabled = off)"
    yield f"create table {prefix}_position_reached (position bigint not null)"
    yield f"insert into {prefix}_position_reached values (0)"


def run_bare(installation: Installation, after: int, batches: list[Batch]) -> Bare:
    """Do with the log after ``after`` what the loop did, without its logic.

    Call :func:`prepare` before the loop runs.
    """
    records = [write for batch in batches for write in batch.writes if write.table in RECORDS]
    events = sum(batch.read for batch in batches)
    return Bare(
        rate=events / _timed(installation, after, batches, _OF_RECORDS),
        rate_of_all_rows=events / _timed(installation, after, batches, _OF_ALL_ROWS),
        rate_of_whole_records=events
        / _timed(installation, after, _with_summaries(installation, batches), _OF_WHOLE_RECORDS),
        record_writes=sum(len(w.values["ids"]) for w in records if w.table == "fragment_state"),
        bytes_written=sum(len(body) for w in records for body in _bodies(w)),
    )


def _with_summaries(installation: Installation, batches: Iterable[Batch]) -> list[Batch]:
    """The same with each head followed by its record's summary, as that is after the run."""
    with installation.database.transaction(read_only=True) as session:
        summaries: dict[bytes, bytes] = dict(session.fetch(_SUMMARIES))
    return [
        Batch(batch.read, [_with_summary(write, summaries) for write in batch.writes]) for batch in batches
    ]


def _with_summary(write: Write, summaries: Mapping[bytes, bytes]) -> Write:
    if write.table != "fragment_state":
        return write
    ids, heads = write.values["ids"], write.values["states"]
    whole = [head + summaries.get(one, b"") for one, head in zip(ids, heads, strict=True)]
    return write._replace(values={"ids": ids, "states": whole})


def _bodies(write: Write) -> Sequence[bytes]:
    bodies: Sequence[bytes] = write.values["states" if write.table == "fragment_state" else "summaries"]
    return bodies


def _timed(installation: Installation, after: int, batches: list[Batch], copy: _Copy) -> float:
    """Seconds for all batches."""
    again = [
        Batch(
            batch.read,
            [
                write._replace(statement=copy.statement(write.statement))
                for write in batch.writes
                if write.table in copy.tables
            ],
        )
        for batch in batches
    ]
    advance = copy.statement(_ADVANCE)
    settle(installation)
    began = time.perf_counter()
    for batch in again:
        with installation.database.transaction(durable=False) as session:
            after = _read(installation, session, after, batch.read)
            for write in batch.writes:
                _repeat(session, write)
            session.execute(advance, position=after)
    return time.perf_counter() - began


def _read(installation: Installation, session: Session, after: int, count: int) -> int:
    """Read and decode the same entries; the last one's offset."""
    entries = installation.log.read(session, slots=range(SLOTS), after=after, limit=count)
    if len(entries) != count:
        raise AssertionError("the log no longer holds what the loop read: the yardstick would be wrong")
    for entry in entries:
        decode_event(entry.payload)
    return entries[-1].offset


def _repeat(session: Session, write: Write) -> None:
    if write.rows is not None:
        session.copy(write.statement, write.rows)
    else:
        session.execute(write.statement, **write.values)
