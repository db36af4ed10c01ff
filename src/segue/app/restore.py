"""Restoring an installation from the file that a backup is.

All of it is unpacked and checked beside what is there before anything is replaced. Then the database is
loaded in one transaction, the lake takes its place, and whoever was erased since is erased again, by
the ledger that lies in the directory. Until all that is done the directory is marked, and nobody opens it.
"""

from __future__ import annotations

import os
import re
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import msgspec
import zstandard

from segue.adapters.postgres.dump import load, server_version
from segue.adapters.postgres.migrate import migrations
from segue.adapters.postgres.space import free_bytes
from segue.app import erase
from segue.app.backup import (
    ABOUT,
    DATABASE,
    END,
    FORMAT,
    SETTINGS,
    STORY,
    WEATHER,
    About,
    Advance,
    Watch,
    unwatched,
)
from segue.app.directory import LAKE, SNAPSHOT, alone, mark_restoring, restored
from segue.app.installation import connect, prepare, started_database
from segue.app.ledger import FILE as LEDGER
from segue.app.ledger import read_ledger, write_lines
from segue.errors import InvalidInputError, UnavailableError
from segue.learn.names import FOLDER as MODELS
from segue.settings import load_settings

_PART = re.compile(rf"{DATABASE}/\d{{8}}\.sql\.zst")
_FIRST_FORMAT = "database.sql"
_PLAIN = {ABOUT, SETTINGS, STORY, WEATHER, LEDGER, END, _FIRST_FORMAT}
_MIB = 1 << 20
_COPIED = 1 << 20
_NOT_WHOLE = (OSError, tarfile.TarError, zstandard.ZstdError, msgspec.DecodeError, EOFError)


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What a restore did."""

    made_at: str
    lake_files: int
    #: erasures asked for since the backup was made, done again
    erased_again: int


def restore(
    file: Path, data: Path, watch: Watch = unwatched, *, free: Callable[[Path], int] = free_bytes
) -> Restored:
    """Make ``data`` what it was when ``file`` was made, without those who were erased since.

    Whatever the directory held is replaced, but for its ledger of erasures, its settings and its uploads.
    InvalidInputError for what is no backup, or one that this Segue or this PostgreSQL is too old for;
    ConflictError while a server or command uses the directory; UnavailableError without disk space.
    """
    data = data.expanduser().resolve()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with alone(data, cure="stop the server, then restore"), _unpacked(file, data, watch, free) as folder:
        about = msgspec.json.decode((folder / ABOUT).read_bytes(), type=About)
        _merge_ledger(data, folder)
        with started_database(data, load_settings(data)) as url:
            _check_server(about, server_version(url))
            _replace_all(data, folder, url, watch)
            prepare(url)
            watch(Advance("erasing", 0, 0))
            erased_again = _erase_again(data, url)
        restored(data)
    return Restored(made_at=about.made_at, lake_files=about.lake_files, erased_again=erased_again)


def _replace_all(data: Path, folder: Path, url: str, watch: Watch) -> None:
    """From here on the directory is neither what it was nor what it will be."""
    mark_restoring(data)
    try:
        load(url, _sql(folder, watch))
    except BaseException:
        restored(data)  # rolled back
        raise
    _replace(folder / LAKE, data / LAKE)
    shutil.rmtree(data / SNAPSHOT, ignore_errors=True)  # of another past; it is taken again
    _replace(folder / MODELS, data / MODELS)
    _settle(data, folder)


def _erase_again(data: Path, url: str) -> int:
    installation = connect(data, url)
    try:
        return erase.erase_again(installation)
    finally:
        installation.close()


def _check_server(about: About, running: int) -> None:
    if running < about.postgres:
        raise InvalidInputError(
            f"the backup is of PostgreSQL {about.postgres}, which {running} of this directory cannot load",
            cure=f"restore into a new directory with postgres_version = {about.postgres}, or a later server",
        )


# ── unpacking ────────────────────────────────────────────────────────────────


@contextmanager
def _unpacked(file: Path, data: Path, watch: Watch, free: Callable[[Path], int]) -> Iterator[Path]:
    """A folder with the backup's files while the block runs; InvalidInputError for what is no backup."""
    folder = data / "restoring"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        try:
            _extract_all(file, folder, watch, free)
        except _NOT_WHOLE as error:
            raise InvalidInputError(
                f"{file} is not a whole backup: {error}", cure="use a file that `segue backup` made"
            ) from error
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _extract_all(file: Path, folder: Path, watch: Watch, free: Callable[[Path], int]) -> None:
    size = file.stat().st_size
    about: About | None = None
    with (
        file.open("rb") as raw,
        zstandard.ZstdDecompressor().stream_reader(raw) as packed,
        tarfile.open(fileobj=packed, mode="r|") as archive,
    ):
        for entry in archive:
            _extract(archive, entry, folder)
            if about is None:
                about = _read_about(file, folder, free)
            watch(Advance("reading", raw.tell(), size))
        while packed.read(_COPIED):
            pass  # to the checksum at the end
    found = sum(1 for path in (folder / LAKE).rglob("*") if path.is_file())
    if about is None or found != about.lake_files or not (folder / END).exists():
        raise tarfile.TarError("it ends too early")


