"""Sources: who sends events, with which keys, and whether they are alive.

A source and its first ingest key are made together. Switching one off, a new key and a new identity
secret are heard by every web process within a second.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import msgspec

from segue.app.audit import record_act
from segue.app.demo.story import read_story
from segue.app.installation import Installation
from segue.app.keys import NewKey, add_key
from segue.domain.order import DAY, HOUR, rfc3339
from segue.errors import ConflictError, InvalidInputError, NotFoundError
from segue.ports.database import Session
from segue.ports.statements import statements

_SQL = statements("segue.app", "sources.sql")

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
"""What a new source may be called: it stands in paths, settings and the lake."""


class SourceKey(msgspec.Struct, frozen=True, kw_only=True):
    """An ingest key of a source, without the key."""

    key_id: str
    #: RFC 3339
    created_at: str
    revoked_at: str | None
    #: it is refused from then on; null: never by itself
    expires_at: str | None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A source, as the API, the console and the command line show it."""

    name: str
    #: server, till or import; one that is not can be spoken for by anybody who reads its key
    trusted: bool
    #: ``segment``, ``files``, …
    dialect: str
    #: events of one that is switched off are refused with ``source_disabled``
    enabled: bool
    #: RFC 3339
    created_at: str
    #: its events are made up, for the demo
    composed: bool
    #: RFC 3339; null: nothing has come yet
    last_event_at: str | None
    #: events accepted within the last hour and day
    last_hour: int
    last_day: int
    #: its dead letters that wait to be mended or replayed
    dead_letters: int
    #: oldest first, revoked ones too
    keys: list[SourceKey]
    #: its backend can sign identity tokens
    has_identity_secret: bool


class AddedSource(msgspec.Struct, frozen=True, kw_only=True):
    """A new source and its first ingest key, which is shown this once."""

    source: Source
    key: str


def list_sources(installation: Installation) -> list[Source]:
    """Every source, oldest first."""
    with installation.database.transaction(read_only=True) as session:
        return _sources(installation, session, None)


def read_source(installation: Installation, name: str) -> Source:
    """One source. NotFoundError."""
    with installation.database.transaction(read_only=True) as session:
        return _one(installation, session, name)


def add_source(installation: Installation, name: str, *, trusted: bool, actor: str) -> AddedSource:
    """Make a source with an ingest key of its own, both or neither.

    InvalidInputError for a name that none can have, ConflictError when there is one already.
    """
    if NAME.fullmatch(name) is None:
        raise InvalidInputError(
            f"{name[:80]!r} cannot name a source",
            cure="use 1 to 40 small letters, digits, - and _, a letter first, e.g. web-shop",
        )
    now = installation.clock.now()
    with installation.database.transaction() as session:
        if session.fetch(_SQL["trusted"], name=name):
            raise ConflictError(
                f"there is a source {name!r} already", cure="take another name, or give it a new key"
            )
        key = add_key(session, role="ingest", source=name, trusted=trusted, at=now, actor=actor)
        detail = {"trusted": trusted, "key": key.key_id}
        record_act(session, at=now, actor=actor, act="source created", subject=name, detail=detail)
        return AddedSource(source=_one(installation, session, name), key=key.key)


def add_source_key(installation: Installation, name: str, *, actor: str) -> NewKey:
    """Another ingest key for a source, trusted as it is. NotFoundError."""
    with installation.database.transaction() as session:
        found = session.fetch(_SQL["trusted"], name=name)
        if not found:
            raise _no_source(name)
        now = installation.clock.now()
        return add_key(session, role="ingest", source=name, trusted=found[0][0], at=now, actor=actor)


def switch_source(installation: Installation, name: str, *, enabled: bool, actor: str) -> Source:
    """Take a source's events from now on, or refuse them; heard within a second. NotFoundError."""
    with installation.database.transaction() as session:
        if session.execute(_SQL["switch"], name=name, enabled=enabled):
            now = installation.clock.now()
            act = f"source switched {'on' if enabled else 'off'}"
            record_act(session, at=now, actor=actor, act=act, subject=name)
        return _one(installation, session, name)


def _one(installation: Installation, session: Session, name: str) -> Source:
    found = _sources(installation, session, name)
    if not found:
        raise _no_source(name)
    return found[0]


def _sources(installation: Installation, session: Session, name: str | None) -> list[Source]:
    now = installation.clock.now()
    rows = session.fetch(_SQL["listed"], name=name, hour=now - HOUR, day=now - DAY)
    keys: dict[str, list[SourceKey]] = {}
    for source, key_id, created_at, revoked_at, expires_at in session.fetch(_SQL["keys"], name=name):
        key = SourceKey(
            key_id=key_id,
            created_at=rfc3339(created_at),
            revoked_at=None if revoked_at is None else rfc3339(revoked_at),
            expires_at=None if expires_at is None else rfc3339(expires_at),
        )
        keys.setdefault(source, []).append(key)
    story = read_story(installation.data)
    composed = () if story is None else story.composed_sources
    return [_source(row, keys.get(row[0], []), composed) for row in rows]


def _source(row: tuple[Any, ...], keys: list[SourceKey], composed: Collection[str]) -> Source:
    name, trusted, dialect, enabled, created_at, secret, last_at, last_hour, last_day, letters = row
    return Source(
        name=name,
        trusted=trusted,
        dialect=dialect,
        enabled=enabled,
        created_at=rfc3339(created_at),
        composed=name in composed,
        last_event_at=None if last_at is None else rfc3339(last_at),
        last_hour=last_hour,
        last_day=last_day,
        dead_letters=letters,
        keys=keys,
        has_identity_secret=secret,
    )


def _no_source(name: str) -> NotFoundError:
    return NotFoundError(f"there is no source {name[:80]!r}", cure="`segue sources list` shows them")
