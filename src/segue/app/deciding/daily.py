"""A placement's decisions day by day: how many, what was seen, accepted and earned, how much was tried.

Counted where the slots are, so it takes a moment whatever the log holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import sqrt
from typing import Any, NamedTuple

import msgspec

from segue.decide import store
from segue.enrich.calendar import day_and_hour
from segue.ports.database import Session
from segue.ports.statements import statements

_SQL = statements("segue.app.deciding", "deciding.sql")
_EPOCH = date(1970, 1, 1).toordinal()
_SURE = 1.959964
"""Standard errors of a 95 % interval."""


class DayActionView(msgspec.Struct, frozen=True, kw_only=True):
    """One action on one day."""

    action: str
    #: slots that were seen, and those that were accepted
    impressions: int
    acceptances: int
    #: margin of what was accepted, in the shop's currency
    value: float
    #: slots that were seen in which another one had the better score
    explored: int


class DayView(msgspec.Struct, frozen=True, kw_only=True):
    """One day by the clocks of the shop."""

    #: YYYY-MM-DD
    day: str
    #: questions that were answered, and those that got the fallback
    decisions: int
    fallbacks: int
    impressions: int
    acceptances: int
    #: margin of what was accepted, in the shop's currency
    value: float
    #: of a decision that was seen, with a 95 % interval; null where none was, or one alone
    mean: float | None
    low: float | None
    high: float | None
    #: share of the slots that were seen in which another one had the better score; null where none was
    exploration: float | None
    #: most seen first
    actions: list[DayActionView]


class EarnedAtView(msgspec.Struct, frozen=True, kw_only=True):
    """What one action did in any slot, at one depth of discount."""

    #: percent
    discount: int
    #: as of :class:`EarnedView`
    shown: int
    clicked: int
    accepted: int
    value: float
    mean: float | None
    low: float | None
    high: float | None


class EarnedView(msgspec.Struct, frozen=True, kw_only=True):
    """What one action did in any slot."""

    action: str
    #: slots that were seen, those that were clicked or accepted, and those that were accepted
    shown: int
    clicked: int
    accepted: int
    #: margin of what was accepted, in the shop's currency
    value: float
    #: of a slot that was seen, with a 95 % interval; no interval of one alone
    mean: float | None
    low: float | None
    high: float | None
    #: where it was shown at several, shallowest first
    depths: list[EarnedAtView]


class Span(NamedTuple):
    """The days that are asked for."""

    placement: str
    #: microseconds
    since: int
    now: int
    zone: str


def series(session: Session, span: Span) -> list[DayView]:
    """Every day from the first decision in the span to the last, oldest first."""
    given = {"placement": span.placement, "since": span.since}
    asked = {row[0]: row[1:] for row in session.fetch(store.SQL["daily_decisions"], zone=span.zone, **given)}
    earned = {row[0]: row[1:] for row in session.fetch(store.SQL["daily_earned"], **given)}
    slots: dict[int, list[DayActionView]] = {}
    for day, action, seen, accepted, explored, value in session.fetch(store.SQL["daily_slots"], **given):
        view = DayActionView(
            action=action, impressions=seen, acceptances=accepted, value=float(value), explored=explored
        )
        slots.setdefault(day, []).append(view)
    days = asked.keys() | slots.keys()
    if not days:
        return []
    latest = max(*days, day_and_hour(span.zone, span.now)[0])
    return [
        _day(day, asked.get(day, (0, 0)), earned.get(day, (0, 0.0, 0.0)), slots.get(day, ()))
        for day in range(min(days), latest + 1)
    ]


def by_action(session: Session, span: Span) -> list[EarnedView]:
    """What each action did, the most seen first."""
    depths: dict[str, list[tuple[Any, ...]]] = {}
    for action, *row in session.fetch(_SQL["by_action"], placement=span.placement, since=span.since):
        depths.setdefault(action, []).append(tuple(row))
    found = []
    for action, rows in depths.items():
        whole = [sum(column) for column in zip(*(sums for _, *sums in rows), strict=True)]
        several = rows if len(rows) > 1 else []
        at = [EarnedAtView(discount=discount, **_earned(*sums)) for discount, *sums in several]
        found.append(EarnedView(action=action, depths=at, **_earned(*whole)))
    return sorted(found, key=lambda each: (-each.shown, each.action))


def _earned(shown: int, clicked: int, accepted: int, value: float, squares: float) -> dict[str, Any]:
    counts = {"shown": shown, "clicked": clicked, "accepted": accepted, "value": float(value)}
    return {**counts, **_mean(shown, value, squares)}


def _day(day: int, asked: Sequence[int], earned: Sequence[Any], slots: Sequence[DayActionView]) -> DayView:
    impressions = sum(each.impressions for each in slots)
    explored = sum(each.explored for each in slots)
    return DayView(
        day=date.fromordinal(_EPOCH + day).isoformat(),
        decisions=asked[0],
        fallbacks=asked[1],
        impressions=impressions,
        acceptances=sum(each.acceptances for each in slots),
        value=sum(each.value for each in slots),
        exploration=explored / impressions if impressions else None,
        actions=sorted(slots, key=lambda each: (-each.impressions, each.action)),
        **_mean(*earned),
    )


def _mean(rows: int, total: float, squares: float) -> Mapping[str, float | None]:
    """Of so many rows: mean and interval."""
    if not rows:
        return {"mean": None, "low": None, "high": None}
    mean = float(total) / rows
    if rows == 1:
        return {"mean": mean, "low": None, "high": None}
    variance = max(float(squares) / rows - mean**2, 0.0) * rows / (rows - 1)
    half = _SURE * sqrt(variance / rows)
    return {"mean": mean, "low": mean - half, "high": mean + half}
