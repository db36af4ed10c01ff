"""Backing up an installation into one file, while it runs.

The file is a tar, compressed with zstandard: what it is, the database as SQL in parts, the lake's
files, the settings, the demo's story, the weather and the ledger of erasures. It shows one moment: the
database's snapshot is taken and the lake's files are opened while nobody changes the lake; after that instant
everybody goes on, since a file of the lake is never changed and one that is open cannot be lost.
"""

from __future__ import annotations

import os
import resource
import tarfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, NamedTuple

import msgspec
import zstandard

import segue
from segue.adapters.postgres.dump import Snapshot, snapshot
from segue.adapters.postgres.migrate import migrations
from segue.adapters.postgres.space import free_bytes
from segue.app.audit import record_act
from segue.app.directory import LAKE
from segue.app.installation import Installation
from segue.app.lake import lake_of
from segue.app.ledger import FILE as LEDGER
from segue.domain.access import COMMAND_LINE
from segue.domain.order import rfc3339
from segue.errors import NotFoundError, UnavailableError
from segue.learn.names import FOLDER as MODELS
from segue.learn.names import SERVING

FORMAT = 2

ABOUT = "about.json"
DATABASE = "database"
SETTINGS = "segue.toml"
STORY = "demo.json"
WEATHER = "weather.parquet"
END = "end"

LAST = "last-backup.json"
"""In the data directory: what the last backup was."""

