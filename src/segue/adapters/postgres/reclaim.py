"""Giving up what was deleted: the bytes of dead rows and of the write-ahead log may be written over.

PostgreSQL does so by itself once a twentieth of a table is dead; a few rows of a large one may lie for
months. Nothing is blocked by it, and it looks only at pages that have changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import psycopg
from psycopg import errors, sql

from segue.adapters.postgres.faults import translated


def reclaim(url: str, tables: Sequence[str]) -> None:
    """Vacuum ``tables``, those that are there, and have a checkpoint made where we may. UnavailableError."""
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            for table in tables:
                with suppress(errors.UndefinedTable):
                    connection.execute(
                        sql.SQL("vacuum (skip_locked, truncate false) {}").format(sql.Identifier(table))
                    )
            with suppress(errors.InsufficientPrivilege):
                connection.execute("checkpoint")
    except psycopg.Error as error:
        raise translated(error, "reclaim") from None
