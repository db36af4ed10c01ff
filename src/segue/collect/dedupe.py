"""Applied once: message ids are remembered, and an event that was there before is passed over.

Deduplication happens in the transaction that applies the events, so that a crash forgets both or
neither. Ids are kept as 16-byte hashes in one table for each few days (by when the event was received),
dropped whole when it is old enough; those of imports are kept for ever in a table of their own. Keys
are inserted in sorted order, so that two workers wait for each other but never in a circle.

Every id is looked for in every table that is kept, about 2 µs each: that is why a table holds
:data:`SPAN` days and not one. It is called after its first day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from segue.domain.events import Event
from segue.domain.order import DAY
from segue.ports.database import Session
from segue.ports.statements import Statement, statements

SPAN = 4
"""Days whose ids share a table."""

_SQL = statements("segue.collect")
_NO_DAY = "seen_00000000"
_OLDER = "/* older days */"
_EPOCH = date(1970, 1, 1)
_PERIOD = SPAN * DAY
_EVER = -1


def dedupe(session: Session, events: Sequence[Event]) -> list[bool]:
    """For each event whether it is fresh; of the same id twice in ``events``, the first one is.

    Remembers the fresh ones as part of the session's transaction. Order the events as in the log.
    """
    return ask(session, events).told()


class Asked(NamedTuple):
    """The answer of :func:`dedupe` while PostgreSQL is still looking."""

    #: whether each event is the first of its id in the batch; only such can be fresh
    first: list[bool]
    #: where each key stands that was asked about
    places: dict[bytes, int]
    known: list[Callable[[], list[tuple[Any, ...]]]]

    def told(self) -> list[bool]:
        """Wait for the answer: for each event whether it is fresh."""
        verdicts = self.first.copy()
        for rows in self.known:
            for (key,) in rows():
                verdicts[self.places[key]] = False
        return verdicts


def ask(session: Session, events: Sequence[Event]) -> Asked:
    """Begin to :func:`dedupe`: most turn out fresh, so one can go on as if they were and look later."""
    asked = Asked([False] * len(events), {}, [])
    by_period: dict[int, list[bytes]] = {}
    for at, event in enumerate(events):
        key = event.dedupe_key
        if key not in asked.places:
            asked.places[key] = at
            asked.first[at] = True
            period = _EVER if event.remember == "ever" else event.received_at // _PERIOD
            by_period.setdefault(period, []).append(key)
    if by_period:
        kept = _tables_with(session, [period for period in by_period if period != _EVER])
        for period in sorted(by_period):
            asked.known.append(session.send(_mark(period, kept), keys=sorted(by_period[period])))
    return asked


def rotate(session: Session, now: int, days: int) -> None:
    """Make the tables of today and tomorrow and drop what is wholly more than ``days`` days old.

    ``now`` is the loop's time in microseconds: while the loop lags behind by days, pass the received
    time of what it is at, else ids could be dropped that it still has to compare with.
    """
    oldest = _first_day((now - days * DAY) // _PERIOD)
    session.fetch(_SQL["hold_rotation"])
    kept = {day for (day,) in session.fetch(_SQL["days"])}
    needed = {_first_day(now // _PERIOD), _first_day((now + DAY) // _PERIOD)}
    for day in sorted(needed - kept):
        _make(session, day)
    for day in sorted(day for day in kept if day < oldest):
        session.execute(_of_day(_SQL["drop_day"], day))
        session.execute(_SQL["forget_day"], day=day)


def _tables_with(session: Session, wanted: Iterable[int]) -> tuple[date, ...]:
    """The first days of the tables kept, after making those of ``wanted`` that are missing."""
    session.fetch(_SQL["hold_days"])
    kept = {day for (day,) in session.fetch(_SQL["days"])}
    missing = {_first_day(period) for period in wanted} - kept
    if missing:
        session.fetch(_SQL["hold_making"])
        for day in sorted(missing):
            _make(session, day)
    return tuple(sorted(kept | missing))


def _make(session: Session, day: date) -> None:
    session.execute(_of_day(_SQL["make_day"], day))
    session.execute(_SQL["note_day"], day=day)


def _first_day(period: int) -> date:
    return _EPOCH + timedelta(days=period * SPAN)


def _of_day(statement: Statement, day: date) -> Statement:
    return Statement(statement.name, statement.says, statement.text.replace(_NO_DAY, _table(day)))


def _table(day: date) -> str:
    """The one name that cannot be bound as a value; made of eight digits only."""
    return f"seen_{datetime(day.year, day.month, day.day, tzinfo=UTC):%Y%m%d}"


@lru_cache(maxsize=64)
def _mark(period: int, kept: tuple[date, ...]) -> Statement:
    """Remember for a period, unless known in any other that is kept, or for ever."""
    template = _SQL["mark_ever" if period == _EVER else "mark_day"]
    own = None if period == _EVER else _first_day(period)
    older = "\n      ".join(_of_day(_SQL["older_day"], other).text for other in kept if other != own)
    text = template.text.replace(_OLDER, older)
    if own is not None:
        text = text.replace(_NO_DAY, _table(own))
    return Statement(template.name, template.says, text)
