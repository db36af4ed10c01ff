"""Backing up an installation into one file, and restoring it.

The file is a tar, compressed with zstandard: what it is, the database as SQL, the lake's files, the
settings and the ledger of erasures. While it is made, nobody changes the lake; events go on being
accepted and processed. A restore replaces what is in the data directory, and then erases again
whoever was erased since, by the ledger that lies there.
"""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath

import msgspec
import zstandard

from segue.adapters.postgres.dump import dump, load
from segue.adapters.postgres.migrate import migrations
from segue.app import erase
from segue.app.directory import LAKE, alone
from segue.app.installation import Installation, connect, prepare, started_database
from segue.app.lake import lake_of
from segue.app.ledger import FILE as LEDGER
from segue.app.ledger import read_ledger, write_lines
from segue.domain.order import rfc3339
from segue.errors import InvalidInputError
from segue.settings import load_settings

FORMAT = 1

ABOUT = "about.json"
DATABASE = "database.sql"
SETTINGS = "segue.toml"
END = "end"


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup is."""

    format: int
    #: RFC 3339
    made_at: str
    #: number of the database's last migration
    schema: int
    lake_files: int


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What a restore did."""

    made_at: str
    lake_files: int
    #: erasures asked for since the backup was made, done again
    erased_again: int


# ── backing up ───────────────────────────────────────────────────────────────


def backup(installation: Installation, file: Path) -> About:
    """Write a backup to ``file``, whole or not at all. UnavailableError."""
    data = installation.data
    unfinished = file.with_name(file.name + ".tmp")
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=file.parent) as folder:
        Path(folder).chmod(0o700)
        lake = lake_of(installation)
        with lake.writing():
            dump(installation.url, Path(folder) / DATABASE)
            names = lake.file_names()
            about = About(
                format=FORMAT,
                made_at=rfc3339(installation.clock.now()),
                schema=migrations()[-1][0],
                lake_files=len(names),
            )
            with _written(unfinished) as archive:
                _add_bytes(archive, ABOUT, msgspec.json.encode(about))
                archive.add(Path(folder) / DATABASE, DATABASE)
                for name in names:
                    archive.add(data / LAKE / name, f"{LAKE}/{name}")
                for name in (SETTINGS, LEDGER):
                    if (data / name).exists():
                        _add_bytes(archive, name, (data / name).read_bytes())
                _add_bytes(archive, END, b"")
    unfinished.replace(file)
    return about


@contextmanager
def _written(path: Path) -> Iterator[tarfile.TarFile]:
    """A compressed tar that is durable when the block ends, and gone when it fails."""
    try:
        with path.open("wb") as raw:
            os.fchmod(raw.fileno(), 0o600)
            with (
                zstandard.ZstdCompressor(level=3).stream_writer(raw, closefd=False) as packed,
                tarfile.open(fileobj=packed, mode="w|") as archive,
            ):
                yield archive
            raw.flush()
            os.fsync(raw.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    entry.mode = 0o600
    archive.addfile(entry, BytesIO(content))


# ── restoring ────────────────────────────────────────────────────────────────


def restore(file: Path, data: Path) -> Restored:
    """Make ``data`` what it was when ``file`` was made, without those who were erased since.

    Whatever the directory held is replaced, but for its ledger of erasures and its settings.
    InvalidInputError for what is no backup, ConflictError while a server or command uses the directory.
    """
    data = data.expanduser().resolve()
    data.mkdir(parents=True, exist_ok=True)
    with alone(data, cure="stop the server, then restore"):
        about = _unpack(file, data)
        folder = _unpacked(data)
        _merge_ledger(data, folder)
        with started_database(data, load_settings(data)) as url:
            load(url, folder / DATABASE)
            _replace(folder / LAKE, data / LAKE)
            _settle(data, folder)
            prepare(url)
            erased_again = _erase_again(data, url)
        shutil.rmtree(folder)
    return Restored(made_at=about.made_at, lake_files=about.lake_files, erased_again=erased_again)


def _erase_again(data: Path, url: str) -> int:
    installation = connect(data, url)
    try:
        return erase.erase_again(installation)
    finally:
        installation.close()


def _unpack(file: Path, data: Path) -> About:
    """The files, beside those that are there; InvalidInputError for what is no backup."""
    folder = _unpacked(data)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    try:
        about = _extract_all(file, folder)
        if about.format != FORMAT or about.schema > migrations()[-1][0]:
            raise InvalidInputError(f"{file} was made by a newer Segue", cure="restore it with that version")
    except (OSError, tarfile.TarError, zstandard.ZstdError, msgspec.DecodeError, EOFError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise InvalidInputError(
            f"{file} is not a whole backup: {error}", cure="use a file that `segue backup` made"
        ) from error
    except InvalidInputError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return about


def _extract_all(file: Path, folder: Path) -> About:
    with (
        file.open("rb") as raw,
        zstandard.ZstdDecompressor().stream_reader(raw) as packed,
        tarfile.open(fileobj=packed, mode="r|") as archive,
    ):
        for entry in archive:
            _extract(archive, entry, folder)
    about = msgspec.json.decode((folder / ABOUT).read_bytes(), type=About)
    found = sum(1 for path in (folder / LAKE).rglob("*") if path.is_file())
    if found != about.lake_files or not (folder / END).exists():
        raise tarfile.TarError("it ends too early")
    return about


def _merge_ledger(data: Path, folder: Path) -> None:
    """Add the backup's erasures to the ledger that is here; none is ever taken out."""
    known = {line.erasure_id for line in read_ledger(data)}
    new = [line for line in read_ledger(folder) if line.erasure_id not in known]
    if new:
        write_lines(data, new)


def _settle(data: Path, folder: Path) -> None:
    """The backup's settings where there are none, unless they name a server, which is not ours to use."""
    found = folder / SETTINGS
    if found.exists() and not (data / SETTINGS).exists() and not load_settings(folder, {}).database_url:
        found.replace(data / SETTINGS)


def _unpacked(data: Path) -> Path:
    return data / "restoring"


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


def _extract(archive: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    """Write one plain file below ``folder``; a tar may name any path, so only ours are taken."""
    name = PurePosixPath(entry.name)
    ours = name.parts[0] == LAKE or str(name) in {ABOUT, DATABASE, SETTINGS, LEDGER, END}
    if not entry.isfile() or name.is_absolute() or ".." in name.parts or not ours:
        raise InvalidInputError(f"the backup holds {entry.name[:80]!r}, which is not ours")
    content = archive.extractfile(entry)
    if content is None:
        return
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        shutil.copyfileobj(content, out, 1024 * 1024)
        os.fsync(out.fileno())
