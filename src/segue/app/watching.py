"""Looking at the end of the log and at the dead letters: what came since the last look, and the newest.

What was erased is not told. Whose an event is, is told as far as the loop has come.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from segue.app.deadletters import Letter
from segue.app.installation import Installation
from segue.app.lake import lake_of
from segue.archive.rows import lake_row
from segue.archive.timeline import event_json
from segue.domain.channel import channel_of
from segue.domain.order import HOUR, SECOND, rfc3339
from segue.ports.database import Session
from segue.ports.statements import statements

_SQL = statements("segue.app", "live.sql")

SHOWN = 50
"""Events of one look that a listener is shown."""

BYTES = 256 * 1024
"""Bytes of events that a listener is shown of one look."""

LOOKED_AT = 5_000
"""Entries of the log that one look reads at most, the newest."""

PORTION = 2_000
TAIL = 20_000
"""Entries at the log's end in which the newest events of a source are looked for, before the lake is."""

LETTERS = 20
LATE = 5 * SECOND
"""Dead letters may become visible this long after their receipt."""

_END = 1 << 62

Letters = list[Letter]


class LiveEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event as it came."""

    log_offset: int
    #: RFC 3339
    received_at: str
    #: RFC 3339
    timestamp: str
    source: str
    channel: str
    type: str
    event: str | None
    message_id: str
    fragment_id: str
    #: null while the loop has not come so far, and for a device that several people share
    person_id: str | None
    #: what was done to it on the way in; ``repeated``: its message id had been applied before
    marks: list[str]
    #: the whole event, where it was asked for
    body: dict[str, Any] | None = None


class ChannelEvents(msgspec.Struct, frozen=True, kw_only=True):
    """Events applied since the last look."""

    source: str
    channel: str
    events: int


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """How the installation does, once a second."""

    #: RFC 3339
    at: str
    #: accepted
    events_per_second: float
    lag_seconds: float
    log_offset: int
    processed_offset: int
    by: list[ChannelEvents]


class Recent(msgspec.Struct, frozen=True, kw_only=True):
    """The newest events and dead letters, newest first."""

    events: list[LiveEvent]
    letters: Letters


class Pulse(NamedTuple):
    """Where a look has come to."""

    at: int
    head: int
    #: source and channel → events of the last hours
    tally: Mapping[tuple[str, str], int]
    #: dead letters that were told
    told: frozenset[str]


class _Row(NamedTuple):
    offset: int
    received_at: int
    fragment_id: bytes
    payload: bytes


class _Origin(msgspec.Struct):
    source: str


_origin = msgspec.msgpack.Decoder(_Origin).decode


class Came(NamedTuple):
    """What one look has found."""

    pulse: Pulse
    tick: Tick
    #: source (empty: any) → events, the oldest first, with their bodies
    events: Mapping[str, list[LiveEvent]]
    #: source → how many came
    counted: Mapping[str, int]
    letters: Letters

    def shown(self, source: str, *, detail: bool) -> tuple[list[LiveEvent], int]:
        """The events of a source, and how many more there were."""
        found = self.events.get(source, [])
        left_out = max(0, self.counted.get(source, 0) - len(found))
        if not detail:
            found = [msgspec.structs.replace(each, body=None) for each in found]
        return found, left_out

    def letters_of(self, source: str) -> Letters:
        """The dead letters of a source."""
        return [each for each in self.letters if source in ("", each.source)]


class Watcher:
    """Looks at an installation. Safe to share between threads."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._lake = lake_of(installation)

    def look(self, before: Pulse | None, sources: Collection[str]) -> Came:
        """What came since the look ``before`` (None: nothing yet) from these sources; UnavailableError."""
        now = self._installation.clock.now()
        with self._installation.database.transaction(read_only=True) as session:
            [(head, processed, oldest)] = session.fetch(_SQL["pulse"])
            since = now - now % HOUR - 2 * HOUR
            rows = session.fetch(_SQL["tally"], since=since)
            tally = {(source, channel): events for source, channel, events in rows}
            last = head if before is None else min(before.head, head)
            events, counted = _came(session, last, head, sources)
            letters, told = _letters(session, now, before)
        seconds = 0.0 if before is None else max(now - before.at, 1) / SECOND
        tick = Tick(
            at=rfc3339(now),
            events_per_second=round((head - last) / seconds, 1) if seconds else 0.0,
            lag_seconds=0.0 if oldest is None else max(0, now - oldest) / SECOND,
            log_offset=head,
            processed_offset=processed,
            by=[] if before is None else _grown(before.tally, tally),
        )
        return Came(Pulse(now, head, tally, told), tick, events, counted, letters)

    def recent(self, source: str, limit: int, before: int = _END) -> Recent:
        """The newest events of a source (empty: of any) with their bodies, from log and lake.

        ``before``: only those whose log offset is less.
        """
        with self._installation.database.transaction(read_only=True) as session:
            rows, lowest = _tail(session, source, limit, before)
            events = _live(session, rows)
            letters = session.fetch(_SQL["letters"], since=0, source=source, limit=min(limit, LETTERS))
        if len(rows) < limit:
            events += self._from_lake(source, limit - len(rows), lowest)
        return Recent(events=events, letters=[_letter(row) for row in letters])

    def _from_lake(self, source: str, limit: int, before: int) -> list[LiveEvent]:
        if not self._lake.file_names():
            return []
        chosen = f"log_offset < {before:d}"
        if source:
            chosen += " and source = '" + source.replace("'", "''") + "'"
        columns = "* exclude (mentions, day, position)"
        text = f"select {columns} from events where {chosen} order by log_offset desc limit {limit:d}"
        rows = self._lake.query(text, wait=False).rows
        with self._installation.database.transaction(read_only=True) as session:
            fates = _fates(session, [(row["log_offset"], bytes.fromhex(row["fragment_id"])) for row in rows])
        return [_from_row(row, fates[row["log_offset"]]) for row in rows]


