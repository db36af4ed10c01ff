"""How far the loop has come: the figures of ``segue status``, of the metrics and of readiness."""

from __future__ import annotations

import msgspec

from segue.domain.order import SECOND
from segue.ports.clock import Clock
from segue.ports.database import Database, Session
from segue.ports.statements import statements

_SQL = statements("segue.app", "status.sql")


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """One look at an installation."""

    #: the last event that was accepted
    log_offset: int
    #: up to here everything is in the golden records
    processed_offset: int
    #: up to here everything is in the lake
    archived_offset: int
    #: age in seconds of the oldest event that waits to be processed; 0 when none does
    lag_seconds: float
    #: shared devices are nobody
    persons: int
    fragments: int
    #: those that were not replayed
    dead_letters: int


def read_status(database: Database, clock: Clock) -> Status:
    """Look; UnavailableError when the database is away. Counts every fragment: seconds at many millions."""
    with database.transaction(read_only=True) as session:
        return status_of(session, clock.now())


def status_of(session: Session, now: int) -> Status:
    """The same inside a transaction that is open already."""
    [(head, archived)] = session.fetch(_SQL["offsets"])
    waiting = session.fetch(_SQL["waiting"])
    [(persons, fragments, dead)] = session.fetch(_SQL["counts"])
    oldest = min((received for _, received in waiting), default=now)
    return Status(
        log_offset=head,
        processed_offset=min((offset for offset, _ in waiting), default=head + 1) - 1,
        archived_offset=archived,
        lag_seconds=max(0, now - oldest) / SECOND,
        persons=persons,
        fragments=fragments,
        dead_letters=dead,
    )


def check_alive(database: Database) -> None:
    """UnavailableError unless the database answers."""
    with database.transaction(read_only=True) as session:
        session.fetch(_SQL["alive"])
