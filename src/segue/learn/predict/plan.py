"""When a model looks: cut-offs rolled back through time, each kind of work later than the one before.

For a horizon of H days the last H are held out for the metrics; the H before them calibrate; everything
that is learnt from ended before that. So nothing that is measured was seen, and nothing that calibrates was
fitted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segue.learn.features.localtime import DAY
from segue.learn.knowledge import Knowledge
from segue.learn.model import NotEnoughError

SHORT = (7, 14, 30)
LONG = (90, 60, 30, 14, 7)
HISTORY = 28
"""Days that must lie before a cut-off for it to teach anything."""
WEEK = 7
TRAINING = 6
"""Training cut-offs of a horizon."""
LEAST_PERSONS = 30
LEAST_REPEATING = 10


@dataclass(frozen=True)
class Cuts:
    """Moments (microseconds) of one horizon."""

    days: int
    training: tuple[int, ...]
    calibrating: int
    measuring: int


@dataclass(frozen=True)
class Plan:
    """What the data is long enough for."""

    until: int
    first: int
    #: by rising horizon
    cuts: tuple[Cuts, ...]

    @property
    def long(self) -> Cuts:
        """Of the longest horizon: churn and spend."""
        return self.cuts[-1]

    def of(self, days: int) -> Cuts | None:
        """Of this horizon, None where the data is too short for it."""
        return next((each for each in self.cuts if each.days == days), None)


def plan(known: Knowledge) -> Plan:
    """What can be learnt of what was known before ``known.until``. NotEnoughError."""
    bought = known.purchases()
    own = bought.person >= 0
    if not own.any():
        raise NotEnoughError("predict needs orders of known customers; there are none yet")
    first = int(bought.time[own].min())
    people = np.unique(bought.person[own])
    if len(people) < LEAST_PERSONS:
        raise NotEnoughError(f"predict needs {LEAST_PERSONS} customers with orders, there are {len(people)}")
    length = (known.until - first) // DAY
    horizons = [days for days in SHORT if possible(days, length)]
    longest = next((days for days in LONG if possible(days, length)), None)
    if longest is None:
        needed = 3 * min(SHORT) + HISTORY
        raise NotEnoughError(f"predict needs orders of {needed} days at least, there are {length}")
    return Plan(
        known.until,
        first,
        tuple(cuts(days, known.until, first) for days in sorted({*horizons, longest})),
    )


def plan_of(known: Knowledge, horizons: tuple[int, ...]) -> Plan:
    """The same for given horizons, to measure a fitted model again. NotEnoughError."""
    bought = known.purchases()
    times = bought.time[bought.person >= 0]
    if not len(times) or (known.until - int(times.min())) // DAY < 2 * max(horizons):
        raise NotEnoughError(f"to measure predict, {2 * max(horizons)} days of orders are needed")
    first = int(times.min())
    return Plan(known.until, first, tuple(cuts(days, known.until, first) for days in sorted(horizons)))


def possible(days: int, length: int) -> bool:
    """Whether a horizon of so many days can be learnt, calibrated and measured in so many."""
    return 3 * days + HISTORY <= length


def cuts(days: int, until: int, first: int) -> Cuts:
    """The cut-offs of a horizon; steps of one week for short horizons, of two for long ones."""
    step = WEEK if days <= 30 else 2 * WEEK
    latest = -(-3 * days // WEEK) * WEEK
    back = [latest + step * place for place in range(TRAINING)]
    moments = [until - ago * DAY for ago in back if until - ago * DAY >= first + HISTORY * DAY]
    return Cuts(
        days,
        tuple(moments or [until - 3 * days * DAY]),
        until - 2 * days * DAY,
        until - days * DAY,
    )
