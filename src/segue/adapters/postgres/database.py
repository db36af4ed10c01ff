"""The operational database: transactions over a small pool of prepared, binary connections.

A transaction costs one round trip to begin, one for each statement, one to commit. A read-only one
runs its statements singly on a connection that cannot write, so it costs nothing beyond them.
Connections that died while they waited are replaced silently; a fault inside a transaction becomes
:class:`~segue.errors.UnavailableError`, and the caller may run the whole transaction again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import psycopg

from segue.adapters.postgres.faults import translated
from segue.adapters.postgres.links import Link, Pool
from segue.adapters.postgres.pipeline import Row, Told
from segue.adapters.postgres.signals import Listener, Lock
from segue.errors import SegueError, UnavailableError
from segue.ports.database import Bound
from segue.ports.statements import Statement

_BEGIN = {True: b"begin", False: b"begin; set local synchronous_commit = off"}
_PLANNED = b"; set local plan_cache_mode = force_generic_plan"
_BEGIN_SNAPSHOT = b"begin isolation level repeatable read read only"
_FAULTS = (psycopg.Error, UnicodeEncodeError)
_PORTION = 2_000  # rows a server-side cursor brings at once
_FETCH = b"fetch forward %d from %%s" % _PORTION
_PING = Statement("ping", "a sign of life", "select 1")


class PostgresSession:
    """One open transaction; see :class:`segue.ports.database.Session`."""

    def __init__(self, link: Link) -> None:
        self._own = link
        self._sent: _Sent | None = None
        self._streams = 0
        self._ended = False
        #: what goes to the server at the end, in one round trip
        self.last_words = b"commit"
        self._last: Sequence[Bound] = ()

    def fetch(self, statement: Statement, /, **values: object) -> list[Row]:
        """Run and return all rows."""
        try:
            return self._run(statement, values).rows
        except _FAULTS as error:
            raise translated(error, statement.name) from None

    def execute(self, statement: Statement, /, **values: object) -> int:
        """Run and return the number of rows it touched."""
        try:
            return self._run(statement, values).touched
        except _FAULTS as error:
            raise translated(error, statement.name) from None

    def together(self, asked: Sequence[Bound], /) -> list[list[Row]]:
        """Run several in one round trip; see :meth:`segue.ports.database.Session.together`."""
        try:
            return self._link.run_all([(each.statement.text, each.values) for each in asked])
        except _FAULTS as error:
            raise translated(error, asked[0].statement.name) from None

    def later(self, asked: Sequence[Bound], /) -> None:
        """Run several while the caller goes on; see :meth:`segue.ports.database.Session.later`."""
        self._sent = _Sent(self._link, asked)

    def last(self, asked: Sequence[Bound], /) -> None:
        """Run several in the round trip that commits."""
        self._last = asked

    def commit(self) -> None:
        """The end, with what was to be last; psycopg.Error."""
        if not self._last:
            self._own.command(self.last_words)
            return
        words: list[tuple[str, Mapping[str, object]]] = [
            (word, {}) for word in self.last_words.decode().split("; ")
        ]
        self._own.run_all([*((each.statement.text, each.values) for each in self._last), *words])

    def send(self, statement: Statement, /, **values: object) -> Callable[[], list[Row]]:
        """Run while the caller goes on; see :meth:`segue.ports.database.Session.send`."""
        sent = self._sent = _Sent(self._link, [Bound(statement, values)])
        return lambda: sent.rows()[0]

    def settle(self) -> None:
        """Wait for what was sent; raises what it failed with."""
        sent, self._sent = self._sent, None
        if sent is not None:
            sent.rows()

    @property
    def _link(self) -> Link:
        """The connection, when nothing runs on it."""
        self.settle()
        return self._own

    def stream(self, statement: Statement, /, **values: object) -> Iterator[Row]:
        """Run with a server-side cursor: rows come in portions of 2,000; other statements may run between."""
        self._streams += 1
        name = f"stream_{self._streams}"
        connection = self._link.connection
        try:
            with connection.cursor(binary=True) as cursor:
                declare = f"declare {name} no scroll cursor for {statement.text}"
                cursor.execute(declare.encode(), values or None, prepare=False)
                while rows := cursor.execute(_FETCH % name.encode(), prepare=False).fetchall():
                    yield from rows
                    if self._ended:
                        raise SegueError(f"{statement.name}: read on after its transaction", code="database")
                cursor.execute(b"close " + name.encode(), prepare=False)
        except _FAULTS as error:
            raise translated(error, statement.name) from None

    def by_index(self) -> None:
        """Until the end, join by looking rows up."""
        link = self._link
        try:
            link.command(b"set local enable_seqscan = off")
        except _FAULTS as error:
            raise translated(error, "by_index") from None

    def copy(self, statement: Statement, /, rows: Iterable[Sequence[object]]) -> None:
        """``COPY table (columns) FROM STDIN (FORMAT BINARY)`` with the table's own types."""
        try:
            types = self._link.types(statement.text)
            with self._link.copy(statement.text) as copy:
                copy.set_types(types)
                for row in rows:
                    copy.write_row(row)
        except _FAULTS as error:
            raise translated(error, statement.name) from None

    def copy_packed(self, statement: Statement, /, packed: bytes) -> None:
        """The same with rows that the caller has packed in COPY's binary format, header and trailer too."""
        try:
            with self._link.copy(statement.text) as copy:
                copy.write(packed)
        except _FAULTS as error:
            raise translated(error, statement.name) from None

    def notify(self, channel: str) -> None:
        """Wake the listeners of ``channel`` (an identifier) when this commits; costs no round trip."""
        wake = b"notify %s; " % channel.encode()
        if wake not in self.last_words:
            self.last_words = wake + self.last_words

    def script(self, text: str) -> None:
        """Run statements without parameters, several at once (migrations)."""
        try:
            self._link.command(text.encode())
        except psycopg.Error as error:
            raise translated(error, "script") from None

    def end(self) -> None:
        """Wait for what was sent and refuse whoever still reads a stream; called by the database."""
        with suppress(SegueError):
            self.settle()
        self._ended = True

    def _run(self, statement: Statement, values: Mapping[str, object]) -> Told:
        return self._link.run(statement.text, values)


