"""``segue doctor``: looks at the machine and the installation, and says what to do about what is wrong.

Each check answers one finding. A check that cannot be made is a finding too, so the doctor itself never
fails.
"""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from segue.app.directory import server_record
from segue.app.installation import Installation, open_installation
from segue.app.status import Status, status_of
from segue.domain.order import DAY, SECOND
from segue.errors import SegueError
from segue.ports.database import Session
from segue.ports.statements import statements
from segue.settings import Settings, load_settings

_SQL = statements("segue.app", "doctor.sql")

Verdict = Literal["well", "watch", "wrong"]

_MIB = 1 << 20
_LAG_SECONDS = 60
_BACKLOG_EVENTS = 1_000_000


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one check."""

    verdict: Verdict
    what: str
    says: str
    #: what to do, when something is to be done
    cure: str | None = None


def examine(data: Path) -> list[Finding]:
    """Every check, in the order in which one fault explains the next."""
    findings = [_python(), _folder(data)]
    if findings[-1].verdict == "wrong":
        return findings
    try:
        settings = load_settings(data)
    except SegueError as error:
        return [*findings, _wrong("settings", error)]
    findings += [_disk(data, settings), _well("time zone", settings.time_zone), _running(data)]
    try:
        with open_installation(data) as installation:
            findings += list(_installation(installation))
    except SegueError as error:
        findings.append(_wrong("database", error))
    return findings


def _well(what: str, says: str) -> Finding:
    return Finding(verdict="well", what=what, says=says)


def _wrong(what: str, error: SegueError) -> Finding:
    return Finding(verdict="wrong", what=what, says=error.message, cure=error.cure)


# ── the machine ───────────────────────────────────────────────────────────────


def _python() -> Finding:
    return _well("machine", f"Python {platform.python_version()} on {platform.platform(terse=True)}")


def _folder(data: Path) -> Finding:
    probe = data / ".doctor"
    try:
        data.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return Finding(
            verdict="wrong",
            what="data directory",
            says=f"{data} cannot be written: {error.strerror}",
            cure="run as the user who owns it, or name another with --data",
        )
    return _well("data directory", str(data.resolve()))


def _disk(data: Path, settings: Settings) -> Finding:
    free = shutil.disk_usage(data).free // _MIB
    floor = settings.disk_floor_mb
    if free < floor:
        says = f"{free} MiB free, below the floor of {floor}: no events are taken"
        return Finding(verdict="wrong", what="disk", says=says, cure="free some space")
    if free < 4 * floor:
        says = f"{free} MiB free; at {floor} no events are taken any more"
        return Finding(verdict="watch", what="disk", says=says, cure="free some space soon")
    return _well("disk", f"{free} MiB free")


def _running(data: Path) -> Finding:
    record = server_record(data)
    if record is None:
        return _well("server", "not running")
    return _well("server", f"runs on port {record.get('port')}, process {record.get('pid')}")


# ── the installation ──────────────────────────────────────────────────────────


def _installation(installation: Installation) -> Iterator[Finding]:
    with installation.database.transaction(read_only=True) as session:
        now = installation.clock.now()
        yield from _server(session, now)
        status = status_of(session, now)  # counts every fragment: once for all who ask
        yield _loop(status)
        yield _lake(status)
        yield _letters(session)
        yield _identity(session)
        yield _erasures(session, now)
    try:
        rules = installation.rules()
    except SegueError as error:
        yield _wrong("definitions", error)
    else:
        yield _well("definitions", f"version {rules.version}")


def watch(installation: Installation, session: Session, status: Status, now: int) -> Iterator[Finding]:
    """What can go wrong while a server runs, well or not; ``status`` was read in the same session."""
    yield _disk(installation.data, installation.settings)
    yield _loop(status)
    yield _lake(status)
    yield _letters(session)
    yield _identity(session)
    yield _erasures(session, now)


def _server(session: Session, now: int) -> Iterator[Finding]:
    [(version, fsync, full_pages, encoding, moment)] = session.fetch(_SQL["server"])
    yield _database(version, encoding, safe=fsync == "on" and full_pages == "on")
    yield _clock(moment, now)


def _database(version: int, encoding: str, *, safe: bool) -> Finding:
    says = f"PostgreSQL {version // 10_000}"
    if version < 150_000:
        cure = "use PostgreSQL 15 or later"
        return Finding(verdict="wrong", what="database", says=f"{says} is too old", cure=cure)
    if not safe:
        says += " may lose what was acknowledged: fsync or full_page_writes is off"
        return Finding(verdict="wrong", what="database", says=says, cure="switch both on")
    if encoding != "UTF8":
        cure = "create the database with encoding UTF8"
        return Finding(verdict="wrong", what="database", says=f"{says} keeps {encoding}", cure=cure)
    return _well("database", says)


def _clock(theirs: int, ours: int) -> Finding:
    apart = abs(theirs - ours) / SECOND
    if apart > 5:
        says = f"this machine and the database's differ by {apart:.0f} s"
        return Finding(verdict="wrong", what="clock", says=says, cure="synchronise both (NTP)")
    return _well("clock", "agrees with the database's")


def _loop(status: Status) -> Finding:
    behind = status.log_offset - status.processed_offset
    if status.lag_seconds > _LAG_SECONDS:
        says = f"{behind} events wait, the oldest for {status.lag_seconds:.0f} s"
        return Finding(verdict="watch", what="loop", says=says, cure="more workers: segue serve --workers N")
    return _well("loop", f"{status.processed_offset} of {status.log_offset} events processed")


def _lake(status: Status) -> Finding:
    behind = status.log_offset - status.archived_offset
    if behind > _BACKLOG_EVENTS:
        says = f"{behind} events are not in the lake yet"
        return Finding(verdict="watch", what="lake", says=says, cure="see the log of worker 0")
    return _well("lake", f"{status.archived_offset} of {status.log_offset} events archived")


def _letters(session: Session) -> Finding:
    rows = session.fetch(_SQL["dead"])
    if not rows:
        return _well("dead letters", "none")
    says = ", ".join(f"{count} {reason}" for reason, count in rows)
    return Finding(verdict="watch", what="dead letters", says=says, cure="see `segue deadletters list`")


def _identity(session: Session) -> Finding:
    [(frozen,)] = session.fetch(_SQL["frozen"])
    if frozen:
        says = f"{frozen} links are set aside: more than 1,000 in one person"
        cure = "block the identifier they share in identity.yaml"
        return Finding(verdict="watch", what="identity", says=says, cure=cure)
    return _well("identity", "no oversized person")


def _erasures(session: Session, now: int) -> Finding:
    [(late,)] = session.fetch(_SQL["erasures"], before=now - DAY)
    if late:
        says = f"{late} have waited a day for their proof"
        return Finding(verdict="wrong", what="erasures", says=says, cure="run segue serve and see its log")
    return _well("erasures", "none overdue")


__all__ = ["Finding", "examine", "watch"]
