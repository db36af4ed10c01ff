"""``segue doctor``: looks at the machine and the installation, and says what to do about what is wrong.

Each check answers one finding. A check that cannot be made is a finding too, so the doctor itself never
fails; and it changes nothing: a directory of an older Segue is not brought up to date by looking at it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from segue.adapters.postgres.database import PostgresDatabase
from segue.adapters.postgres.migrate import migrations, schema_of
from segue.adapters.postgres.server import EmbeddedServer
from segue.adapters.postgres.space import free_bytes
from segue.app.directory import LAKE, check_whole, owned_or_served
from segue.app.doctor_machine import (
    Finding,
    clock_is_kept,
    configuration,
    console,
    disk,
    failed,
    folder,
    permissions,
    port,
    versions,
    watch_out,
    well,
    wrong,
)
from segue.app.installation import Installation, open_installation
from segue.app.keys import unstaffed
from segue.app.lake import lake_of
from segue.app.measures import last_backup
from segue.app.status import Status, status_of
from segue.domain.order import DAY, SECOND, rfc3339
from segue.domain.rules import Rules
from segue.errors import SegueError
from segue.ports.database import Session
from segue.ports.statements import statements
from segue.settings import Settings, load_settings

_SQL = statements("segue.app", "doctor.sql")

_LAG_SECONDS = 60
_BACKLOG_EVENTS = 1_000_000
_BACKUP_DAYS = 8
_DISK_DAYS = 30
_ENDING = 14 * DAY


def examine(data: Path) -> list[Finding]:
    """Every check, in the order in which one fault explains the next."""
    findings = [versions(), folder(data)]
    if findings[-1].verdict == "wrong":
        return findings
    findings.append(permissions(data))
    try:
        settings = load_settings(data)
    except SegueError as error:
        return [*findings, failed("settings", error)]
    findings += configuration(data, settings, os.environ)
    findings += [disk(data, settings), port(data, settings), console(), backups(data)]
    try:
        schema = _schema(data, settings)
        findings.append(schema)
        if schema.verdict == "well":
            with open_installation(data) as installation:
                findings += list(_installation(installation))
    except SegueError as error:
        findings.append(failed("database", error))
    return findings


def backups(data: Path) -> Finding:
    """How old the last one is."""
    made = last_backup(data)
    if not made:
        return watch_out("backup", "none was ever made from here", "segue backup FILE, every day")
    days = (time.time() - made) / 86_400
    if days > _BACKUP_DAYS:
        return watch_out("backup", f"the last one is {days:.0f} days old", "segue backup FILE, every day")
    return well("backup", f"the last one is {days * 24:.0f} hours old")


def _schema(data: Path, settings: Settings) -> Finding:
    """Whether what lies here is of this version, without changing it."""
    newest = migrations()[-1][0]
    with owned_or_served(data) as owned:
        at = _schema_at(data, settings) if owned else newest
    if at and at > newest:
        says = f"the directory is of a newer Segue (schema {at}, this one knows {newest})"
        return wrong("schema", says, "install that version again")
    if at and at < newest:
        says = f"the directory is of an older Segue (schema {at} of {newest})"
        return watch_out("schema", says, "make a backup, then start segue serve: it brings it up to date")
    return well("schema", f"{newest}, as this version's" if at else "nothing here yet: it is made now")


def _schema_at(data: Path, settings: Settings) -> int:
    """The last migration that has run in the database that no server of ours runs on; 0 for none."""
    check_whole(data)
    server = None
    url = settings.database_url
    if not url:
        if not (data / "postgres" / "PG_VERSION").exists():
            return 0
        server = EmbeddedServer(data, version=settings.postgres_version)
        server.start()
        url = server.url
    try:
        database = PostgresDatabase(url, pool_size=1)
        try:
            return schema_of(database)
        finally:
            database.close()
    finally:
        if server is not None:
            server.stop()


# ── the installation ──────────────────────────────────────────────────────────


def _installation(installation: Installation) -> Iterator[Finding]:
    with installation.database.transaction(read_only=True) as session:
        now = installation.clock.now()
        yield from _server(session, now)
        yield _growth(session, installation, now)
        status = status_of(session, now)  # counts every fragment: once for all who ask
        yield _loop(status)
        yield _lake(status)
        yield _letters(session)
        yield _identity(session)
        yield _erasures(session, now)
        yield _keys(session)
        yield _ending(session, now)
        screens = session.fetch(_SQL["screens"], now=now)
    yield _files(installation)
    try:
        rules = installation.rules()
    except SegueError as error:
        yield failed("definitions", error)
    else:
        yield well("definitions", f"version {rules.version}")
        yield _screens(screens, rules)


def watch(installation: Installation, session: Session, status: Status, now: int) -> Iterator[Finding]:
    """What can go wrong while a server runs, well or not; ``status`` was read in the same session."""
    yield disk(installation.data, installation.settings)
    yield _loop(status)
    yield _lake(status)
    yield _letters(session)
    yield _identity(session)
    yield _erasures(session, now)
    yield _ending(session, now)


def _server(session: Session, now: int) -> Iterator[Finding]:
    [(version, fsync, full_pages, encoding, moment)] = session.fetch(_SQL["server"])
    yield _database(version, encoding, safe=fsync == "on" and full_pages == "on")
    yield _clock(moment, now)


def _database(version: int, encoding: str, *, safe: bool) -> Finding:
    says = f"PostgreSQL {version // 10_000}"
    if version < 150_000:
        cure = "use PostgreSQL 15 or later"
        return wrong("database", f"{says} is too old", cure)
    if not safe:
        says += " may lose what was acknowledged: fsync or full_page_writes is off"
        return wrong("database", says, "switch both on")
    if encoding != "UTF8":
        cure = "create the database with encoding UTF8"
        return wrong("database", f"{says} keeps {encoding}", cure)
    return well("database", says)


def _clock(theirs: int, ours: int) -> Finding:
    apart = abs(theirs - ours) / SECOND
    if apart > 5:
        says = f"this machine and the database's differ by {apart:.0f} s"
        return wrong("clock", says, "synchronise both (NTP)")
    kept = clock_is_kept()
    if kept is False:
        says = "agrees with the database's, and nobody synchronises it"
        return watch_out("clock", says, "run systemd-timesyncd or chrony: times of events depend on it")
    return well("clock", f"agrees with the database's{', and is synchronised' if kept else ''}")


def _growth(session: Session, installation: Installation, now: int) -> Finding:
    """How long the disk will do at the growth so far; told after a day."""
    [(since, size)] = session.fetch(_SQL["growth"])
    age = (now - since) / DAY
    if age < 1 or size <= 0:
        return well("growth", f"{size / 2**20:,.0f} MiB; how long the disk will do is told after a day")
    left = free_bytes(installation.data) - (installation.settings.disk_floor_mb << 20)
    days = max(0, left) * age / size
    says = f"{size / age / 2**20:,.1f} MiB a day so far: the disk will do for about {days:,.0f} days"
    if days < _DISK_DAYS:
        return watch_out("growth", says, "plan for a larger disk")
    return well("growth", says)


def _keys(session: Session) -> Finding:
    """Keys that let somebody in and bring nothing."""
    names = [name for (name,) in session.fetch(_SQL["idle_sources"])]
    if names:
        says = f"no event in eight days from {', '.join(names[:5])}{' and others' if len(names) > 5 else ''}"
        cure = "see whether the client runs, or revoke the key: segue keys list"
        return watch_out("keys", says, cure)
    return well("keys", "every source with a key has sent events lately")


def _ending(session: Session, now: int) -> Finding:
    """Keys that end by themselves within two weeks, or did."""
    rows = session.fetch(_SQL["ending"], since=now - _ENDING, until=now + _ENDING)
    if not rows:
        return well("key expiry", "no key ends within two weeks")
    (key_id, of, at), *others = rows
    says = f"the key {key_id} ({of}) {'expires' if at > now else 'expired'} at {rfc3339(at)}"
    says += f", and {len(others)} more end within two weeks or did" if others else ""
    return watch_out("key expiry", says, "make another, hand it over, then revoke the old one: segue keys")


def _screens(keys: Sequence[tuple[str, str, str | None, bool]], rules: Rules) -> Finding:
    """Keys of visitors' screens that prove too much, or too little."""
    for key_id, name, source, trusted in keys:
        placement = unstaffed(rules, name)
        if placement is None or (source is not None and not trusted):
            continue
        cure = f"segue keys create --role decide --placement {name} --source {source or placement.touchpoint}"
        if trusted:
            says = f"the key {key_id} was made trusted, and visitors speak at {name}: it counts as public"
        else:
            says = f"the key {key_id} of {name} has no source: a proof is good for questions, not for events"
        return watch_out("screens", says, f"{cure}, put that into the screen, and revoke the old one")
    return well("screens", f"{len(keys)} keys that are bound to a placement")


