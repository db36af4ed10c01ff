"""From the log to the lake, exactly once.

A flush writes what the loop has passed into a file, makes the file durable, and then puts it into the
manifest and moves the archive's offset in one transaction. A crash before that leaves a file that no
manifest names; :func:`segue.archive.upkeep.sweep` deletes it, and the same events are flushed again.
"""

from __future__ import annotations

from collections.abc import Iterator

from segue.archive import manifest
from segue.archive.rows import lake_rows
from segue.ports.database import Database
from segue.ports.lake import LakeFiles, LakeRow
from segue.ports.log import SLOTS, Log
from segue.ports.statements import statements

_SQL = statements("segue.archive")

PORTION = 4_096
"""Entries read (and held in memory) at a time."""

ALL_SLOTS = tuple(range(SLOTS))


def flush_step(database: Database, log: Log, files: LakeFiles, now: int, limit: int) -> int:
    """Archive at most ``limit`` offsets that the loop has passed; answers how many. Hold the lock."""
    with database.transaction(read_only=True) as session:
        found = manifest.progress(session)
    after, upto = found.archived, min(found.processed, found.archived + limit)
    if upto <= after:
        return 0
    file = files.write(f"{after + 1:015d}-{upto:015d}", _portions(database, log, after, upto))
    with database.transaction() as session:
        manifest.advance(session, after, upto, file, now)
    return upto - after


def _portions(database: Database, log: Log, after: int, upto: int) -> Iterator[list[LakeRow]]:
    while after < upto:
        with database.transaction(read_only=True) as session:
            entries = log.read(session, slots=ALL_SLOTS, after=after, limit=PORTION)
            entries = [entry for entry in entries if entry.offset <= upto]
            if not entries:
                return
            last = entries[-1].offset
            skipped = {offset for (offset,) in session.fetch(_SQL["skipped_between"], after=after, upto=last)}
            erased = dict(session.fetch(_SQL["erased_after"], after=after))
        yield lake_rows(entries, skipped, erased)
        after = last
