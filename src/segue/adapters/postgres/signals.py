"""What lives on a connection of its own: listening for notifications, and locks of a process."""

from __future__ import annotations

import select
import time
from contextlib import suppress
from hashlib import blake2b
from types import TracebackType
from typing import Any

import psycopg
from psycopg import sql

from segue.adapters.postgres.faults import PATIENCE, translated


class Listener:
    """Waits for notifications of one channel; survives the server's going away."""

    def __init__(self, url: str, channel: str) -> None:
        self._url = url
        self._channel = channel
        self._connection: psycopg.Connection[Any] | None = None
        with suppress(psycopg.Error):
            self._connect()

    def wait(self, timeout: float) -> bool:
        """Wait up to ``timeout`` seconds; True if something was notified (or may have been missed)."""
        started = time.monotonic()
        try:
            if self._connection is None:
                self._connect()
                return True
            return self._heard(timeout)
        except psycopg.Error:
            self.close()
            time.sleep(max(0.0, timeout - (time.monotonic() - started)))
            return False

    def _heard(self, timeout: float) -> bool:
        connection = self._connection.pgconn if self._connection is not None else None
        if connection is None:
            return False
        waiting = select.poll()
        waiting.register(connection.socket, select.POLLIN)
        if not connection.is_busy() and not waiting.poll(timeout * 1_000):
            return False
        connection.consume_input()
        heard = False
        while connection.notifies() is not None:
            heard = True
        return heard

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    def __enter__(self) -> Listener:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        self.close()

    def _connect(self) -> None:
        self._connection = psycopg.connect(self._url, autocommit=True, **PATIENCE)
        try:
            self._connection.execute(sql.SQL("listen {}").format(sql.Identifier(self._channel)))
        except psycopg.Error:
            self.close()
            raise


def lock_key(name: str) -> int:
    """The number that PostgreSQL knows the lock called ``name`` by."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


class Lock:
    """A lock held by a connection: gone when released, or when the process or the server dies."""

    def __init__(self, connection: psycopg.Connection[Any], key: int) -> None:
        self._connection = connection
        self._key = key

    @classmethod
    def take(cls, url: str, name: str) -> Lock | None:
        """The lock, or None when somebody else holds it; UnavailableError."""
        key = lock_key(name)
        try:
            connection = psycopg.connect(url, autocommit=True, **PATIENCE)
            try:
                row = connection.execute("select pg_try_advisory_lock(%s)", (key,)).fetchone()
            except psycopg.Error:
                connection.close()
                raise
        except psycopg.Error as error:
            raise translated(error, "lock") from error.__cause__
        if row is None or not row[0]:
            connection.close()
            return None
        return cls(connection, key)

    def held(self) -> bool:
        """Whether it is still ours (the server answers on the connection that took it)."""
        try:
            self._connection.execute("select 1")
        except psycopg.Error:
            return False
        return True

    def release(self) -> None:
        """Give it up: it is free from now on, and not only once the server has noticed that we left."""
        with suppress(psycopg.Error):
            self._connection.execute("select pg_advisory_unlock(%s)", (self._key,))
        with suppress(psycopg.Error):
            self._connection.close()

    def __enter__(self) -> Lock:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it up."""
        self.release()
