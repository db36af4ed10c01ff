"""What the doctor looks at outside the database: files, settings, the clock, the port, the disk."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import socket
import sys
import tomllib
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPException
from importlib import resources
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

import segue
from segue.app.directory import server_record
from segue.errors import SegueError
from segue.settings import Settings

Verdict = Literal["well", "watch", "wrong"]

_MIB = 1 << 20
_OLDEST, _NEWEST = (3, 11), (3, 14)
_OTHERS = frozenset({"SEGUE_DATA", "SEGUE_TRACE"})
_PRIVATE = ("segue.toml", "database.url", "erasures.ndjson", "server.json", "lake", "inbox", "demo.json")
_TIME_ERROR = 5
"""What adjtimex(2) answers for a clock that nobody synchronises."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one check."""

    verdict: Verdict
    what: str
    says: str
    #: what to do, when something is to be done
    cure: str | None = None


def well(what: str, says: str) -> Finding:
    """Nothing is to be done."""
    return Finding(verdict="well", what=what, says=says)


def watch_out(what: str, says: str, cure: str) -> Finding:
    """It works, and something is to be done."""
    return Finding(verdict="watch", what=what, says=says, cure=cure)


def wrong(what: str, says: str, cure: str | None) -> Finding:
    """It does not work, or not for long."""
    return Finding(verdict="wrong", what=what, says=says, cure=cure)


def failed(what: str, error: SegueError) -> Finding:
    """A check that could not be made."""
    return wrong(what, error.message, error.cure)


def versions(running: tuple[int, int] = sys.version_info[:2]) -> Finding:
    """Of Segue, Python and the system."""
    says = f"Segue {segue.__version__}, Python {platform.python_version()}, {platform.platform(terse=True)}"
    if not _OLDEST <= running <= _NEWEST:
        return watch_out("versions", f"{says}: Segue is tested with Python 3.11 to 3.14", "use one of these")
    return well("versions", says)


def folder(data: Path) -> Finding:
    """Whether the data directory can be written."""
    probe = data / ".doctor"
    try:
        data.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        says = f"{data} cannot be written: {error.strerror}"
        return wrong("data directory", says, "run as the user who owns it, or name another with --data")
    return well("data directory", str(data.resolve()))


def permissions(data: Path) -> Finding:
    """Whether others on the machine can read what is personal or secret.

    That they may pass is no fault: PostgreSQL runs as another user where Segue runs as root.
    """
    names = []
    if data.stat().st_mode & 0o011:
        found = [data / name for name in _PRIVATE if (data / name).exists()]
        names = [path.name for path in found if path.stat().st_mode & 0o044 and _tells(path)]
    if names:
        says = f"others on this machine can read {', '.join(names)}"
        return watch_out(
            "permissions", says, f"chmod -R go-rw {' '.join(str(data / name) for name in names)}"
        )
    return well("permissions", "nobody else on this machine can read what is personal or secret")


def _tells(path: Path) -> bool:
    """Settings are no secret but for these two."""
    text = path.read_text(encoding="utf-8", errors="replace") if path.name == "segue.toml" else ""
    return path.name != "segue.toml" or "database_url" in text or "oidc_client_secret" in text


def disk(data: Path, settings: Settings) -> Finding:
    """Room for what is to come."""
    free = shutil.disk_usage(data).free // _MIB
    floor = settings.disk_floor_mb
    if free < floor:
        return wrong(
            "disk", f"{free} MiB free, below the floor of {floor}: no events are taken", "free some space"
        )
    if free < 4 * floor:
        return watch_out(
            "disk", f"{free} MiB free; at {floor} no events are taken any more", "free some space soon"
        )
    return well("disk", f"{free} MiB free")


# ── settings ─────────────────────────────────────────────────────────────────


