"""Segments as they stand: how many are in each, who, and how that changed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from segue.app.installation import Installation
from segue.app.names import known
from segue.app.segments.entering import event_name
from segue.domain.identifiers import parse_id
from segue.domain.order import DAY, SECOND, rfc3339
from segue.domain.rules.conditions import condition_to_json
from segue.enrich import store
from segue.enrich.glance import Glance, glance_of
from segue.errors import InvalidInputError
from segue.ports.database import Session
from segue.ports.statements import statements

_SQL = statements("segue.app.segments", "members.sql")

FRESH_FOR = 5 * SECOND
"""Microseconds for which counts are good enough: counting takes a while where millions are in segments."""

LONGEST_HISTORY = 400
"""Days."""


class SegmentView(msgspec.Struct, frozen=True, kw_only=True):
    """A segment, and how many are in it."""

    name: str
    title: str
    description: str
    #: the condition, as in segments.yaml
    when: dict[str, Any]
    count: int
    #: count ÷ all persons, 0 to 1
    share: float
    #: RFC 3339
    as_of: str
    entered_7d: int
    exited_7d: int
    #: everybody is judged by this definition; else what it asks for is being counted, or judging goes on
    settled: bool
    #: how far that has come, 0 to 1
    fraction: float


class SegmentList(msgspec.Struct, frozen=True, kw_only=True):
    """All segments, in the order of their definition."""

    segments: list[SegmentView]


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is in a segment."""

    person_id: str
    #: her name, else her best identifier; null when only her id is known
    label: str | None
    #: RFC 3339
    since: str


class MemberPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some of those who are in a segment, by id."""

    members: list[Member]
    #: ``after`` for the next page; null on the last one
    next: str | None


class SegmentDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day of the retailer's zone."""

    #: YYYY-MM-DD
    day: str
    #: how many were in it at the day's end, or are now
    count: int
    entered: int
    exited: int


class SegmentHistory(msgspec.Struct, frozen=True, kw_only=True):
    """Day by day, the oldest first."""

    days: list[SegmentDay]


class SegmentChange(msgspec.Struct, frozen=True, kw_only=True):
    """An entry or an exit: a derived event of a person's."""

    at: str
    #: ``Segment Entered`` or ``Segment Exited``
    event: str
    segment: str
    #: events, time, identity, definition or prediction
    cause: str


class SegmentChanges(msgspec.Struct, frozen=True, kw_only=True):
    """A person's entries and exits, the newest first."""

    changes: list[SegmentChange]


