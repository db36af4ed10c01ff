"""Settings of an installation: ``segue.toml`` in the data directory, overridden by ``SEGUE_*``.

Few on purpose. Each field has its unit and default here; ``docs/settings.md`` lists them and a test
holds the two together.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_network
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
    #: where the shop is, for public holidays: ISO 3166, ``DE`` or ``DE-BE``; empty: the time zone's country
    country: str = ""
    #: days of the month on which people are paid, by commas; ``last`` for its last day
    pay_days: str = "1,15"
    #: message ids are remembered this many days (imports: for ever)
    dedupe_days: int = 8
    #: decisions and what became of them are deleted after this many days
    decisions_days: int = 400
    #: refuse events when the disk has less free space than this, MiB
    disk_floor_mb: int = 512
    #: largest file that is taken over HTTP for an import, MiB
    upload_limit_mb: int = 2048
    #: requests a second one key and client address may send to the collector
    rate_limit: int = 5000
    #: the collector's paths answer below this too, under a name that no blocker's list knows; empty: off
    first_party_prefix: str = "/s"
    #: events in one file of the lake before a flush is due
    flush_events: int = 100_000
    #: seconds before a flush is due
    flush_seconds: int = 60
    #: local time of the nightly training, when enough has happened since the last; never: only when asked
    train_at: str = "03:00"
    #: minutes before the columns about all persons are made again, if anything has changed
    snapshot_minutes: int = 10
    #: proxies whose X-Forwarded-For and -Proto are believed: addresses or networks, by commas
    trusted_proxies: str = ""
    #: what people type to reach the console, scheme and host; empty: http://host:port
    public_url: str = ""
    #: the OpenID provider that users may sign in with, as it names itself; empty: none
    oidc_issuer: str = ""
    #: what the provider knows this installation by
    oidc_client_id: str = ""
    #: what proves it to the provider; empty: a public client
    oidc_client_secret: str = ""
    #: what the button to sign in says; empty: the provider's host
    oidc_name: str = ""


_BOUNDS = {
    "port": (1, 65_535),
    "web_processes": (1, 64),
    "workers": (1, 64),
    "dedupe_days": (7, 365),
    "decisions_days": (7, 3_650),
    "disk_floor_mb": (0, 1 << 30),
    "upload_limit_mb": (1, 1 << 20),
    "rate_limit": (1, 1 << 30),
    "flush_events": (1, 1 << 30),
    "flush_seconds": (1, 86_400),
    "snapshot_minutes": (1, 1_440),
}
"""Least and greatest value of what is a number."""

_ORIGIN = re.compile(r"https?://(?:[A-Za-z0-9.\-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?/?")
_ISSUER = re.compile(r"(?:https://|http://(?:localhost|127\.0\.0\.1|\[::1\])(?=[:/]|$))[^\s?#]{0,500}")
"""Encrypted, or on this machine."""

_TIME_OF_DAY = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|never")

_COUNTRY = re.compile(r"(?:[A-Z]{2}(?:-[A-Z0-9]{1,3})?)?")
_PAY_DAY = r"(?:0?[1-9]|[12]\d|3[01]|last)"
_PAY_DAYS = re.compile(rf"{_PAY_DAY}(?:,{_PAY_DAY})*")

_OURS = "api|console|health|metrics|v1|projects|pixel|beacon"
_PREFIX = re.compile(rf"(?:(?!/(?:{_OURS})(?:/|$))(?:/[A-Za-z0-9][A-Za-z0-9_.~-]{{0,60}}){{1,4}})?")
"""One or several segments, none at all, and none that something else answers."""

_SHAPES = {
    "train_at": (_TIME_OF_DAY, "03:00, nor never"),
    "country": (_COUNTRY, "DE or DE-BE"),
    "pay_days": (_PAY_DAYS, "1,15 or last"),
    "first_party_prefix": (_PREFIX, "/s, or is a path of ours"),
}
"""What is a text of a certain shape."""

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
    for name, (shape, like) in _SHAPES.items():
        if not shape.fullmatch(getattr(settings, name)):
            return f"{name} {getattr(settings, name)!r} is not like {like}"
    for proxy in proxies(settings):
        try:
            ip_network(proxy)
        except ValueError:
            return f"trusted_proxies: {proxy!r} is no address and no network like 10.0.0.0/8"
    return _wrong_addresses(settings)


def _wrong_addresses(settings: Settings) -> str | None:
    if settings.public_url and not _ORIGIN.fullmatch(settings.public_url):
        return f"public_url {settings.public_url!r} is not like https://segue.example.com, without a path"
    if not settings.oidc_issuer:
        return None
    if not _ISSUER.fullmatch(settings.oidc_issuer):
        return f"oidc_issuer {settings.oidc_issuer!r} is not like https://login.example.com"
    if not settings.oidc_client_id:
        return "oidc_issuer is set, and oidc_client_id is not"
    return None


def public_address(settings: Settings) -> str:
    """``public_url`` without a slash at its end, or what a browser on this machine types."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{settings.port}"


def proxies(settings: Settings) -> list[str]:
    """The addresses and networks of ``trusted_proxies``."""
    return [part.strip() for part in settings.trusted_proxies.split(",") if part.strip()]