# ── the log ──────────────────────────────────────────────────────────────────


def _came(
    session: Session, last: int, head: int, sources: Collection[str]
) -> tuple[dict[str, list[LiveEvent]], dict[str, int]]:
    """The newest events after ``last`` by source, and how many came from each."""
    if head <= last:
        return {}, {}
    limit = SHOWN if set(sources) <= {""} else LOOKED_AT
    rows = [_Row(*row) for row in session.fetch(_SQL["newest"], after=last, before=head + 1, limit=limit)]
    by_source: dict[str, list[_Row]] = {source: [] for source in sources}
    counted = dict.fromkeys(sources, 0)
    for row in rows:
        for source in {"", _origin(row.payload).source} & by_source.keys():
            counted[source] += 1
            if len(by_source[source]) < SHOWN:
                by_source[source].append(row)
    if "" in counted:
        counted[""] = head - last
    chosen = {row.offset: row for found in by_source.values() for row in _within(found)}
    live = {each.log_offset: each for each in _live(session, list(chosen.values()))}
    gone = len(chosen) - len(live)
    told = {
        source: [live[row.offset] for row in reversed(list(_within(found))) if row.offset in live]
        for source, found in by_source.items()
    }
    return told, {source: max(len(told[source]), count - gone) for source, count in counted.items()}


def _within(rows: Sequence[_Row]) -> Iterator[_Row]:
    """As many as are told at once."""
    room = BYTES
    for row in rows:
        room -= len(row.payload)
        if room < 0:
            return
        yield row


def _tail(session: Session, source: str, limit: int, before: int) -> tuple[list[_Row], int]:
    """The newest entries of a source before an offset, and the offset from which on all was looked at."""
    found: list[_Row] = []
    lowest, looked_at = before, 0
    while len(found) < limit and looked_at < TAIL:
        rows = session.fetch(_SQL["newest"], after=0, before=lowest, limit=PORTION if source else limit)
        for row in map(_Row._make, rows):
            lowest = row.offset
            if len(found) < limit and (not source or _origin(row.payload).source == source):
                found.append(row)
        looked_at += len(rows)
        if not rows:
            break
    return found, lowest


_Fate = tuple[str | None, bool, bool]
"""Whose it is, whether it was applied before, whether it is erased."""


def _fates(session: Session, entries: Sequence[tuple[int, bytes]]) -> dict[int, _Fate]:
    offsets, ids = [offset for offset, _ in entries], [fragment for _, fragment in entries]
    rows = session.fetch(_SQL["fates"], offsets=offsets, ids=ids) if entries else []
    return {offset: (None if who is None else who.hex(), again, gone) for offset, who, again, gone in rows}


def _live(session: Session, rows: Sequence[_Row]) -> list[LiveEvent]:
    fates = _fates(session, [(row.offset, row.fragment_id) for row in rows])
    return [
        _from_row(_body(row), fates[row.offset])
        for row in rows
        if not fates[row.offset][2]
    ]  # fmt: skip


def _body(row: _Row) -> dict[str, Any]:
    return {"log_offset": row.offset, **event_json(lake_row(row.offset, row.payload))}


def _from_row(row: Mapping[str, Any], fate: _Fate) -> LiveEvent:
    """A row of the lake, or what it will be, as an event."""
    body = {name: value for name, value in row.items() if value is not None}
    marks = [*(body.get("marks") or ()), *(["repeated"] if fate[1] else [])]
    channel = channel_of(row["type"], row["source"], body.get("context") or {}, body.get("properties") or {})
    return LiveEvent(
        log_offset=row["log_offset"],
        received_at=row["received_at"],
        timestamp=row["timestamp"],
        source=row["source"],
        channel=channel,
        type=row["type"],
        event=row["event"] or None,
        message_id=row["message_id"],
        fragment_id=row["fragment_id"],
        person_id=fate[0],
        marks=marks,
        body=body,
    )


# ── figures and letters ──────────────────────────────────────────────────────


def _grown(before: Mapping[tuple[str, str], int], now: Mapping[tuple[str, str], int]) -> list[ChannelEvents]:
    """What was applied since; buckets that were left behind make a sum smaller, which is no news."""
    grown = {each: events - before.get(each, 0) for each, events in sorted(now.items())}
    return [
        ChannelEvents(source=source, channel=channel, events=events)
        for (source, channel), events in grown.items()
        if events > 0
    ]


def _letters(session: Session, now: int, before: Pulse | None) -> tuple[Letters, frozenset[str]]:
    """Those that were not told yet; of very many the newest."""
    since = (now if before is None else min(now, before.at)) - LATE
    rows = session.fetch(
        _SQL["letters"], since=since, source="", limit=LETTERS + len(before.told if before else ())
    )
    present = frozenset(row[0] for row in rows)
    new = [] if before is None else [row for row in rows if row[0] not in before.told]
    return [_letter(row) for row in new[:LETTERS]], present


def _letter(row: tuple[Any, ...]) -> Letter:
    letter_id, source, received_at, reason, detail, raw, replayed = row
    return Letter(
        dead_letter_id=letter_id,
        source=source,
        received_at=rfc3339(received_at),
        reason=reason,
        detail=detail,
        raw=bytes(raw).decode("utf-8", "replace"),
        replayed_at=None if replayed is None else rfc3339(replayed),
    )


__all__ = ["Came", "LiveEvent", "Pulse", "Recent", "Tick", "Watcher"]
