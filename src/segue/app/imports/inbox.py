"""The inbox: a folder of the data directory that files to be imported pass through.

Files come over HTTP or are put there by hand. A file that is still arriving has a hidden name and
gets its own only once it is whole and durable. Since a file may hold personal data, it does not stay:
it is deleted 30 days after its last import, or after it came when it never was imported.
"""

from __future__ import annotations

import os
import re
import secrets
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from segue.domain.order import DAY
from segue.errors import InvalidInputError, NotFoundError, TooLargeError, UnavailableError

FOLDER = "inbox"
KEPT_DAYS = 30
"""Days that a file stays after its last import."""

_ARRIVING = ".arriving-"
_DEAD_AFTER = 600.0
"""Seconds without a byte after which an unfinished upload is nobody's any more."""

_LONGEST = 150
_MOST = 10_000
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u202a-\u202e\u2066-\u2069]+')
_ENDINGS = re.compile(r"(\.[A-Za-z0-9]{1,8}){1,2}$")


class Kept(NamedTuple):
    """A file as it lies in the inbox."""

    name: str
    size: int
    #: microseconds
    came: int


class Arrival:
    """A file on its way into the inbox: ``write`` its bytes, then ``keep`` it. Hidden until then."""

    def __init__(self, folder: Path, most: int, check_space: Callable[[], None]) -> None:
        self._folder = folder
        self._most = most
        self._check_space = check_space
        self._size = 0
        folder.mkdir(mode=0o700, exist_ok=True)
        self._path = folder / f"{_ARRIVING}{secrets.token_hex(8)}"
        self._file = self._path.open("xb")
        self._path.chmod(0o600)

    def write(self, chunk: bytes) -> None:
        """More of it; TooLargeError beyond the limit, UnavailableError when the disk fills up."""
        self._size += len(chunk)
        if self._size > self._most:
            raise too_large(self._most)
        self._check_space()
        try:
            self._file.write(chunk)
        except OSError as error:
            raise UnavailableError(
                f"the file cannot be written: {error.strerror}", cure="free some space"
            ) from error

    def keep(self, name: str) -> Kept:
        """Give it this name, or the nearest that is free; durable when this returns."""
        self._file.flush()
        os.fsync(self._file.fileno())
        for free in _candidates(safe_name(name)):
            target = self._folder / free
            try:
                os.link(self._path, target)  # unlike a rename it never replaces what is there
            except FileExistsError:
                continue
            self._path.unlink()
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
            return _kept(target)
        raise InvalidInputError(f"there are too many files called {name[:200]!r}", cure="delete some")

    def close(self) -> None:
        """Nothing is left of what was not kept."""
        self._file.close()
        self._path.unlink(missing_ok=True)


class Inbox:
    """The inbox of a data directory."""

    def __init__(self, data: Path) -> None:
        self.folder = data / FOLDER

    def files(self) -> list[Kept]:
        """What lies in it, newest first; hidden names and folders are left out."""
        found: list[Kept] = []
        if not self.folder.is_dir():
            return found
        for entry in os.scandir(self.folder):
            try:
                if entry.name.startswith(".") or not entry.is_file() or not _printable(entry.name):
                    continue
                found.append(_kept(Path(entry.path)))
            except FileNotFoundError:  # it went while we looked
                continue
        return sorted(found, key=lambda file: (-file.came, file.name))

    def path(self, name: str) -> Path:
        """Where a file lies; NotFoundError when the inbox has none of this name."""
        path = self.folder / name
        if not _printable(name) or name.startswith(".") or "/" in name or not path.is_file():
            raise NotFoundError(
                f"the inbox has no file {name[:200]!r}", cure="upload it, or put it into the folder inbox"
            )
        return path

    def find(self, name: str) -> Kept:
        """A file by its name; NotFoundError."""
        return _kept(self.path(name))

    def delete(self, name: str) -> None:
        """Delete a file; NotFoundError."""
        self.path(name).unlink(missing_ok=True)

    @contextmanager
    def receiving(self, most: int, check_space: Callable[[], None]) -> Iterator[Arrival]:
        """A file that arrives while the block runs; nothing of it is left unless it was kept."""
        arrival = Arrival(self.folder, most, check_space)
        try:
            yield arrival
        finally:
            arrival.close()

    def sweep(self, now: int, used: Mapping[str, int], busy: frozenset[str]) -> list[str]:
        """Delete what has stayed long enough, and dead uploads; answers names of files.

        ``used``: when each file was last imported, microseconds; ``busy``: those being read just now.
        """
        gone: list[str] = []
        for file in self.files():
            if file.name not in busy and kept_until(file, used.get(file.name)) <= now:
                (self.folder / file.name).unlink(missing_ok=True)
                gone.append(file.name)
        for path in self.folder.glob(f"{_ARRIVING}*"):
            try:
                if time.time() - path.stat().st_mtime > _DEAD_AFTER:
                    path.unlink()
            except FileNotFoundError:
                continue
        return gone


def kept_until(file: Kept, used: int | None) -> int:
    """When it goes by itself, microseconds."""
    return max(file.came, used or 0) + KEPT_DAYS * DAY


def safe_name(name: str) -> str:
    """A name that is one on every system and hides nothing: no path, no control characters, not too long."""
    text = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    text = "".join(char for char in text if not unicodedata.category(char).startswith("C"))
    text = _UNSAFE.sub("_", text).strip().lstrip(".").strip() or "file"
    found = _ENDINGS.search(text)
    ending = found[0] if found else ""
    stem = text[: len(text) - len(ending)] or "file"
    room = _LONGEST - len(ending.encode())
    while len(stem.encode()) > room:
        stem = stem[:-1]
    return stem + ending


def _candidates(name: str) -> Iterator[str]:
    yield name
    found = _ENDINGS.search(name)
    ending = found[0] if found else ""
    stem = name[: len(name) - len(ending)]
    for number in range(2, _MOST):
        yield f"{stem} ({number}){ending}"


def _kept(path: Path) -> Kept:
    """Since when it lies there is told by ctime: copying may keep the time of its last change."""
    told = path.stat()
    return Kept(path.name, told.st_size, told.st_ctime_ns // 1_000)


def _printable(name: str) -> bool:
    """Whether a name can be said in JSON and be a file's."""
    try:
        return 0 < len(name.encode()) < 256 and "\0" not in name
    except UnicodeEncodeError:
        return False


def too_large(most: int) -> TooLargeError:
    """The refusal of a file of more bytes than are taken."""
    return TooLargeError(
        f"the file is larger than {most >> 20} MiB",
        cure="compress it (.gz, .zst), raise upload_limit_mb, or put it into the folder inbox by hand",
    )
