"""What the first page of the console tells: how many persons, how fresh, what came, what needs attention."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Literal

import msgspec

from segue.app import doctor
from segue.app.installation import Installation
from segue.app.status import Status, status_of
from segue.domain.order import DAY, HOUR, SECOND, rfc3339
from segue.enrich.tally import BUCKET
from segue.ports.database import Session
from segue.ports.statements import statements

_SQL = statements("segue.app", "overview.sql")

FRESH_FOR = (SECOND, 30 * SECOND)
"""How long the figures are told again before they are counted anew, at least and at most, in microseconds."""
SHARE = 100
"""Times what counting took: a hundredth of a core at most where it takes 0.3 s or less, and a small shop
sees its figures at once. What takes longer is counted every 30 s all the same."""

QUIET_AFTER = HOUR
USUALLY = 3
"""Days on which a source had events at this time of day before its silence is worth a word."""


class PersonCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Persons; shared devices are nobody."""

    total: int
    #: with an identifier that names no device
    known: int
    anonymous: int


class MatchCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How far anonymous visits became somebody's."""

    #: devices that nobody shares
    devices: int
    #: those of them whose person is known
    joined: int
    #: joined ÷ devices, 0 to 1; null without devices
    rate: float | None


class Freshness(msgspec.Struct, frozen=True, kw_only=True):
    """How far the loop is behind."""

    lag_seconds: float
    #: events that are accepted and not yet applied
    waiting: int


class ChannelCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What came through one source and channel."""

    source: str
    channel: str
    last_hour: int
    last_day: int
    #: RFC 3339
    last_at: str


class SeriesPoint(msgspec.Struct, frozen=True, kw_only=True):
    """Ten minutes of a source and channel."""

    #: when they began, RFC 3339
    at: str
    source: str
    channel: str
    events: int


class EventCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Events by their receipt; hours and days are whole ten minutes, the present ones among them."""

    #: accepted since the beginning
    total: int
    last_hour: int
    last_day: int
    by: list[ChannelCounts]
    #: the last 24 hours
    series: list[SeriesPoint]


class ReasonCount(msgspec.Struct, frozen=True, kw_only=True):
    """Dead letters of one reason."""

    reason: str
    letters: int


class LetterCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Dead letters that wait."""

    waiting: int
    by_reason: list[ReasonCount]


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """Something somebody should look at."""

    verdict: Literal["watch", "wrong"]
    what: str
    says: str
    cure: str | None
    #: a page of the console, below /console
    link: str | None


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """The installation on one page."""

    #: when it was counted, RFC 3339
    at: str
    age_seconds: float
    persons: PersonCounts
    identifiers: int
    shared_devices: int
    match: MatchCounts
    freshness: Freshness
    events: EventCounts
    dead_letters: LetterCounts
    attention: list[Attention]


class Figures:
    """Counts as often as that is cheap, however many ask. Safe to share between threads."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._lock = threading.Lock()
        #: when it was counted, for how long that holds, and what
        self._counted: tuple[int, int, Overview] | None = None

    def read(self) -> Overview:
        """The figures, with their age; UnavailableError when the database is away."""
        with self._lock:
            clock = self._installation.clock
            now = clock.now()
            if self._counted is None or not 0 <= now - self._counted[0] < self._counted[1]:
                found = count(self._installation, now)
                self._counted = now, holds(clock.now() - now), found
            at, _, overview = self._counted
        return msgspec.structs.replace(overview, age_seconds=(now - at) / SECOND)


def holds(took: int) -> int:
    """Microseconds for which figures are told that took so many to count."""
    least, most = FRESH_FOR
    return min(max(least, SHARE * took), most)


def count(installation: Installation, now: int) -> Overview:
    """Count everything as of ``now`` (microseconds)."""
    with installation.database.transaction(read_only=True) as session:
        status = status_of(session, now)
        [(total, known, devices, joined)] = session.fetch(_SQL["persons"])
        [(identifiers, shared)] = session.fetch(_SQL["identifiers"])
        letters = session.fetch(_SQL["letters"])
        events = _events(session, now, status)
        attention = [*_findings(installation, session, status, now), *_silent(session, now)]
    return Overview(
        at=rfc3339(now),
        age_seconds=0.0,
        persons=PersonCounts(total=total, known=known, anonymous=total - known),
        identifiers=identifiers,
        shared_devices=shared,
        match=MatchCounts(devices=devices, joined=joined, rate=joined / devices if devices else None),
        freshness=Freshness(
            lag_seconds=status.lag_seconds, waiting=max(0, status.log_offset - status.processed_offset)
        ),
        events=events,
        dead_letters=LetterCounts(
            waiting=status.dead_letters,
            by_reason=[ReasonCount(reason=reason, letters=count) for reason, count in letters],
        ),
        attention=sorted(attention, key=lambda each: each.verdict != "wrong"),
    )


def _events(session: Session, now: int, status: Status) -> EventCounts:
    rows = session.fetch(_SQL["tally"], since=now - now % BUCKET - DAY + BUCKET)
    hour = now - now % BUCKET - HOUR + BUCKET
    by: dict[tuple[str, str], list[int]] = {}
    for at, source, channel, events, last in rows:
        held = by.setdefault((source, channel), [0, 0, 0])
        held[0] += events if at >= hour else 0
        held[1] += events
        held[2] = max(held[2], last)
    return EventCounts(
        total=status.log_offset,
        last_hour=sum(held[0] for held in by.values()),
        last_day=sum(held[1] for held in by.values()),
        by=[
            ChannelCounts(source=source, channel=channel, last_hour=hour, last_day=day, last_at=rfc3339(last))
            for (source, channel), (hour, day, last) in sorted(
                by.items(), key=lambda item: (-item[1][1], item[0])
            )
        ],
        series=[
            SeriesPoint(at=rfc3339(at), source=source, channel=channel, events=events)
            for at, source, channel, events, _ in rows
        ],
    )


# ── what needs attention ─────────────────────────────────────────────────────

_LINKS = {
    "dead letters": "/dead-letters",
    "identity": "/settings/identity",
    "erasures": "/settings/audit",
    "key expiry": "/settings/keys",
}


def _findings(installation: Installation, session: Session, status: Status, now: int) -> Iterable[Attention]:
    """What the doctor finds that can go wrong while it runs."""
    for finding in doctor.watch(installation, session, status, now):
        if finding.verdict != "well":
            yield Attention(
                verdict=finding.verdict,
                what=finding.what,
                says=finding.says,
                cure=finding.cure,
                link=_LINKS.get(finding.what),
            )


def _silent(session: Session, now: int) -> Iterable[Attention]:
    """Sources from which nothing has come for an hour in which something usually comes.

    Usually: on at least three of the days before, on most of them, and on this day of the week.
    """
    for source, last, days, same_weekday, counted in session.fetch(
        _SQL["quiet"], now=now, day=DAY, hour=HOUR
    ):
        known_days = min(counted, 7)
        usual = days >= USUALLY and 2 * days > known_days and (counted < 7 or same_weekday)
        if usual and now - last >= QUIET_AFTER:
            yield Attention(
                verdict="watch",
                what=f"source {source}",
                says=f"nothing has come since {rfc3339(last)}; at this time of day something usually does",
                cure="look whether it still sends, and whether its key was revoked",
                link=f"/sources/{source}",
            )


__all__ = ["Figures", "Overview", "count"]
