"""The log in PostgreSQL: offsets without gaps or overtaking, because one appender at a time draws them.

An appender holds an advisory lock from before it draws offsets until it has committed, so a reader
that sees an offset has seen all before it. The table is partitioned by ranges of 1,000,000 offsets;
a partition is made ahead of need and dropped whole once everybody has passed it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from segue.adapters.postgres.database import PostgresDatabase, PostgresSession
from segue.adapters.postgres.space import SpaceGuard
from segue.domain.events import DeadLetter
from segue.errors import UnavailableError
from segue.ports.database import Session
from segue.ports.log import SLOTS, Entry, NewEntry
from segue.ports.statements import statements

CHANNEL = "segue_log"
"""Notified at most once a commit of new entries."""

APPENDING = 7310111
"""The advisory lock of appenders: taken before offsets are drawn, held to the commit."""

PARTITION = 1_000_000
_AHEAD = 100_000  # offsets before its end at which the next partition is made

# Written once, read twice, dropped whole: no vacuum, no compression, up to 8 KB in the row itself.
_TABLE = "autovacuum_enabled = off, toast_tuple_target = 8160"

# COPY's binary format: a signature, flags and no extension; rows of five fields; the end mark
_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0)
_ROW = struct.Struct("!hiqihi16siqi")
_END = struct.pack("!h", -1)


def packed(entries: Sequence[NewEntry], first: int) -> bytes:
    """The entries from offset ``first`` on, as COPY takes them."""
    pack = _ROW.pack
    parts = [_HEADER]
    for offset, (fragment, received_at, payload) in enumerate(entries, first):
        parts.append(pack(5, 8, offset, 2, fragment[0] % SLOTS, 16, fragment, 8, received_at, len(payload)))
        parts.append(payload)
    parts.append(_END)
    return b"".join(parts)


class PostgresLog:
    """See :class:`segue.ports.log.Log`."""

    def __init__(self, database: PostgresDatabase, guard: SpaceGuard | None = None) -> None:
        self.database = database
        self._guard = guard
        self._sql = statements("segue.adapters.postgres", "log.sql")

    def append(self, entries: Sequence[NewEntry], dead: Sequence[DeadLetter] = ()) -> int:
        """Append durably, in one transaction; answers the last offset of the log then. UnavailableError."""
        if self._guard is not None:
            self._guard.check()
        with self.database.locked(APPENDING) as session:
            return self._append(session, entries, dead)

    def append_within(
        self, session: Session, entries: Sequence[NewEntry], dead: Sequence[DeadLetter] = ()
    ) -> int:
        """Append as a part of ``session``; every other appender waits until that commits."""
        if not isinstance(session, PostgresSession):
            raise TypeError("a session of another database")
        session.fetch(self._sql["lock"], key=APPENDING)
        return self._append(session, entries, dead)

    def _append(
        self, session: PostgresSession, entries: Sequence[NewEntry], dead: Sequence[DeadLetter]
    ) -> int:
        if dead:
            self._keep(session, dead)
        first, covered_to = session.fetch(self._sql["draw"], count=len(entries))[0]
        last = int(first) + len(entries) - 1
        if last + _AHEAD >= covered_to:
            self._cover(session, covered_to, last)
        if entries:
            session.copy_packed(self._sql["rows"], packed(entries, first))
            session.notify(CHANNEL)
        return last

    def head(self, session: Session) -> int:
        """The last committed offset, 0 for an empty log."""
        return int(session.fetch(self._sql["head"])[0][0])

    def read(self, session: Session, *, slots: Sequence[int], after: int, limit: int) -> list[Entry]:
        """At most ``limit`` entries of these slots with offset > ``after``, in order."""
        if len(slots) < SLOTS:
            rows = session.fetch(self._sql["read_slots"], slots=list(slots), after=after, limit=limit)
        else:
            rows = session.fetch(self._sql["read_all"], after=after, limit=limit)
        return list(map(Entry._make, rows))

    def drop_passed(self, upto: int) -> int:
        """Drop the partitions whose offsets are all ≤ ``upto``; answers how many. Gives way to readers."""
        with self.database.transaction() as session:
            names = [str(row[0]) for row in session.fetch(self._sql["partitions"])]
        dropped = 0
        for name in names:
            if (int(name.removeprefix("log_p")) + 1) * PARTITION - 1 > upto:
                break
            try:
                with self.database.transaction() as session:
                    session.script(f"set local lock_timeout = '500ms'; drop table {name}")
            except UnavailableError:
                break  # somebody reads; another time
            dropped += 1
        return dropped

    def _cover(self, session: PostgresSession, covered_to: int, last: int) -> None:
        while last + _AHEAD >= covered_to:
            number = covered_to // PARTITION
            start, covered_to = number * PARTITION, (number + 1) * PARTITION
            name = partition_of(start)
            session.script(
                f"create table {name} (like log including all) with ({_TABLE});"
                f"alter table {name} alter column payload set storage external;"
                f"alter table log attach partition {name} for values from ({start}) to ({covered_to})"
            )
        session.execute(self._sql["covered"], covered_to=covered_to)

    def _keep(self, session: PostgresSession, dead: Sequence[DeadLetter]) -> None:
        session.execute(
            self._sql["dead_letters"],
            ids=[letter.dead_letter_id for letter in dead],
            sources=[_storable(letter.source) for letter in dead],
            received=[letter.received_at for letter in dead],
            reasons=[_storable(letter.reason) for letter in dead],
            details=[_storable(letter.detail) for letter in dead],
            raws=[letter.raw.encode("utf-8", "surrogatepass") for letter in dead],
            fragments=[",".join(one.hex() for one in letter.fragment_ids) for letter in dead],
        )


def _storable(text: str) -> str:
    """Text without what PostgreSQL refuses, so that one bad letter does not keep its neighbours out."""
    return text.replace("\0", "\\0").encode("utf-8", "replace").decode()


def partition_of(offset: int) -> str:
    """The table that holds ``offset``."""
    return f"log_p{offset // PARTITION:09d}"
