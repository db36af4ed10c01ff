"""The operational database: transactions over a small pool of prepared, binary connections.

A transaction costs one round trip to begin, one for each statement, one to commit. A read-only one
runs its statements singly on a connection that cannot write, so it costs nothing beyond them.
Connections that died while they waited are replaced silently; a fault inside a transaction becomes
:class:`~segue.errors.UnavailableError`, and the caller may run the whole transaction again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

import psycopg

from segue.adapters.postgres.faults import translated
from segue.adapters.postgres.links import Link, Pool, Row
from segue.adapters.postgres.signals import Listener, Lock
from segue.errors import UnavailableError
from segue.ports.statements import Statement

_BEGIN = {True: b"begin", False: b"begin; set local synchronous_commit = off"}
_BEGIN_SNAPSHOT = b"begin isolation level repeatable read read only"
_PORTION = 2_000  # rows a server-side cursor brings at once
_PING = Statement("ping", "a sign of life", "select 1")


class PostgresSession:
    """One open transaction; see :class:`segue.ports.database.Session`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def fetch(self, statement: Statement, /, **values: object) -> list[Row]:
        """Run and return all rows."""
        try:
            return self._link.cursor.execute(statement.text.encode(), values or None).fetchall()
        except psycopg.Error as error:
            raise translated(error, statement.name) from None

    def execute(self, statement: Statement, /, **values: object) -> int:
        """Run and return the number of rows it touched."""
        try:
            return self._link.cursor.execute(statement.text.encode(), values or None).rowcount
        except psycopg.Error as error:
            raise translated(error, statement.name) from None

    def stream(self, statement: Statement, /, **values: object) -> Iterator[Row]:
        """Run with a server-side cursor; rows arrive in portions of 2,000."""
        cursor = psycopg.ServerCursor(self._link.connection, f"stream_{statement.name}")
        cursor.itersize = _PORTION
        try:
            with cursor:
                cursor.execute(statement.text.encode(), values or None, binary=True)
                yield from cursor
        except psycopg.Error as error:
            raise translated(error, statement.name) from None

    def copy(self, statement: Statement, /, rows: Iterable[Sequence[object]]) -> None:
        """``COPY table (columns) FROM STDIN (FORMAT BINARY)`` with the table's own types."""
        try:
            types = self._link.types(statement.text)
            with self._link.cursor.copy(statement.text.encode()) as copy:
                copy.set_types(types)
                for row in rows:
                    copy.write_row(row)
        except psycopg.Error as error:
            raise translated(error, statement.name) from None

    def copy_packed(self, statement: Statement, /, packed: bytes) -> None:
        """The same with rows that the caller has packed in COPY's binary format, header and trailer too."""
        try:
            with self._link.cursor.copy(statement.text.encode()) as copy:
                copy.write(packed)
        except psycopg.Error as error:
            raise translated(error, statement.name) from None

    def script(self, text: str) -> None:
        """Run statements without parameters, several at once (migrations)."""
        try:
            self._link.command(text.encode())
        except psycopg.Error as error:
            raise translated(error, "script") from None


class ReadingSession(PostgresSession):
    """Reads without a transaction: each statement sees what is committed when it starts.

    That is what statements of an ordinary transaction see too, at half the round trips. The first
    ``stream`` opens one snapshot that the rest of the session shares.
    """

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool.take())
        self._pool = pool

    def fetch(self, statement: Statement, /, **values: object) -> list[Row]:
        """Run and return all rows; a connection that died while it was idle is replaced."""
        try:
            rows = super().fetch(statement, **values)
        except UnavailableError:
            if self._link.fresh or not self._link.connection.closed:
                raise
            self._link = self._pool.renew(self._link)
            rows = super().fetch(statement, **values)
        self._link.fresh = True  # from here on a failure is no leftover
        return rows

    def stream(self, statement: Statement, /, **values: object) -> Iterator[Row]:
        """Run with a server-side cursor, in a snapshot."""
        if self._link.idle:
            self._link = begin(self._pool, self._link, _BEGIN_SNAPSHOT)
        yield from super().stream(statement, **values)

    def end(self) -> None:
        """Give the connection back."""
        if not self._link.idle:
            with suppress(psycopg.Error):
                self._link.command(b"rollback")
        self._pool.give(self._link)


def begin(pool: Pool, link: Link, text: bytes) -> Link:
    """Open a transaction on ``link``, or on a new one if it died while it was idle."""
    try:
        try:
            link.command(text)
        except psycopg.OperationalError:
            if link.fresh:
                raise
            link = pool.renew(link)
            link.command(text)
    except psycopg.Error as error:
        raise translated(error, "begin") from None
    return link


class PostgresDatabase:
    """Sessions on the server at ``url``; safe to share between threads, not across a fork."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = url
        self._writing = Pool(url, pool_size, read_only=False)
        self._reading = Pool(url, pool_size, read_only=True)

    @contextmanager
    def transaction(self, *, durable: bool = True, read_only: bool = False) -> Iterator[PostgresSession]:
        """A session; ``durable=False`` commits without waiting for the disk. UnavailableError."""
        if read_only:
            reading = ReadingSession(self._reading)
            try:
                yield reading
            finally:
                reading.end()
            return
        pool = self._writing
        link = pool.take()
        try:
            link = begin(pool, link, _BEGIN[durable])
            try:
                yield PostgresSession(link)
            except BaseException:
                with suppress(psycopg.Error):
                    link.command(b"rollback")
                raise
            self._commit(link)
        finally:
            pool.give(link)

    def listen(self, channel: str) -> Listener:
        """A listener on its own connection."""
        return Listener(self.url, channel)

    def try_lock(self, name: str) -> Lock | None:
        """The lock called ``name`` on its own connection, or None when somebody else holds it."""
        return Lock.take(self.url, name)

    def ping(self) -> None:
        """Ask the server for a sign of life; UnavailableError."""
        with self.transaction(read_only=True) as session:
            session.fetch(_PING)

    def close(self) -> None:
        """Close all idle connections."""
        self._writing.clear()
        self._reading.clear()

    @staticmethod
    def _commit(link: Link) -> None:
        try:
            link.command(b"commit")
        except psycopg.Error as error:
            raise translated(error, "commit") from None
