"""Settings of an installation: ``segue.toml`` in the data directory, overridden by ``SEGUE_*``.

Few on purpose. Each field has its unit and default here; ``docs/settings.md`` lists them and a test
holds the two together.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from segue.errors import SettingsError


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set."""

    #: address the web processes listen on
    host: str = "127.0.0.1"
    #: TCP port
    port: int = 8765
    #: PostgreSQL 15+ by URL; empty: the embedded server in the data directory
    database_url: str = ""
    #: version of the embedded server for a new data directory: 18 or 16
    postgres_version: int = 18
    #: processes that answer HTTP
    web_processes: int = 1
    #: processes that run the loop
    workers: int = 1
    #: the retailer's zone for days and hours of day, IANA name
    time_zone: str = "UTC"
    #: message ids are remembered this many days (imports: for ever)
    dedupe_days: int = 8
    #: refuse events when the disk has less free space than this, MiB
    disk_floor_mb: int = 512
    #: requests a second one key and client address may send to the collector
    rate_limit: int = 5000
    #: events in one file of the lake before a flush is due
    flush_events: int = 100_000
    #: seconds before a flush is due
    flush_seconds: int = 60


_BOUNDS = {
    "port": (1, 65_535),
    "web_processes": (1, 64),
    "workers": (1, 64),
    "dedupe_days": (7, 365),
    "disk_floor_mb": (0, 1 << 30),
    "rate_limit": (1, 1 << 30),
    "flush_events": (1, 1 << 30),
    "flush_seconds": (1, 86_400),
}
"""Least and greatest value of what is a number."""

_SERVED_FROM = "database.url"
"""Where the directory's data are, if it was once served with ``--database-url``."""


def remember_database(data: Path, url: str) -> None:
    """Have every command find the database that ``segue serve --database-url`` was given.

    Without it, one that finds no server running would begin an empty installation of its own.
    """
    if url and load_settings(data).database_url != url:
        file = data / _SERVED_FROM
        file.touch(mode=0o600)
        file.write_text(url, encoding="utf-8")


def load_settings(data: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read ``data/segue.toml`` and the environment; SettingsError names a wrong key or value."""
    values: dict[str, object] = {}
    served_from = data / _SERVED_FROM
    if served_from.exists():
        values["database_url"] = served_from.read_text(encoding="utf-8").strip()
    file = data / "segue.toml"
    if file.exists():
        try:
            values.update(tomllib.loads(file.read_text(encoding="utf-8")))
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"{file}: {error}", cure="correct the file") from error
    for field in msgspec.structs.fields(Settings):
        text = (os.environ if environment is None else environment).get(f"SEGUE_{field.name.upper()}")
        if text is not None:
            values[field.name] = int(text) if field.type is int and text.isdigit() else text
    try:
        settings = msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(f"settings: {error}", cure=f"correct {file} or SEGUE_*") from error
    wrong = _wrong(settings)
    if wrong is not None:
        raise SettingsError(f"settings: {wrong}", cure=f"correct {file} or SEGUE_*")
    return settings


def _wrong(settings: Settings) -> str | None:
    """What is of the right type and cannot be: a zone that nobody knows would stop every event."""
    for name, (least, greatest) in _BOUNDS.items():
        if not least <= getattr(settings, name) <= greatest:
            return f"{name} is {getattr(settings, name)}, and must be from {least} to {greatest}"
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"time_zone {settings.time_zone!r} is not known, name it like Europe/Berlin"
    return None
