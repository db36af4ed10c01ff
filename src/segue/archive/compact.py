"""Bringing the lake's files together, while readers go on reading.

New files are written beside the old ones; one transaction changes the manifest; the old ones are
deleted after a period of grace. A crash at any point leaves the lake as it was before or after.
"""

from __future__ import annotations

import msgspec

from segue.archive import manifest
from segue.archive.plan import name_of, next_rewrite
from segue.ports.database import Database
from segue.ports.lake import Erased, LakeFile, LakeFiles, Rewrite


def compact_step(database: Database, files: LakeFiles, now: int, *, all_days: bool = False) -> bool:
    """Do the next piece of work; False when there is none. Hold the writer's lock."""
    with database.transaction(read_only=True) as session:
        listed = manifest.files(session)
        erased = manifest.ledger(session)
    by_id = {file.file_id: file for file in listed}
    days = files.days([file.file_id for file in listed if file.day is None])
    job = next_rewrite(listed, days, erased, now, all_days=all_days)
    if job is None:
        return False
    written = files.rewrite(job)
    born = min(by_id[name].created_at for name in job.inputs)
    with database.transaction() as session:
        manifest.replace(session, job.inputs, _aged(written, born), now, retire=True)
    return True


def purge(database: Database, files: LakeFiles, now: int) -> int:
    """Rewrite every file with rows of somebody erased, and delete the old one at once; answers how many.

    Superseded files go too: who is erased is nowhere. A reader that loses its file looks at the
    manifest again. Hold the writer's lock.
    """
    with database.transaction(read_only=True) as session:
        listed = {file.file_id: file for file in manifest.files(session)}
        pending = manifest.pending_erasures(session)
        superseded = manifest.retired(session, now)
    holding = files.holding(sorted(listed), pending)
    for name in sorted(holding):
        _purge_file(database, files, listed[name], pending, now)
    files.delete(superseded)
    with database.transaction() as session:
        manifest.forget_retired(session, superseded)
    return len(holding)


def _purge_file(
    database: Database, files: LakeFiles, file: LakeFile, pending: list[Erased], now: int
) -> None:
    days = [] if file.day is None else [file.day]
    reason = "\n".join(f"{each.fragment_id} {each.before_offset}" for each in sorted(pending))
    job = Rewrite(
        name=name_of([file.file_id], days, reason),
        inputs=(file.file_id,),
        rows=file.rows,
        days=tuple(days),
        erased=tuple(pending),
    )
    written = files.rewrite(job)
    with database.transaction() as session:
        manifest.replace(session, [file.file_id], _aged(written, file.created_at), now, retire=False)
    files.delete([file.file_id])


def _aged(written: list[LakeFile], born: int) -> list[LakeFile]:
    """A loose file is as old as the oldest that went into it, so that what is late does not stay late."""
    return [msgspec.structs.replace(file, created_at=born) if file.day is None else file for file in written]
