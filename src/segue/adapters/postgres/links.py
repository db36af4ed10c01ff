"""Connections and the pool of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import psycopg
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.types.numeric import Int8BinaryDumper
from psycopg.types.string import BytesBinaryDumper

from segue.adapters.postgres.arrays import ArrayDumper
from segue.adapters.postgres.copying import column_types
from segue.adapters.postgres.faults import PATIENCE, translated
from segue.adapters.postgres.pipeline import Asked, Pipeline, Row, Told
from segue.errors import UnavailableError

_PATIENCE = 10.0  # seconds until a free connection
_WRITER = b"set timezone = 'UTC'"
_READER = _WRITER + b"; set default_transaction_read_only = on"


class Link:
    """One connection, used by one thread at a time."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        try:
            self.connection: psycopg.Connection[Row] = psycopg.connect(
                url, autocommit=True, prepare_threshold=None, client_encoding="utf8", **PATIENCE
            )
        except psycopg.Error as error:
            raise translated(error, "connect") from None
        try:
            self.command(_READER if read_only else _WRITER)
        except psycopg.Error as error:
            self.close()
            raise translated(error, "connect") from None
        # int parameters are always int8: a statement is then prepared once, whatever the values
        self.connection.adapters.register_dumper(int, Int8BinaryDumper)
        # registered again so that COPY, which chooses by the column's type, finds it and not DB-API's
        self.connection.adapters.register_dumper(bytes, BytesBinaryDumper)
        self.connection.adapters.register_dumper(list, ArrayDumper)
        self._pipeline = Pipeline(self.connection)
        #: whether it was opened for the work at hand, so that its failing means the server is away
        self.fresh = True
        self._types: dict[str, list[int]] = {}

    @property
    def idle(self) -> bool:
        """Whether it is alive and outside any transaction."""
        return self.connection.pgconn.transaction_status == TransactionStatus.IDLE

    def command(self, text: bytes) -> None:
        """Run statements without parameters or rows in one round trip; psycopg.Error."""
        connection = self.connection.pgconn
        result = connection.exec_(text)
        if connection.status != ConnStatus.OK:
            raise psycopg.OperationalError("the connection is lost")
        if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
            raise psycopg.errors.error_from_result(result)

    def run(self, text: str, values: Mapping[str, object]) -> Told:
        """Run one statement, prepared; psycopg.Error."""
        return self._pipeline.run([(text, values)])[0]

    def run_all(self, asked: Sequence[Asked]) -> list[list[Row]]:
        """Run several statements in one round trip, prepared; the rows of each; psycopg.Error."""
        return [told.rows for told in self._pipeline.run(asked)]

    def send(self, asked: Sequence[Asked]) -> Callable[[], list[list[Row]]]:
        """Have the server begin; what comes back waits, once, for the rows of each; psycopg.Error."""
        sent = self._pipeline.send(asked)
        return lambda: [told.rows for told in self._pipeline.finish(sent)]

    @contextmanager
    def copy(self, text: str) -> Iterator[psycopg.Copy]:
        """Write rows with a ``COPY … FROM STDIN``; psycopg.Error."""
        with self.connection.cursor() as cursor, cursor.copy(text.encode()) as copy:
            yield copy

    def types(self, text: str) -> list[int]:
        """Type numbers of a COPY's columns."""
        if text not in self._types:
            self._types[text] = column_types(self.connection, text)
        return self._types[text]

    def close(self) -> None:
        """Hang up."""
        with suppress(psycopg.Error):
            self.connection.close()


class Pool:
    """Idle links, the last used on top; at most ``size`` in use at once."""

    def __init__(self, url: str, size: int, *, read_only: bool) -> None:
        self._url = url
        self._read_only = read_only
        self._room = threading.BoundedSemaphore(size)
        self._idle: list[Link] = []

    def take(self) -> Link:
        """An idle link or a new one; UnavailableError when all stay in use, or the server is away."""
        if not self._room.acquire(timeout=_PATIENCE):
            raise UnavailableError("all connections to the database are in use", cure="try again")
        try:
            try:
                return self._idle.pop()
            except IndexError:
                return Link(self._url, read_only=self._read_only)
        except BaseException:
            self._room.release()
            raise

    def renew(self, link: Link) -> Link:
        """A new link in place of one that died while it was idle, as its contemporaries will have."""
        link.close()
        self.clear()
        return Link(self._url, read_only=self._read_only)

    def give(self, link: Link) -> None:
        """Put a link back; one that is dead or still in a transaction is closed instead."""
        if link.idle:
            link.fresh = False
            self._idle.append(link)
        else:
            link.close()
        self._room.release()

    def clear(self) -> None:
        """Close all idle links."""
        while self._idle:
            with suppress(IndexError):
                self._idle.pop().close()
