"""Keeping the lake's folder in order: what crashes left behind, and what nobody reads any more."""

from __future__ import annotations

from segue.archive import manifest
from segue.domain.order import MINUTE
from segue.ports.database import Database
from segue.ports.lake import LakeFiles

GRACE = 15 * MINUTE
"""A superseded file stays this long, for queries that began before."""


def sweep(database: Database, files: LakeFiles) -> int:
    """Delete files that no manifest names; answers how many. Hold the writer's lock."""
    names = files.names()
    with database.transaction(read_only=True) as session:
        orphans = names - manifest.known(session)
    files.delete(sorted(orphans))
    return len(orphans)


def bury(database: Database, files: LakeFiles, now: int) -> int:
    """Delete superseded files whose period of grace has passed; answers how many."""
    with database.transaction(read_only=True) as session:
        names = manifest.retired(session, now - GRACE)
    if names:
        files.delete(names)
        with database.transaction() as session:
            manifest.forget_retired(session, names)
    return len(names)
