"""Bringing a database to the schema of this version, and making it an installation."""

from __future__ import annotations

import re
from importlib import resources

from segue.adapters.postgres.database import PostgresDatabase, PostgresSession
from segue.errors import SegueError, SettingsError
from segue.ports.statements import Statement, statements

_NUMBERED = re.compile(r"^(?P<number>\d{4})_[a-z0-9_]+\.sql$")
_OLDEST = 150_000


def migrations() -> list[tuple[int, str, str]]:
    """Number, name and text of every migration, in order."""
    found = []
    for file in resources.files("segue.adapters.postgres").joinpath("migrations").iterdir():
        name = _NUMBERED.match(file.name)
        if name is not None:
            found.append((int(name["number"]), file.name, file.read_text(encoding="utf-8")))
    return sorted(found)


def migrate(database: PostgresDatabase) -> list[str]:
    """Run the migrations that have not run yet, one transaction for all; answers their names.

    Several processes may call it at once: one does the work while the others wait.
    SegueError if the database is newer than this version of Segue.
    """
    ours = migrations()
    with database.transaction() as session:
        _check_version(session)
        at = _present(session)
        if at > ours[-1][0]:
            raise SegueError(
                f"what lies here is of a newer Segue: its schema is {at}, this one knows {ours[-1][0]}",
                cure="install that version again, or restore a backup from before into a new directory",
                code="newer_database",
            )
        due = [migration for migration in ours if migration[0] > at]
        for number, name, text in due:
            session.script(text)
            session.execute(_sql("record"), number=number, name=name)
    return [name for _, name, _ in due]


def schema_of(database: PostgresDatabase) -> int:
    """The number of the last migration that has run; 0 where none has. Changes nothing."""
    with database.transaction(read_only=True) as session:
        if session.fetch(_sql("any_record"))[0][0] is None:
            return 0
        return int(session.fetch(_sql("present"))[0][0])


def install(database: PostgresDatabase, secret: bytes) -> bytes:
    """Make the migrated database an installation; answers the secret in force (an earlier one stays)."""
    with database.transaction() as session:
        session.execute(_sql("install"), secret=secret)
        return bytes(session.fetch(_sql("secret"))[0][0])


def _present(session: PostgresSession) -> int:
    session.fetch(_sql("lock_schema"))
    session.execute(_sql("create_record"))
    return int(session.fetch(_sql("present"))[0][0])


def _check_version(session: PostgresSession) -> None:
    running = int(session.fetch(_sql("server_version"))[0][0])
    if running < _OLDEST:
        raise SettingsError(
            f"the database server is PostgreSQL {running // 10_000}, at least {_OLDEST // 10_000} is needed",
            cure="upgrade it, or leave database_url empty to use the embedded one",
        )


def _sql(name: str) -> Statement:
    return statements("segue.adapters.postgres", "migrate.sql")[name]
