"""One person's events across all channels, newest first.

They lie in the lake's files and, the last minute of them, in the log's tail. Files are read from the
newest days back, a few at first and then more, until there are enough events. Where only some are wanted,
a page looks at a bounded number of them and may be short, or empty, while there are more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import msgspec

from segue.archive import manifest
from segue.archive.rows import lake_rows
from segue.domain.channel import channel_of
from segue.domain.order import DAY, rfc3339
from segue.errors import InvalidInputError
from segue.ports.database import Database
from segue.ports.lake import LakeFile, LakeFiles, LakeRow, MissingFileError
from segue.ports.log import Entry
from segue.ports.statements import statements

_SQL = statements("segue.archive")
_EPOCH = date(1970, 1, 1)
_FIRST_LOOK = 8
_END = (1 << 62, 1 << 62)

MOST_SCANNED = 5_000
"""Events that one page looks at, wanted or not."""


class Days(NamedTuple):
    """First and last day (UTC) to look at, both included."""

    first: date = date.min
    last: date = date.max


class Filters(NamedTuple):
    """Which events are wanted: of any of these sources, and any of these types, …; empty leaves open."""

    sources: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()

    def want(self, row: LakeRow) -> bool:
        """Whether the event is one of those."""
        if self.sources and row.source not in self.sources:
            return False
        if self.types and row.type not in self.types:
            return False
        if self.events and row.event not in self.events:
            return False
        return not self.channels or _channel(row) in self.channels


Place = tuple[int, int]
"""Time and offset: where an event stands, and none other."""

Beside = Callable[[Place, int], Sequence[LakeRow]]
"""Of her other events those before a place, the newest so many, with offsets that no event has."""


def _nothing(before: Place, wanted: int) -> Sequence[LakeRow]:
    del before, wanted
    return ()


class Timeline(msgspec.Struct, frozen=True):
    """A page of events; ``next`` asks for the page after it, None at the end."""

    events: list[dict[str, Any]]
    next: str | None


def timeline(
    database: Database,
    files: LakeFiles,
    fragment_ids: Sequence[bytes],
    *,
    days: Days | None = None,
    limit: int = 50,
    after: str | None = None,
    until: int | None = None,
    only: Filters | None = None,
    beside: Beside | None = None,
) -> Timeline:
    """The events of these fragments, newest first; InvalidInputError for a cursor that is none of ours.

    ``until`` (microseconds) leaves out what happened later. ``beside`` tells events that the lake does
    not hold.
    With ``only``, a page that has looked at :data:`MOST_SCANNED` events ends, however few it has found.
    """
    want = (only or Filters()).want
    before = min(_cursor(after) if after else _END, _END if until is None else (max(until, 0) + 1, 0))
    wish = _Wish([each.hex() for each in fragment_ids], days or Days(), before, 0, beside or _nothing)
    found: list[LakeRow] = []
    portion, left = limit, max(limit, MOST_SCANNED)
    while True:
        rows = _rows_again(database, files, wish._replace(wanted=portion + 1))
        more = len(rows) > portion
        for number, row in enumerate(rows[:portion], 1):
            if want(row):
                found.append(row)
            if len(found) == limit or number == left:
                return _page(found, row if more or number < len(rows) else None)
        if not more:
            return _page(found, None)
        left -= portion
        wish = wish._replace(before=_place(rows[portion - 1]))
        portion = min(2 * portion, left)


def _page(found: Sequence[LakeRow], last: LakeRow | None) -> Timeline:
    """A page of what was found; ``last`` was looked at last, None at the end."""
    return Timeline([event_json(row) for row in found], None if last is None else _text(_place(last)))


def _rows_again(database: Database, files: LakeFiles, wish: _Wish) -> list[LakeRow]:
    """:func:`_rows`, once more where a file was superseded between the manifest and reading it."""
    try:
        return _rows(database, files, wish)
    except MissingFileError:
        return _rows(database, files, wish)


def event_json(row: LakeRow) -> dict[str, Any]:
    """An event in the shape of timelines and exports."""
    properties, context = msgspec.json.decode(row.properties), msgspec.json.decode(row.context)
    event: dict[str, Any] = {
        "message_id": row.message_id,
        "source": row.source,
        "channel": channel_of(row.type, row.source, context, properties),
        "type": row.type,
        "event": row.event,
        "timestamp": rfc3339(row.timestamp),
        "received_at": rfc3339(row.received_at),
        "fragment_id": row.fragment_id,
        "properties": properties,
        "traits": msgspec.json.decode(row.traits),
        "context": context,
    }
    if row.group_id is not None:
        event["group_id"] = row.group_id
    if row.marks:
        event["marks"] = list(row.marks)
    return event


def _channel(row: LakeRow) -> str:
    context, properties = msgspec.json.decode(row.context), msgspec.json.decode(row.properties)
    return channel_of(row.type, row.source, context, properties)


class _Wish(NamedTuple):
    fragments: list[str]
    days: Days
    before: Place
    wanted: int
    beside: Beside


def _rows(database: Database, files: LakeFiles, wish: _Wish) -> list[LakeRow]:
    """The newest ``wanted`` rows below ``before``."""
    fragments, days, before, wanted, beside = wish
    if not fragments:
        return []
    last = min(days.last, _EPOCH + timedelta(days=min(before[0] // DAY, 2_900_000)))
    with database.transaction(read_only=True) as session:
        # the tail before the manifest: a flush between the two shows an event twice, never not at all
        tail = session.fetch(_SQL["tail"], fragment_ids=[bytes.fromhex(each) for each in fragments])
        listed = manifest.files_in(session, days.first, last, fragments)
        erased = {each.fragment_id: each.before_offset for each in manifest.pending_erasures(session)}
    gone = {fragment: erased[fragment] for fragment in fragments if fragment in erased}
    rows = [*lake_rows([Entry(*row) for row in tail], set(), gone), *beside(before, wanted)]
    rows = _newest([row for row in rows if _place(row) < before and _inside(row, days)], wanted)
    span = _FIRST_LOOK
    while listed and not _enough(rows, wanted, listed[0]):
        portion, listed = listed[:span], listed[span:]
        span *= 2
        rows += files.newest([file.file_id for file in portion], fragments, gone, before, wanted)
        rows = _newest([row for row in rows if _inside(row, days)], wanted)
    return rows


def _enough(rows: Sequence[LakeRow], wanted: int, following: LakeFile) -> bool:
    """Whether no file from here on can hold anything newer than what was found."""
    return len(rows) >= wanted and _EPOCH + timedelta(days=rows[-1].day) > following.day_to


def _newest(rows: list[LakeRow], wanted: int) -> list[LakeRow]:
    once = {row.log_offset: row for row in rows}
    return sorted(once.values(), key=_place, reverse=True)[:wanted]


def _place(row: LakeRow) -> Place:
    return (row.timestamp, row.log_offset)


def _inside(row: LakeRow, days: Days) -> bool:
    return days.first <= _EPOCH + timedelta(days=row.day) <= days.last


def _text(place: Place) -> str:
    return f"{place[0]:x}-{place[1]:x}"


def _cursor(text: str) -> Place:
    moment, dash, offset = text.partition("-")
    try:
        if not dash or len(text) > 40:
            raise ValueError
        return (int(moment, 16), int(offset, 16))
    except ValueError:
        raise InvalidInputError(
            f"after={text[:60]!r} is no place in a timeline", cure="send the `next` of the page before"
        ) from None
