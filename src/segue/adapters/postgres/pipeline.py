"""Statements of one connection: each prepared once, any number of them run in one round trip.

The driver's cursors can do that too, with a dozen turns of its generators for each; where a decision asks
for a handful, that was most of what it took. Here the driver binds values and reads rows, and libpq's
pipeline mode does the rest (PostgreSQL documentation, 34.5).
"""

from __future__ import annotations

import re
import select
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final, NamedTuple

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult

MOST: Final = 1_000
"""Statements that stay prepared on one connection."""

_PLACE: Final = re.compile(r"%(?:\((\w+)\)s|(%))")
_DONE: Final = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)

Asked = tuple[str, Mapping[str, object]]
"""Text with ``%(name)s`` where values stand, and the values."""
Row = tuple[Any, ...]


class Told(NamedTuple):
    """What a statement came to."""

    rows: list[Row]
    #: rows that it touched
    touched: int


Sent = dict[tuple[bytes, tuple[int, ...]], bytes]
"""What is prepared on the way: text and types → name."""


class _Bound(NamedTuple):
    query: bytes
    types: tuple[int, ...]
    values: Sequence[Any]
    formats: Sequence[Format]


class Pipeline:
    """Runs statements on one connection; used by one thread at a time."""

    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self._connection = connection
        self._binding = Transformer(connection)
        self._reading = Transformer(connection)
        #: text and types → the name that it is prepared under
        self._names: Sent = {}
        self._made = 0

    def run(self, asked: Sequence[Asked]) -> list[Told]:
        """All in one round trip, in their order; psycopg.Error of the first that fails."""
        return self.finish(self.send(asked))

    def send(self, asked: Sequence[Asked]) -> Sent:
        """Have the server begin; nothing else may be asked of the connection until :meth:`finish`."""
        bound = [self._bind(text, values) for text, values in asked]
        with self._cut_short():
            if len(self._names) + len(bound) > MOST:
                _check(self._connection.pgconn.exec_(b"deallocate all"))
                self._names.clear()
            self._connection.pgconn.enter_pipeline_mode()
            new = self._send(self._connection.pgconn, bound)
            self._connection.pgconn.flush()
        return new

    def finish(self, new: Sent) -> list[Told]:
        """Wait for what was sent; psycopg.Error of the first that failed."""
        with self._cut_short():
            told = iter(_exchange(self._connection.pgconn))
            self._connection.pgconn.exit_pipeline_mode()
        for key, name in new.items():
            _check(next(told))
            self._names[key] = name
        return [self._told(result) for result in told]

    # ── sending ───────────────────────────────────────────────────────────────

    def _bind(self, text: str, values: Mapping[str, object]) -> _Bound:
        if not values:
            return _Bound(text.encode(), (), (), ())
        query, names = _parsed(text)
        given = [values[name] for name in names]
        sent = self._binding.dump_sequence(given, [PyFormat.AUTO] * len(given))
        return _Bound(query, self._binding.types or (), sent, self._binding.formats or ())

    def _send(self, pgconn: PGconn, bound: Sequence[_Bound]) -> Sent:
        """What is new is prepared before anything is run."""
        new: Sent = {}
        keys = [(each.query, each.types) for each in bound]
        for key in keys:
            if key not in self._names and key not in new:
                self._made += 1
                new[key] = b"segue_%d" % self._made
                pgconn.send_prepare(new[key], *key)
        for key, each in zip(keys, bound, strict=True):
            name = new.get(key) or self._names[key]
            pgconn.send_query_prepared(name, each.values, each.formats, Format.BINARY)
        pgconn.pipeline_sync()
        return new

    @contextmanager
    def _cut_short(self) -> Iterator[None]:
        """By a signal, or because the server is gone: then the connection is of no more use."""
        try:
            yield
        except BaseException:
            self._connection.close()
            raise

    # ── reading ───────────────────────────────────────────────────────────────

    def _told(self, result: PGresult) -> Told:
        _check(result)
        if result.status == ExecStatus.COMMAND_OK:
            return Told([], result.command_tuples or 0)
        self._reading.set_pgresult(result, format=Format.BINARY)
        rows: list[Row] = self._reading.load_rows(0, result.ntuples, tuple)
        return Told(rows, result.command_tuples or 0)


def _exchange(pgconn: PGconn) -> list[PGresult]:
    """Everything that comes back until the end of what was sent."""
    found: list[PGresult] = []
    waiting = select.poll()
    waiting.register(pgconn.socket, select.POLLIN | select.POLLOUT)
    sending = True
    while True:
        if sending and not (sending := bool(pgconn.flush())):
            waiting.modify(pgconn.socket, select.POLLIN)
        waiting.poll()
        pgconn.consume_input()
        while not pgconn.is_busy():
            result = pgconn.get_result()
            if result is None:
                if pgconn.status != ConnStatus.OK:
                    raise psycopg.OperationalError("the connection is lost")
                continue
            if result.status == ExecStatus.PIPELINE_SYNC:
                return found
            found.append(result)


def _check(result: PGresult) -> None:
    if result.status not in _DONE:
        raise psycopg.errors.error_from_result(result)


@lru_cache(maxsize=2_000)
def _parsed(text: str) -> tuple[bytes, tuple[str, ...]]:
    """The text as PostgreSQL has it, and the names of the values in their order, each once."""
    names: dict[str, int] = {}

    def numbered(found: re.Match[str]) -> str:
        name = found.group(1)
        return "%" if name is None else f"${names.setdefault(name, len(names) + 1)}"

    return _PLACE.sub(numbered, text).encode(), tuple(names)
