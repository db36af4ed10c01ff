"""The driver's errors in Segue's words. Nothing of the driver, and no value of a row, passes this page."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import errors

from segue.errors import ConflictError, InvalidInputError, SegueError, UnavailableError

PATIENCE: dict[str, Any] = {
    "connect_timeout": 5,
    # over TCP: a server that vanished without a word is noticed within some 15 s
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,
}
"""How long a connection waits for a server that does not answer."""

_PASSING = (
    psycopg.OperationalError,  # gone, restarting, disk full, deadlock, serialisation, lock timeout, cancelled
    psycopg.InterfaceError,  # the connection is closed
    errors.IdleInTransactionSessionTimeout,
    errors.ReadOnlySqlTransaction,  # a server that is a standby at the moment
    errors.InFailedSqlTransaction,
)


def translated(error: psycopg.Error | UnicodeEncodeError, statement: str) -> SegueError:
    """What ``error`` while running ``statement`` means to the caller.

    Names the statement, the SQLSTATE and the constraint; never the server's detail, which quotes values.
    """
    if isinstance(error, UnicodeEncodeError):
        return InvalidInputError(f"{statement}: a text is no valid Unicode")
    state = error.sqlstate or "no answer"
    if isinstance(error, errors.DiskFull):
        return UnavailableError("the database's disk is full", cure="free some space and try again")
    if isinstance(error, _PASSING):
        kind = type(error).__name__
        return UnavailableError(
            f"the database is unavailable ({statement}: {kind}, {state})", cure="try again"
        )
    if isinstance(error, psycopg.IntegrityError):
        return ConflictError(f"{statement}: breaks {error.diag.constraint_name or 'a constraint'} ({state})")
    if isinstance(error, psycopg.DataError):
        return InvalidInputError(f"{statement}: a value does not fit its column ({state})")
    # A mistake of ours: the text of the statement is at fault, and the message quotes only that.
    return SegueError(f"{statement}: {error.diag.message_primary or error} ({state})", code="database")
