"""Connections and the pool of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar

import psycopg
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.types.numeric import Int8BinaryDumper
from psycopg.types.string import BytesBinaryDumper

from segue.adapters.postgres.arrays import ArrayDumper
from segue.adapters.postgres.copying import column_types
from segue.adapters.postgres.faults import PATIENCE, translated
from segue.errors import UnavailableError

_PATIENCE = 10.0  # seconds until a free connection
_WRITER = b"set timezone = 'UTC'"
_READER = _WRITER + b"; set default_transaction_read_only = on"

Row = tuple[Any, ...]
_P = ParamSpec("_P")
_T = TypeVar("_T")


class Link:
    """One connection with its one cursor, used by one thread at a time."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        try:
            self.connection: psycopg.Connection[Row] = psycopg.connect(
                url, autocommit=True, prepare_threshold=0, client_encoding="utf8", **PATIENCE
            )
        except psycopg.Error as error:
            raise translated(error, "connect") from None
        try:
            self.command(_READER if read_only else _WRITER)
        except psycopg.Error as error:
            self.close()
            raise translated(error, "connect") from None
        self.connection.prepared_max = 1_000
        # int parameters are always int8: a statement is then prepared once, whatever the values
        self.connection.adapters.register_dumper(int, Int8BinaryDumper)
        # registered again so that COPY, which chooses by the column's type, finds it and not DB-API's
        self.connection.adapters.register_dumper(bytes, BytesBinaryDumper)
        self.connection.adapters.register_dumper(list, ArrayDumper)
        self.cursor = self.connection.cursor(binary=True)
        #: whether it was opened for the work at hand, so that its failing means the server is away
        self.fresh = True
        self._types: dict[str, list[int]] = {}
        self._aside: ThreadPoolExecutor | None = None
        self._cursors: list[psycopg.Cursor[Row]] = []

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

    def run(self, text: str, values: Mapping[str, object]) -> psycopg.Cursor[Row]:
        """Run one statement, prepared; the cursor holds its rows until the next; psycopg.Error."""
        return self.cursor.execute(text.encode(), values or None)

    def run_all(self, asked: Sequence[tuple[str, Mapping[str, object]]]) -> list[list[Row]]:
        """Run several statements in one round trip, prepared; the rows of each; psycopg.Error."""
        while len(self._cursors) < len(asked):
            self._cursors.append(self.connection.cursor(binary=True))
        run = list(zip(self._cursors, asked, strict=False))
        with self.connection.pipeline():
            for cursor, (text, values) in run:
                cursor.execute(text.encode(), values or None)
        return [cursor.fetchall() if cursor.description else [] for cursor, _ in run]

    def aside(self, work: Callable[_P, _T], /, *arguments: _P.args, **options: _P.kwargs) -> Future[_T]:
        """Work with this connection in a thread of its own; leave it alone until that is done."""
        if self._aside is None:
            self._aside = ThreadPoolExecutor(1, thread_name_prefix="aside")
        return self._aside.submit(work, *arguments, **options)

    def types(self, text: str) -> list[int]:
        """Type numbers of a COPY's columns."""
        if text not in self._types:
            self._types[text] = column_types(self.connection, text)
        return self._types[text]

    def close(self) -> None:
        """Hang up."""
        if self._aside is not None:
            self._aside.shutdown(wait=False)
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
