"""Rows to learn from: what was known of each customer at a cut-off, and what she did after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segue.learn.features.localtime import DAY
from segue.learn.features.moment import Moment
from segue.learn.knowledge import Knowledge
from segue.learn.model import NotEnoughError
from segue.learn.predict.features import Clock, Matrix, Times, matrix
from segue.learn.predict.plan import LEAST_REPEATING
from segue.learn.purchases import Codes, Floats, Ints
from segue.stats.btyd import Customers, choose, fit, fit_spend, summarise

MOST_PERSONS = 12_000
"""Customers taken of one cut-off: more teach hardly more, and cost time."""
MOST_FITTED = 20_000
"""Customers that a law is fitted on."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Customers at one cut-off, n of them."""

    at: int
    person: Codes
    #: (n, names)
    values: Matrix
    times: Times

    def column(self, names: Sequence[str], name: str) -> Floats:
        """One feature (n,)."""
        found: Floats = self.values[:, list(names).index(name)].astype(np.float64)
        return found


@dataclass(frozen=True, eq=False)
class Outcome:
    """What they did within the horizon, n of them."""

    #: days until the next order, inf where there was none within
    next_order: Floats
    amount: Floats

    def within(self, days: int | Floats) -> NDArray[np.bool_]:
        """Whether there was an order within so many days."""
        came: NDArray[np.bool_] = self.next_order <= days
        return came


class Past:
    """One knowledge, looked at from many cut-offs; each is computed once."""

    def __init__(self, known: Knowledge, seed: int, most: int = MOST_PERSONS) -> None:
        self.known, self.seed, self.most = known, seed, most
        self._clocks: dict[int, Clock] = {}
        self._latest: Moment | None = None
        self._kept: dict[int, Rows] = {}

    def clock(self, at: int, like: Clock | None = None) -> Clock:
        """The laws as fitted on what was known at ``at``; regular as ``like`` is, else as chosen then."""
        if at not in self._clocks:
            self._clocks[at] = fitted_clock(self._moment(at), like)
        return self._clocks[at]

    def rows(self, at: int, names: Sequence[str], like: Clock) -> Rows:
        """The customers known at ``at`` (a sample of them where there are very many)."""
        if at not in self._kept:
            times = Times(self._moment(at), self.clock(at, like))
            who = np.flatnonzero(times.known).astype(np.int32)
            if len(who) > self.most:
                drawn = np.random.default_rng([self.seed, at // DAY]).choice(
                    len(who), self.most, replace=False
                )
                who = who[np.sort(drawn)]
            self._kept[at] = Rows(at, who, matrix(times, names, who), times)
        return self._kept[at]

    def _moment(self, at: int) -> Moment:
        """The last one asked for is kept: laws and features look at the same."""
        if self._latest is None or self._latest.at != at:
            self._latest = Moment(self.known, at)
        return self._latest

    def outcome(self, at: int, days: int, persons: Codes) -> Outcome:
        """What these did in the ``days`` from ``at``."""
        bought = self.known.purchases()
        size = len(self.known.persons)
        during = (bought.time >= at) & (bought.time < at + days * DAY) & (bought.person >= 0)
        person = bought.person[during]
        following = np.full(size, np.inf)
        np.minimum.at(following, person, (bought.time[during] - at) / DAY)
        amount = np.bincount(person, bought.amount[during], minlength=size).astype(np.float64)
        return Outcome(following[persons], amount[persons])


def fitted_clock(moment: Moment, like: Clock | None) -> Clock:
    """Both laws on everybody's past. NotEnoughError where hardly anybody came twice."""
    orders = moment.orders
    found = summarise(orders.person, orders.day, moment.today, moment.size)
    known = np.flatnonzero(found.known)
    known = known[:: max(1, len(known) // MOST_FITTED)]
    each = found.customers
    repeating = int((each.frequency[known] > 0).sum())
    if repeating < LEAST_REPEATING:
        raise NotEnoughError(
            f"predict needs {LEAST_REPEATING} customers who came twice early on; there are {repeating}"
        )
    thinned = len(known) < int(found.known.sum())
    customers = Customers(
        each.frequency[known],
        each.recency[known],
        each.age[known],
        np.ones(len(known)),
        _log_gaps(orders.person, orders.day, known) if thinned else each.log_gaps,
    )
    if like is None:
        law = choose(customers)
    else:
        law = fit(customers, k=like.visits.k, modified=like.visits.modified, near=like.visits)
    visits = each.frequency[known] + 1
    try:
        near = None if like is None else like.spend
        spend = fit_spend(visits, np.maximum(moment.spend[known], 0) / visits, near=near)
    except ValueError:
        spend = None
    return Clock(law, spend)


def _log_gaps(person: Codes, day: Ints, known: Ints) -> float:
    rows = np.isin(person, known)
    who, when = person[rows], day[rows]
    gaps = np.diff(when)[(np.diff(who) == 0) & (np.diff(when) > 0)]
    return float(np.log(gaps).sum())