def configuration(data: Path, settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """What is set where, and whether it makes sense together."""
    known = {f"SEGUE_{field.name.upper()}": field.name for field in msgspec.structs.fields(Settings)}
    unknown = sorted(
        name for name in environment if name.startswith("SEGUE_") and name not in known.keys() | _OTHERS
    )
    if unknown:
        says = f"{', '.join(unknown)}: no such setting, so it is ignored"
        yield watch_out("environment", says, "see docs/settings.md for the names")
    file = data / "segue.toml"
    written = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    both = [name for name in sorted(known) if name in environment and known[name] in written]
    over = [f"{known[name]} ({name})" for name in both]
    says = f"{len(written)} in segue.toml, {sum(name in environment for name in known)} in the environment"
    if over:
        yield watch_out(
            "settings", f"{says}; the environment overrides {', '.join(over)}", "keep each in one place"
        )
    else:
        yield well("settings", f"{says}; time zone {settings.time_zone}")
    yield _public(settings)


def _public(settings: Settings) -> Finding:
    url = settings.public_url
    if not url:
        if _local(settings.host):
            return well("public address", "only this machine is served")
        says = f"the port is open to other machines ({settings.host}), and public_url is not set"
        return watch_out("public address", says, "set public_url to what people type, behind a TLS proxy")
    parts = urlsplit(url)
    if parts.scheme == "http" and not _local(parts.hostname or ""):
        says = f"{url}: passwords, keys and events travel in clear text"
        return watch_out("public address", says, "put a TLS proxy in front and set public_url to https://…")
    if parts.scheme == "https" and not settings.trusted_proxies:
        says = f"{url}: every client seems to have the proxy's address, as trusted_proxies is empty"
        return watch_out("public address", says, 'set trusted_proxies to the proxy, such as "127.0.0.1"')
    return well("public address", url)


def _local(host: str) -> bool:
    return host in {"localhost", "::1", "[::1]"} or host.startswith("127.")


# ── the machine ──────────────────────────────────────────────────────────────


def clock_is_kept() -> bool | None:
    """Whether somebody synchronises this machine's clock (NTP); None where the system does not tell."""
    try:
        return bool(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512)) != _TIME_ERROR)
    except (OSError, AttributeError):
        return None


def port(data: Path, settings: Settings) -> Finding:
    """Whether the server that runs answers; else whether one could listen, and who does."""
    record = server_record(data)
    if record is not None and _lives(record.get("pid")):
        host, number = str(record.get("host")), int(record.get("port", 0))
        status = _asked(host, number)
        says = f"runs on port {number}, process {record.get('pid')}"
        if status == 200:
            return well("server", f"{says}, and is ready")
        return wrong("server", f"{says}, and does not say it is ready ({status})", "see what it prints")
    try:
        with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
    except OSError as error:
        who = _listener(settings.port)
        says = f"none runs, and none can listen on {settings.host}:{settings.port}: {error.strerror}{who}"
        return wrong("server", says, "stop what listens there, or choose another port")
    return well("server", f"none runs; port {settings.port} is free")


def _lives(pid: object) -> bool:
    try:
        os.kill(int(str(pid)), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True


def _asked(host: str, number: int) -> int | str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - asked, not listened on
    connection = HTTPConnection(host, number, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status
    except (OSError, HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()


def _listener(number: int) -> str:
    """Which process listens on a port, where the system tells (Linux)."""
    sockets = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for words in (line.split() for line in lines):
            if words[3] == "0A" and int(words[1].rpartition(":")[2], 16) == number:
                sockets.add(f"socket:[{words[9]}]")
    for opened in Path("/proc").glob("[0-9]*/fd/*") if sockets else ():
        try:
            if str(opened.readlink()) in sockets:
                pid = opened.parts[2]
                return f"; {Path(f'/proc/{pid}/comm').read_text().strip()} (process {pid}) listens there"
        except OSError:
            continue
    return ""


def console() -> Finding:
    """Whether the console's pages are here."""
    built = resources.files("segue.edge.console").joinpath("built", "index.html")
    if built.is_file():
        return well("console", "built")
    return watch_out("console", "its pages are not built: /console/ says so", "in a clone: make console")