_MIB = 1 << 20
_SPARE_FILES = 256


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup is."""

    format: int
    #: RFC 3339
    made_at: str
    #: number of the database's last migration
    schema: int
    lake_files: int
    lake_bytes: int = 0
    #: of its files, indexes included
    database_bytes: int = 0
    #: major version of PostgreSQL, which is the earliest that can load it
    postgres: int = 18
    #: version of the Segue that made it
    segue: str = "0.1.0"


class Advance(NamedTuple):
    """How far a backup or a restore has come."""

    #: ``database``, ``lake``, ``reading`` or ``erasing``
    phase: str
    #: bytes of the phase
    done: int
    #: what ``done`` will be, about; 0 when that cannot be told
    total: int


Watch = Callable[[Advance], None]


def unwatched(_: Advance) -> None:
    """Nobody looks."""


class _Moment(NamedTuple):
    """What a backup shows."""

    database: Snapshot
    #: name below the lake's folder, and the open file
    lake: list[tuple[str, IO[bytes]]]
    lake_bytes: int


def backup(
    installation: Installation,
    file: Path,
    watch: Watch = unwatched,
    *,
    free: Callable[[Path], int] = free_bytes,
) -> About:
    """Write a backup to ``file``, whole or not at all.

    NotFoundError for a folder that is not there, UnavailableError when the disk has no room for it (``free``
    tells the bytes) or the database is away.
    """
    if not file.parent.is_dir():
        raise NotFoundError(f"there is no folder {file.parent}", cure="make it, or name another")
    unfinished = file.with_name(file.name + ".tmp")
    with ExitStack() as held:
        moment = _moment(installation, held)
        about = _about(installation, moment)
        _check_room(installation, file.parent, about, free)
        with _written(unfinished) as archive:
            _add_bytes(archive, ABOUT, msgspec.json.encode(about))
            _add_database(archive, moment, watch)
            _add_lake(archive, moment, watch)
            _add_models(archive, installation.data)
            # the ledger last: who is erased meanwhile is erased again after a restore
            for name in (SETTINGS, STORY, WEATHER, LEDGER):
                if (installation.data / name).exists():
                    _add_bytes(archive, name, (installation.data / name).read_bytes())
            _add_bytes(archive, END, b"")
    unfinished.replace(file)
    _sync(file.parent)
    _note(installation, about, file)
    return about


def _moment(installation: Installation, held: ExitStack) -> _Moment:
    """The database's present and the lake's files that belong to it."""
    lake = lake_of(installation)
    with lake.writing():
        database = held.enter_context(snapshot(installation.url))
        names = lake.file_names()
        _allow_open(len(names))
        opened = [held.enter_context((installation.data / LAKE / name).open("rb")) for name in names]
    return _Moment(
        database,
        list(zip(names, opened, strict=True)),
        sum(os.fstat(each.fileno()).st_size for each in opened),
    )


def _about(installation: Installation, moment: _Moment) -> About:
    return About(
        format=FORMAT,
        made_at=rfc3339(installation.clock.now()),
        schema=migrations()[-1][0],
        lake_files=len(moment.lake),
        lake_bytes=moment.lake_bytes,
        database_bytes=moment.database.size,
        postgres=moment.database.version,
        segue=segue.__version__,
    )


def _allow_open(files: int) -> None:
    """Let this process hold so many files open. UnavailableError."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = files + _SPARE_FILES
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise UnavailableError(
            f"the lake has {files} files, and this process may open {hard}",
            cure="raise the limit: ulimit -Hn, or LimitNOFILE= of the service",
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def _check_room(installation: Installation, folder: Path, about: About, free: Callable[[Path], int]) -> None:
    """SQL is larger than the files and compresses to less; where events are kept, their floor stays free."""
    needed = about.database_bytes + about.lake_bytes
    if folder.stat().st_dev == installation.data.stat().st_dev:
        needed += installation.settings.disk_floor_mb * _MIB
    left = free(folder)
    if left < needed:
        raise UnavailableError(
            f"too little disk space in {folder}: {left // _MIB} MiB free, {needed // _MIB} MiB may be needed",
            cure="free some, or write the backup to another disk",
        )


def _add_database(archive: tarfile.TarFile, moment: _Moment, watch: Watch) -> None:
    done, total = 0, moment.database.size
    watch(Advance("database", 0, total))
    pack = zstandard.ZstdCompressor(level=3)
    for number, part in enumerate(moment.database.sql(), 1):
        _add_bytes(archive, f"{DATABASE}/{number:08d}.sql.zst", pack.compress(part))
        done += len(part)
        watch(Advance("database", done, max(done, total)))


def _add_lake(archive: tarfile.TarFile, moment: _Moment, watch: Watch) -> None:
    done = 0
    for name, content in moment.lake:
        watch(Advance("lake", done, moment.lake_bytes))
        entry = _entry(f"{LAKE}/{name}", os.fstat(content.fileno()).st_size)
        archive.addfile(entry, content)
        done += entry.size
    watch(Advance("lake", done, moment.lake_bytes))


def _add_models(archive: tarfile.TarFile, data: Path) -> None:
    """The runs that are kept; what answers at once is of persons, and is made anew."""
    folder = data / MODELS
    for path in sorted(folder.glob("*/*/**/*")):
        name = path.relative_to(folder)
        if path.is_file() and name.parts[0] != SERVING and not name.parts[1].startswith("."):
            _add_bytes(archive, f"{MODELS}/{name.as_posix()}", path.read_bytes())


@contextmanager
def _written(path: Path) -> Iterator[tarfile.TarFile]:
    """A compressed tar that is durable when the block ends, and gone when it fails."""
    try:
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as raw:
            pack = zstandard.ZstdCompressor(level=3, write_checksum=True)
            with (
                pack.stream_writer(raw, closefd=False) as packed,
                tarfile.open(fileobj=packed, mode="w|") as archive,
            ):
                yield archive
            raw.flush()
            os.fsync(raw.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    archive.addfile(_entry(name, len(content)), BytesIO(content))


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size = size
    entry.mode = 0o600
    return entry


def _note(installation: Installation, about: About, file: Path) -> None:
    """Remember that it was made: all personal data were copied, and operators ask how old the last one is."""
    made = installation.data / LAST
    fresh = made.with_name(f"{LAST}.new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(msgspec.json.encode({"made_at": about.made_at, "bytes": file.stat().st_size}))
    fresh.replace(made)
    with installation.database.transaction() as session:
        record_act(
            session,
            at=installation.clock.now(),
            actor=COMMAND_LINE,
            act="backup",
            subject=about.made_at,
            detail={"lake_files": about.lake_files},
        )


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
