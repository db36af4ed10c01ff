"""The moment and the place of a decision, as conditions ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from segue.app.deciding.asking import DecisionRequest
from segue.decide.asked import Clock, Moment
from segue.domain.actions import Placement
from segue.domain.order import SECOND
from segue.domain.rules import Rules
from segue.domain.rules.actions import CONTEXT
from segue.enrich.calendar import day_and_hour, local_hour
from segue.enrich.segments.facts import Facts
from segue.enrich.traits.look import DAYPARTS

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SEASONS = ("winter", "spring", "summer", "autumn")
_TEXT = 2_000


def moment_of(at: int, zone: str) -> Moment:
    """A moment by the clocks of ``zone``."""
    day, _ = day_and_hour(zone, at)
    return Moment(at, day, local_hour(zone, at))


ZONE = "timezone"
"""The attribute that says where she is."""


def clock_of(at: int, placement: Placement, zones: Iterable[Any]) -> Clock | None:
    """What the clock says in the first of these zones that there is; None where no hours are quiet."""
    if placement.quiet is None:
        return None
    for name in zones:
        zone = _zone(name) if isinstance(name, str) else None
        if zone is not None:
            local = datetime.fromtimestamp(at // SECOND, zone)
            return Clock(local.hour * 60 + local.minute, name)
    return None


@lru_cache(maxsize=1_024)
def _zone(name: str) -> ZoneInfo | None:
    """The zone of that name, which anybody may have written."""
    try:
        return ZoneInfo(name) if len(name) <= 100 else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def daypart(hour: int) -> str:
    """The part of the day of an hour from 0 to 23."""
    return next(name for until, name in DAYPARTS if hour < until)


def context_of(
    given: Mapping[str, Any],
    placement: Placement,
    moment: Moment,
    *,
    known: bool,
    asked: Iterable[str] = CONTEXT,
) -> dict[str, Any]:
    """``context.*`` of conditions: what the touchpoint says, and what is so whatever it says.

    ``asked`` are the names that are heard of what it says: whatever else it sends is kept nowhere.
    """
    day = date.fromordinal(719_163 + moment.day)
    told = {name: _bounded(given[name]) for name in asked if name in given}
    return {
        **told,
        "hour": moment.hour % 24,
        "daypart": daypart(moment.hour % 24),
        "weekday": _WEEKDAYS[day.weekday()],
        "weekend": day.weekday() >= 5,
        "season": _SEASONS[day.month % 12 // 3],
        "touchpoint": placement.touchpoint,
        "placement": placement.name,
        "known": known,
    }


def supposed(facts: Facts, request: DecisionRequest, rules: Rules) -> Facts:
    """What is known, with what the question supposes in its place."""
    consent = None if request.suppose is None else request.suppose.consent
    if consent is None:
        return facts
    said = {purpose: {"*": consent} for purpose in (*rules.purposes.purposes, *facts.consent)}
    return msgspec.structs.replace(facts, consent=said)


def _bounded(value: Any) -> Any:
    """A value that is kept with the decision, so it must not be endless."""
    if isinstance(value, str):
        return value[:_TEXT]
    if isinstance(value, Mapping):
        return {str(key)[:80]: _bounded(value[key]) for key in list(value)[:50]}
    if isinstance(value, list):
        return [_bounded(each) for each in value[:50]]
    return value


FEATURES = ("always", "known", "bought before", "lately", "weekend", "morning", "midday", "evening")
"""What acceptance is foretold by, each from 0 to 1."""


def features_of(moment: Moment, *, known: bool, orders: int, days_since: int | None) -> tuple[float, ...]:
    """The numbers of :data:`FEATURES`."""
    day, part = date.fromordinal(719_163 + moment.day), daypart(moment.hour % 24)
    return (
        1.0,
        float(known),
        float(orders > 0),
        0.0 if days_since is None else 1 / (1 + days_since / 14),
        float(day.weekday() >= 5),
        float(part == "morning"),
        float(part == "midday"),
        float(part in {"evening", "night"}),
    )
