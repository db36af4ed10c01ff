"""Who uses a data directory: one owner at a time, and where the others find it.

The owner holds a lock that dies with its process: ``segue serve`` for as long as it runs, a command for
a while. A server that is ready says in ``server.json`` how it is reached, so that commands join it
instead of waiting. A record without a lock is what a killed server left behind.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from segue.errors import ConflictError

LAKE = "lake"
"""The folder of the lake's files."""

SNAPSHOT = "snapshot"
"""The folder of the columns about all persons; made again when it is missing."""

WEATHER = "weather.parquet"
"""The file of weather readings. Nothing in it is about persons."""

_LOCK = "lock"
_RECORD = "server.json"
_RESTORING = "restore.unfinished"
_OURS = frozenset(
    {
        _LOCK,
        _RECORD,
        _RESTORING,
        LAKE,
        SNAPSHOT,
        "segue.toml",
        "database.url",
        "postgres",
        "inbox",
        "demo.json",
        WEATHER,
    }
    | {"erasures.ndjson"}  # what is copied into a new folder before a restore
)
"""One of these, and the folder is an installation or is meant to become one."""

_NOBODYS = frozenset({"lost+found", ".DS_Store", "Thumbs.db", "desktop.ini"})
"""What file systems and desktops leave in any folder."""


def check_ours(data: Path) -> None:
    """ConflictError for a folder that holds other things: an installation would spread among them."""
    found = {each.name for each in data.iterdir()} - _NOBODYS
    if found and not found & _OURS:
        names = ", ".join(sorted(found)[:3]) + (", …" if len(found) > 3 else "")
        raise ConflictError(
            f"{data} holds other things ({names}) and is no installation of Segue",
            cure="name an empty or a new folder with --data",
        )


@contextmanager
def alone(data: Path, *, cure: str) -> Iterator[None]:
    """Own the directory while the block runs; ConflictError with ``cure`` when somebody else does.

    ConflictError too where it holds other things than an installation's.
    """
    check_ours(data)
    with (data / _LOCK).open("a+") as lock:
        if not _try_lock(lock):
            raise ConflictError(f"{data} is in use", cure=cure)
        with _held(data, lock):
            yield


@contextmanager
def owned_or_served(data: Path, patience: float = 120.0) -> Iterator[bool]:
    """True with the directory owned while the block runs, or False when a running server owns it.

    Another command is waited for, ``patience`` seconds at most; then ConflictError.
    """
    check_ours(data)
    with (data / _LOCK).open("a+") as lock:
        deadline = time.monotonic() + patience
        while not _try_lock(lock):
            if server_record(data) is not None:
                yield False
                return
            if time.monotonic() > deadline:
                raise ConflictError(
                    f"{data} is in use by another command", cure="wait for it to end, or stop it"
                )
            time.sleep(0.05)
        with _held(data, lock):
            yield True


def server_record(data: Path) -> dict[str, Any] | None:
    """What the running server says of itself (pid, host, port, database_url), if there is one."""
    try:
        found = json.loads((data / _RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return found if isinstance(found, dict) else None


def write_server_record(data: Path, record: dict[str, Any]) -> None:
    """Say that a server is ready; written whole or not at all."""
    fresh = data / f"{_RECORD}.new"
    fresh.write_text(json.dumps(record), encoding="utf-8")
    fresh.chmod(0o600)
    fresh.replace(data / _RECORD)


def forget_server(data: Path) -> None:
    """Take the record away; only the owner may, whose own it is or that of one who was killed."""
    (data / _RECORD).unlink(missing_ok=True)


def mark_restoring(data: Path) -> None:
    """Say that what lies here is being replaced: nobody opens it until :func:`restored`."""
    (data / _RESTORING).touch(mode=0o600)


def restored(data: Path) -> None:
    """What lies here is whole again."""
    (data / _RESTORING).unlink(missing_ok=True)


def check_whole(data: Path) -> None:
    """ConflictError when a restore was cut short between the database and the lake."""
    if (data / _RESTORING).exists():
        raise ConflictError(
            f"a restore into {data} was interrupted", cure="run the same `segue restore` again"
        )


@contextmanager
def _held(data: Path, lock: IO[str]) -> Iterator[None]:
    """The block of an owner; given back by name, as a process forked meanwhile may hold the file open."""
    forget_server(data)
    try:
        yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)


def _try_lock(lock: IO[str]) -> bool:
    """Take the lock if nobody has it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    os.set_inheritable(lock.fileno(), False)
    return True