def _files(installation: Installation) -> Finding:
    """Whether the lake's files are those of its manifest."""
    names = lake_of(installation).file_names()
    # looked for again at the end: a file may be superseded while we look
    missing = [name for name in names if not (installation.data / LAKE / name).exists()]
    missing = sorted(set(missing) & set(lake_of(installation).file_names())) if missing else []
    if missing:
        says = f"{len(missing)} of {len(names)} files are missing, such as {missing[0]}"
        return wrong("lake files", says, "restore a backup; what is lost is what those files held")
    return well("lake files", f"{len(names)}, all there")


def _loop(status: Status) -> Finding:
    behind = status.log_offset - status.processed_offset
    if status.lag_seconds > _LAG_SECONDS:
        says = f"{behind} events wait, the oldest for {status.lag_seconds:.0f} s"
        return watch_out("loop", says, "more workers: segue serve --workers N")
    return well("loop", f"{status.processed_offset} of {status.log_offset} events processed")


def _lake(status: Status) -> Finding:
    behind = status.log_offset - status.archived_offset
    if behind > _BACKLOG_EVENTS:
        says = f"{behind} events are not in the lake yet"
        return watch_out("lake", says, "see the log of worker 0")
    return well("lake", f"{status.archived_offset} of {status.log_offset} events archived")


def _letters(session: Session) -> Finding:
    rows = session.fetch(_SQL["dead"])
    if not rows:
        return well("dead letters", "none")
    says = ", ".join(f"{count} {reason}" for reason, count in rows)
    return watch_out("dead letters", says, "see `segue deadletters list`")


def _identity(session: Session) -> Finding:
    [(frozen,)] = session.fetch(_SQL["frozen"])
    if frozen:
        says = f"{frozen} links are set aside: more than 1,000 in one person"
        cure = "block the identifier they share in identity.yaml"
        return watch_out("identity", says, cure)
    return well("identity", "no oversized person")


def _erasures(session: Session, now: int) -> Finding:
    [(late,)] = session.fetch(_SQL["erasures"], before=now - DAY)
    if late:
        says = f"{late} have waited a day for their proof"
        return wrong("erasures", says, "run segue serve and see its log")
    return well("erasures", "none overdue")


__all__ = ["Finding", "examine", "watch"]
