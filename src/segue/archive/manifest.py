"""The manifest: which files of the lake count, and up to which offset of the log they reach.

Every change is one transaction that fails when the manifest is not as the writer found it, so that
even two writers at once could only waste work, never lose or double an event.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from segue.domain.sieve import places
from segue.errors import ConflictError
from segue.ports.database import Session
from segue.ports.lake import Erased, LakeFile
from segue.ports.statements import statements

_SQL = statements("segue.archive")


class Progress(NamedTuple):
    """How far the lake and the loop have come in the log."""

    archived: int
    processed: int


def progress(session: Session) -> Progress:
    """Look at both."""
    [(archived, processed)] = session.fetch(_SQL["progress"])
    return Progress(archived, processed)


def files(session: Session) -> list[LakeFile]:
    """Every file that counts, newest days first."""
    return [_file(row) for row in session.fetch(_SQL["files"])]


def files_in(session: Session, day_from: date, day_to: date, fragments: Sequence[str]) -> list[LakeFile]:
    """The files that may have events of these days and fragments (hexadecimal), newest days first."""
    wanted = [places(fragment) for fragment in fragments]
    columns = dict(
        zip(
            ("places", "first", "second", "third", "fourth"),
            map(list, zip(*wanted, strict=True)),
            strict=True,
        )
    )
    return [
        _file(row) for row in session.fetch(_SQL["files_in"], day_from=day_from, day_to=day_to, **columns)
    ]


def pending_erasures(session: Session) -> list[Erased]:
    """What readers must leave out until the files are rewritten."""
    return [Erased(*row) for row in session.fetch(_SQL["pending_erasures"])]


def ledger(session: Session) -> list[Erased]:
    """Everything that was ever erased, for writers to leave out."""
    return [Erased(*row) for row in session.fetch(_SQL["ledger"])]


def advance(session: Session, after: int, upto: int, file: LakeFile | None, at: int) -> None:
    """The log is archived up to ``upto``; ConflictError when it was not archived up to ``after``."""
    if session.execute(_SQL["advance"], after=after, upto=upto) != 1:
        raise ConflictError("somebody else has archived meanwhile")
    if file is not None:
        _add(session, file, at)
    session.execute(_SQL["forget_skipped"], upto=upto)


def replace(session: Session, old: Sequence[str], new: Sequence[LakeFile], at: int, *, retire: bool) -> None:
    """New files take the place of old ones; ConflictError when one of those is gone.

    Args:
        retire: remember the old files, to be deleted after a period of grace; else they are the
            caller's to delete at once.
    """
    if session.execute(_SQL["remove_files"], file_ids=list(old)) != len(old):
        raise ConflictError("the lake has changed meanwhile")
    for file in new:
        _add(session, file, at)
    if retire:
        session.execute(_SQL["retire_files"], file_ids=list(old), at=at)


def retired(session: Session, before: int) -> list[str]:
    """Files that nobody can be reading any more."""
    return [name for (name,) in session.fetch(_SQL["retired"], before=before)]


def forget_retired(session: Session, names: Sequence[str]) -> None:
    """They are deleted."""
    session.execute(_SQL["forget_retired"], file_ids=list(names))


def known(session: Session) -> set[str]:
    """Every file that is supposed to be in the folder."""
    return {name for (name,) in session.fetch(_SQL["known"])}


def _file(row: tuple[object, ...]) -> LakeFile:
    return LakeFile(**dict(zip(LakeFile.__struct_fields__, row, strict=False)))  # type: ignore[arg-type]


def _add(session: Session, file: LakeFile, at: int) -> None:
    session.execute(
        _SQL["add_file"],
        file_id=file.file_id,
        day=file.day,
        day_from=file.day_from,
        day_to=file.day_to,
        rows=file.rows,
        bytes=file.size,
        offset_from=file.offset_from,
        offset_to=file.offset_to,
        at=file.created_at or at,
        sieve=file.sieve,
    )
