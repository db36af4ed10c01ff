"""A database as a file of SQL, and back: ``pg_dump`` and ``psql`` of the bundled server.

They understand servers of their own version and older, so a backup moves between PostgreSQL versions.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from segue.adapters.postgres import machine
from segue.errors import UnavailableError

_NEWEST = 18
_EMPTY = "drop schema public cascade"  # the dump creates it
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


def dump(url: str, path: Path) -> None:
    """Write one consistent moment of the database at ``url`` to ``path``. UnavailableError."""
    with path.open("wb") as output:
        _run(url, "pg_dump", "--no-owner", "--no-privileges", "--schema=public", output=output)


def load(url: str, path: Path) -> None:
    """Replace the contents of the database at ``url``, in one transaction: wholly or not at all."""
    quiet = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction"]
    _run(url, "psql", *quiet, f"--command={_EMPTY}", f"--file={path}")


def _run(url: str, program: str, *arguments: str, output: object = subprocess.DEVNULL) -> None:
    done = subprocess.run(  # noqa: S603 our own binaries
        [str(machine.binaries(_NEWEST) / program), *arguments],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=output,  # type: ignore[call-overload]
        stderr=subprocess.PIPE,
        env={**os.environ, **_environment(url), "PGOPTIONS": "-c client_min_messages=warning"},
    )
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        raise UnavailableError(
            f"{program} failed: {lines[-1]}", cure="see that the database is up, then try again"
        )


def _environment(url: str) -> dict[str, str]:
    """How to connect, without showing a password in the list of processes."""
    parts = conninfo_to_dict(url)
    return {_VARIABLES[name]: str(value) for name, value in parts.items() if name in _VARIABLES and value}