class Segments:
    """Reads the segments of one installation. Safe to share between threads; keep it."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._lock = threading.Lock()
        self._counted: tuple[int, int, list[SegmentView]] | None = None

    def all(self) -> SegmentList:
        """Every segment with its count, at most some seconds old."""
        rules, now = self._installation.rules(), self._installation.clock.now()
        with self._lock:
            held = self._counted
            if held is None or held[1] != rules.version or not 0 <= now - held[0] < FRESH_FOR:
                held = self._counted = now, rules.version, self._count(now)
        return SegmentList(segments=held[2])

    def one(self, name: str) -> SegmentView:
        """One of them; NotFoundError names the nearest."""
        self._known(name)
        return next(each for each in self.all().segments if each.name == name)

    def _count(self, now: int) -> list[SegmentView]:
        rules = self._installation.rules()
        with self._installation.database.transaction(read_only=True) as session:
            counts: dict[str, int] = dict(session.fetch(_SQL["counts"]))
            lately = {
                segment: (entered, exited)
                for segment, entered, exited in session.fetch(_SQL["lately"], since=now - 7 * DAY)
            }
            [(persons,)] = session.fetch(_SQL["persons"])
            [(definitions, ready, judged, of, going)] = session.fetch(_SQL["round"])
        settled = definitions == rules.version
        fraction = 1.0 if settled and not going else (min(1.0, judged / of) if of and settled else 0.0)
        found = []
        for segment in rules.segments:
            count = counts.get(segment.name, 0)
            entered, exited = lately.get(segment.name, (0, 0))
            whole = settled and segment.name in ready
            found.append(
                SegmentView(
                    name=segment.name,
                    title=segment.title,
                    description=segment.description,
                    when=condition_to_json(segment.when),
                    count=count,
                    share=count / persons if persons else 0.0,
                    as_of=rfc3339(now),
                    entered_7d=entered,
                    exited_7d=exited,
                    settled=whole and not going,
                    fraction=fraction if whole else 0.0,
                )
            )
        return found

    def members(self, name: str, *, limit: int = 50, after: str | None = None) -> MemberPage:
        """A page of those in it, with their names; NotFoundError, InvalidInputError for a wrong ``after``."""
        self._known(name)
        place = _place(after)
        rules, now = self._installation.rules(), self._installation.clock.now()
        with self._installation.database.transaction(read_only=True) as session:
            rows = session.fetch(_SQL["members"], segment=name, after=place, limit=limit + 1)
            shown = rows[:limit]
            parts = store.read_persons(session, [person for person, _ in shown])
        glances: dict[bytes, Glance] = {
            person: glance_of(each, rules, now, None) for person, each in parts.items()
        }
        members = [
            Member(
                person_id=person.hex(),
                label=glances[person].label if person in glances else None,
                since=rfc3339(since),
            )
            for person, since in shown
        ]
        return MemberPage(members=members, next=shown[-1][0].hex() if len(rows) > limit else None)

    def everybody(self, name: str) -> list[Member]:
        """All of them by id, without names; for scripts. NotFoundError."""
        self._known(name)
        with self._installation.database.transaction(read_only=True) as session:
            rows = list(session.stream(_SQL["everybody"], segment=name))
        return [Member(person_id=person.hex(), label=None, since=rfc3339(since)) for person, since in rows]

    def history(self, name: str, *, days: int = 30) -> SegmentHistory:
        """Day by day until today: how many were in it, entered and left. NotFoundError."""
        self._known(name)
        zone = ZoneInfo(self._installation.settings.time_zone)
        today = datetime.fromtimestamp(self._installation.clock.now() / SECOND, UTC).astimezone(zone).date()
        first = today - timedelta(days=days - 1)
        with self._installation.database.transaction(read_only=True) as session:
            count = int(session.fetch(_SQL["count_of"], segment=name)[0][0])
            rows = session.fetch(_SQL["days"], segment=name, zone=zone.key, since=_midnight(first, zone))
        by_day = {day: (int(entered), int(exited)) for day, entered, exited in rows}
        found = []
        for back in range(days):
            day = today - timedelta(days=back)
            entered, exited = by_day.get(day, (0, 0))
            found.append(SegmentDay(day=day.isoformat(), count=count, entered=entered, exited=exited))
            count += exited - entered
        return SegmentHistory(days=found[::-1])

    def changes_of(self, fragments: Sequence[bytes], *, limit: int = 200) -> SegmentChanges:
        """Entries and exits under any of these ids, the newest first."""
        with self._installation.database.transaction(read_only=True) as session:
            return changes(session, fragments, limit)

    def _known(self, name: str) -> None:
        known(name, [each.name for each in self._installation.rules().segments], "segment")


def changes(session: Session, fragments: Sequence[bytes], limit: int) -> SegmentChanges:
    """Entries and exits under any of these ids, the newest first."""
    rows = session.fetch(_SQL["changes_of"], ids=list(fragments), limit=limit)
    return SegmentChanges(
        changes=[
            SegmentChange(
                at=rfc3339(at),
                event=event_name(entered),
                segment=segment,
                cause=cause,
            )
            for at, segment, entered, cause in rows
        ]
    )


def _place(after: str | None) -> bytes:
    if after is None:
        return b""
    try:
        return bytes(parse_id(after))
    except InvalidInputError:
        raise InvalidInputError(
            f"after={after[:60]!r} is no place in a list of members",
            cure="send the `next` of the page before",
        ) from None


def _midnight(day: date, zone: ZoneInfo) -> int:
    return round(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * SECOND)