class _Sent:
    """Statements that run while the caller goes on."""

    def __init__(self, link: Link, asked: Sequence[Bound]) -> None:
        self._name = asked[0].statement.name
        self._rows: list[list[Row]] = []
        self._error: SegueError | None = None
        try:
            self._wait: Callable[[], list[list[Row]]] | None = link.send(
                [(each.statement.text, each.values) for each in asked]
            )
        except _FAULTS as error:
            raise translated(error, self._name) from None

    def rows(self) -> list[list[Row]]:
        """Wait for the rows of each, or for what it failed with; however often it is asked."""
        wait, self._wait = self._wait, None
        if wait is not None:
            try:
                self._rows = wait()
            except _FAULTS as error:
                self._error = translated(error, self._name)
        if self._error is not None:
            raise self._error
        return self._rows


class ReadingSession(PostgresSession):
    """Reads without a transaction: each statement sees what is committed when it starts.

    That is what statements of an ordinary transaction see too, at half the round trips. The first
    ``stream`` opens one snapshot that the rest of the session shares.
    """

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool.take())
        self._pool = pool

    def stream(self, statement: Statement, /, **values: object) -> Iterator[Row]:
        """Run with a server-side cursor, in a snapshot."""
        self._stand_still()
        yield from super().stream(statement, **values)

    def by_index(self) -> None:
        """Until the end, join by looking rows up, in a snapshot."""
        self._stand_still()
        super().by_index()

    def _stand_still(self) -> None:
        """See one moment from now on."""
        if self._link.idle:
            self._own = begin(self._pool, self._link, _BEGIN_SNAPSHOT)

    def end(self) -> None:
        """Give the connection back."""
        super().end()
        if not self._link.idle:
            with suppress(psycopg.Error):
                self._link.command(b"rollback")
        self._pool.give(self._link)

    def _run(self, statement: Statement, values: Mapping[str, object]) -> Told:
        try:
            told = super()._run(statement, values)
        except psycopg.OperationalError:
            if self._link.fresh or not self._link.connection.closed:
                raise
            self._own = self._pool.renew(self._link)  # it died while it was idle
            told = super()._run(statement, values)
        self._link.fresh = True  # from here on a failure is no leftover
        return told


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
    link.fresh = True
    return link


class PostgresDatabase:
    """Sessions on the server at ``url``; safe to share between threads, not across a fork."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = url
        self._writing = Pool(url, pool_size, read_only=False)
        self._reading = Pool(url, pool_size, read_only=True)

    @contextmanager
    def transaction(
        self, *, durable: bool = True, read_only: bool = False, planned: bool = False
    ) -> Iterator[PostgresSession]:
        """A session; ``durable=False`` commits without waiting for the disk. UnavailableError.

        ``planned``: statements are planned once, whatever their values.
        """
        if read_only:
            reading = ReadingSession(self._reading)
            try:
                yield reading
            finally:
                reading.end()
            return
        with self._write(_BEGIN[durable] + (_PLANNED if planned else b"")) as writing:
            yield writing

    @contextmanager
    def locked(self, key: int) -> Iterator[PostgresSession]:
        """A durable transaction that holds the advisory lock ``key`` from its beginning. UnavailableError."""
        with self._write(b"begin; select pg_advisory_xact_lock(%d)" % key) as writing:
            yield writing

    def listen(self, channel: str) -> Listener:
        """A listener on its own connection."""
        return Listener(self.url, channel)

    def notify(self, channel: str) -> None:
        """Wake the listeners of ``channel`` now. UnavailableError."""
        with self.transaction(durable=False) as session:
            session.notify(channel)

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

    @contextmanager
    def _write(self, opening: bytes) -> Iterator[PostgresSession]:
        pool = self._writing
        link = pool.take()
        try:
            try:
                link = begin(pool, link, opening)
            except UnavailableError:
                link.close()
                raise
            session = PostgresSession(link)
            try:
                yield session
                session.settle()
            except BaseException:
                session.end()
                with suppress(psycopg.Error):
                    link.command(b"rollback")
                raise
            session.end()
            try:
                session.commit()
            except _FAULTS as error:
                raise translated(error, "commit") from None
        finally:
            pool.give(link)