def _read_about(file: Path, folder: Path, free: Callable[[Path], int]) -> About:
    """What stands first in a backup, before the rest is unpacked; refuses what cannot be restored."""
    about = msgspec.json.decode((folder / ABOUT).read_bytes(), type=About)
    if about.format > FORMAT or about.schema > migrations()[-1][0]:
        raise InvalidInputError(
            f"{file} was made by a newer Segue ({about.segue})", cure="restore it with that version"
        )
    # unpacked, then loaded while what was there is still there, with the log of loading it
    needed = about.lake_bytes + 3 * about.database_bytes
    left = free(folder)
    if left < needed:
        raise UnavailableError(
            f"too little disk space: {left // _MIB} MiB free, {needed // _MIB} MiB may be needed",
            cure="free some, or restore into a directory on another disk",
        )
    return about


def _extract(archive: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    """Write one plain file below ``folder``; a tar may name any path, so only ours are taken."""
    name = PurePosixPath(entry.name)
    ours = name.parts[0] in {LAKE, MODELS} or str(name) in _PLAIN or _PART.fullmatch(str(name))
    if not entry.isfile() or name.is_absolute() or ".." in name.parts or not ours:
        raise InvalidInputError(
            f"the backup holds {entry.name[:80]!r}, which is not ours",
            cure="use a file that `segue backup` made",
        )
    content = archive.extractfile(entry)
    if content is None:
        return
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        shutil.copyfileobj(content, out, _COPIED)
        out.flush()
        os.fsync(out.fileno())


def _sql(folder: Path, watch: Watch) -> Iterator[bytes]:
    """The database's SQL, part by part."""
    if (folder / _FIRST_FORMAT).exists():
        with (folder / _FIRST_FORMAT).open("rb") as whole:
            yield from iter(lambda: whole.read(_COPIED), b"")
        return
    unpack = zstandard.ZstdDecompressor()
    parts = sorted((folder / DATABASE).iterdir())
    total = sum(part.stat().st_size for part in parts)
    done = 0
    for part in parts:
        watch(Advance("database", done, total))
        packed = part.read_bytes()
        yield unpack.decompress(packed)
        done += len(packed)
    watch(Advance("database", done, total))


# ── taking its place ─────────────────────────────────────────────────────────


def _merge_ledger(data: Path, folder: Path) -> None:
    """Add the backup's erasures to the ledger that is here; none is ever taken out."""
    known = {line.erasure_id for line in read_ledger(data)}
    new = [line for line in read_ledger(folder) if line.erasure_id not in known]
    if new:
        write_lines(data, new)


def _settle(data: Path, folder: Path) -> None:
    """The story of the backup's demo, if any; its settings where there are none.

    Not those that name a server, which is not ours to use.
    """
    (data / STORY).unlink(missing_ok=True)
    if (folder / STORY).exists():
        (folder / STORY).replace(data / STORY)
    if (folder / WEATHER).exists():
        (folder / WEATHER).replace(data / WEATHER)
    found = folder / SETTINGS
    if found.exists() and not (data / SETTINGS).exists() and not load_settings(folder, {}).database_url:
        found.replace(data / SETTINGS)


def _replace(new: Path, place: Path) -> None:
    old = place.with_name(place.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    if new.exists():
        new.rename(place)
    else:
        place.mkdir()
    place.chmod(0o700)
    shutil.rmtree(old, ignore_errors=True)
