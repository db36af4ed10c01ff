"""A database as SQL, and back: ``pg_dump`` and ``psql`` of the bundled servers.

What is dumped by a version's own ``pg_dump`` can be loaded by that version and every later one, not by
an earlier one. A dump that ends early is an error; a load that ends early leaves what was there.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO

import psycopg
from psycopg.conninfo import conninfo_to_dict

from segue.adapters.postgres import machine
from segue.adapters.postgres.faults import translated
from segue.errors import UnavailableError

PART = 8 << 20
"""Bytes of SQL read at a time."""

_NEWEST = max(machine.VERSIONS)
_BEGIN = b"begin;\ndrop schema public cascade;\n"  # the dump creates it
_COMMIT = b"\ncommit;\n"
_OF_THE_MOMENT = ("session", "one_time_link", "sign_in_attempt", "proof", "proof_attempt")
"""Tables whose rows are not dumped: who was signed out since must not be signed in by a restore, and what was
used once must not work again."""
_CURE = "see that the database is up, then try again"
_HOLD = "begin isolation level repeatable read read only; set local idle_in_transaction_session_timeout = 0"
_TELL = (
    "select pg_export_snapshot(), pg_database_size(current_database()), current_setting('server_version_num')"
)
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


class Snapshot:
    """One moment of a database, held for as long as it is read."""

    def __init__(self, url: str, name: str, size: int, version: int) -> None:
        self._url = url
        self._name = name
        #: bytes of the database's files
        self.size = size
        #: the server's major version
        self.version = version

    def sql(self) -> Iterator[bytes]:
        """What makes the moment again, in parts of :data:`PART` bytes. UnavailableError."""
        program = min((each for each in machine.VERSIONS if each >= self.version), default=_NEWEST)
        options = ["--no-owner", "--no-privileges", "--schema=public", f"--snapshot={self._name}"]
        options += [f"--exclude-table-data=public.{table}" for table in _OF_THE_MOMENT]
        with _running(self._url, program, "pg_dump", *options, reads=False) as process:
            output = _pipe(process.stdout)
            while part := output.read(PART):
                yield part


@contextmanager
def snapshot(url: str) -> Iterator[Snapshot]:
    """Hold the present moment of the database at ``url`` while the block runs. UnavailableError."""
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_HOLD)
            row = connection.execute(_TELL).fetchone()
            assert row is not None
            yield Snapshot(url, str(row[0]), int(row[1]), int(row[2]) // 10_000)
    except psycopg.Error as error:
        raise translated(error, "snapshot") from None


def server_version(url: str) -> int:
    """The major version of the server at ``url``. UnavailableError."""
    try:
        with psycopg.connect(url) as connection:
            return connection.info.server_version // 10_000
    except psycopg.Error as error:
        raise translated(error, "server_version") from None


def load(url: str, parts: Iterable[bytes]) -> None:
    """Replace the contents of the database at ``url``, in one transaction: wholly or not at all.

    The commit is sent by us after the last part, so that nothing is kept of what ends early.
    """
    options = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"]
    with _running(url, _NEWEST, "psql", *options, reads=True) as process:
        pipe = _pipe(process.stdin)
        # one that has failed reads no more, and says why at its end
        with suppress(BrokenPipeError):
            pipe.write(_BEGIN)
            for part in parts:
                pipe.write(part)
            pipe.write(_COMMIT)
        with suppress(BrokenPipeError):
            pipe.close()


@contextmanager
def _running(
    url: str, version: int, program: str, *arguments: str, reads: bool
) -> Iterator[subprocess.Popen[bytes]]:
    """A program that is killed when the block fails. UnavailableError when it fails itself."""
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(  # noqa: S603 our own binaries
            [str(machine.binaries(version) / program), *arguments],
            stdin=subprocess.PIPE if reads else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if reads else subprocess.PIPE,
            stderr=words,
            env={**os.environ, **_environment(url), "PGOPTIONS": "-c client_min_messages=warning"},
        )
        with process:
            try:
                yield process
            except BaseException:
                process.kill()
                raise
        if process.returncode != 0:
            words.seek(0)
            lines = words.read().decode(errors="replace").strip().splitlines() or ["no message"]
            raise UnavailableError(f"{program} failed: {lines[-1]}", cure=_CURE)


def _pipe(end: IO[bytes] | None) -> IO[bytes]:
    assert end is not None
    return end


def _environment(url: str) -> dict[str, str]:
    """How to connect, without showing a password in the list of processes."""
    parts = conninfo_to_dict(url)
    return {_VARIABLES[name]: str(value) for name, value in parts.items() if name in _VARIABLES and value}
