"""What predictions of buying are made of: the shared features, and a customer's own clock.

The shared ones (``segue.learn.features``) say how much, where and how she buys. Her own clock is made here:
what a buy-till-you-die law says, how often she was there lately with old visits fading, and which share of
her own past gaps that had lasted as long as the present one ended within the horizon.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segue.learn.features.feature import Feature, Unit
from segue.learn.features.moment import Moment, distinct
from segue.learn.features.registry import choose as choose_shared
from segue.learn.features.registry import feature as shared
from segue.learn.knowledge import Knowledge
from segue.learn.purchases import Codes, Floats
from segue.stats.btyd import Customers, Law, Spend, alive, buys, expected, summarise

Matrix = NDArray[np.float32]

SHARED = ("orders", "spend", "basket", "discount", "store", "time", "channel", "browsing", "campaign")
"""Groups of shared features. Not the calendar: a model that sees few moments would learn their dates."""

GROWING = ("spend", "orders", "products", "shopping_days", "order_greatest", "orders_365d", "spend_365d")
"""Shared features that grow with the history that is known, which is longer when scoring than it was."""

SPANS = (7, 14, 30, 60, 90)
FADES = (7, 21, 60)
WEEKS = (4, 8, 13)
PRIOR = 3.0
"""Gaps' worth of trust in the law where her own gaps are few."""


@dataclass(frozen=True)
class Clock:
    """What is fitted on everybody before a moment, and gives each her own clock: two laws."""

    #: of visits, in days
    visits: Law
    #: of the spend of a day with orders
    spend: Spend | None


class Times:
    """Visits (days with orders) of a moment, and what is made of them; one row a person."""

    def __init__(self, moment: Moment, clock: Clock) -> None:
        orders = moment.orders
        self.moment, self.clock = moment, clock
        pairs = distinct(orders.person.astype(np.int64) << 32 | orders.day.astype(np.int64))
        self.person, self.day = (pairs >> 32).astype(np.int64), pairs & 0xFFFFFFFF
        self.summary = summarise(self.person, self.day, moment.today, moment.size)
        each, known = self.summary.customers, self.summary.known
        self.known = known
        self.customers = Customers(
            each.frequency[known], each.recency[known], each.age[known], each.weight[known], each.log_gaps
        )

    def spread(self, column: Floats) -> Floats:
        """A column of the known ones, for all; NaN for who has not bought."""
        every = np.full(self.moment.size, np.nan)
        every[self.known] = column
        return every

    def buys(self, span: int) -> Floats:
        """By the law: chance of a visit within the span."""
        return self.moment.kept(
            f"buys_{span}", lambda: self.spread(buys(self.clock.visits, self.customers, span))
        )

    def alive(self) -> Floats:
        """By the law: chance that she is still a customer."""
        return self.spread(alive(self.clock.visits, self.customers))

    def visits(self, span: int) -> Floats:
        """By the law: expected visits within the span."""
        return self.spread(expected(self.clock.visits, self.customers, span))

    def worth(self) -> Floats:
        """By the law: what a visit of hers comes to on average."""
        count = self.summary.customers.frequency + 1
        mean = np.divide(self.moment.spend, count, out=np.zeros_like(count), where=self.known)
        if self.clock.spend is None:
            return np.where(self.known, mean, np.nan)
        worth = self.clock.spend.expected(count, np.maximum(mean, 0))
        return np.where(self.known, np.where(np.isfinite(worth), worth, mean), np.nan)

    def fading(self, days: int) -> Floats:
        """Visits, each worth less by a factor e in so many days."""
        weights = np.exp(-(self.moment.today - self.day) / days)
        return self.moment.ordered(self.moment.per_person(self.person, weights))

    def weeks(self, most: int) -> Floats:
        """Of the last weeks, the share in which she came (of those since her first visit)."""
        week = (self.moment.today - self.day) // 7
        rows = (week < most) & (week >= 0)
        pairs = distinct(self.person[rows] * most + week[rows])
        came = self.moment.per_person(pairs // most)
        since = np.clip(np.nan_to_num((self.moment.today - self.summary.first) // 7 + 1), 1, most)
        return self.moment.ordered(came / since)

    def ends(self, span: int) -> Floats:
        """Of her own gaps that lasted as long as the present one, the share that ended within the span."""
        same = np.diff(self.person) == 0
        who, gap = self.person[1:][same], np.diff(self.day)[same]
        waited = np.nan_to_num(self.moment.today - self._last(), nan=0.0)[who]
        lasted = self.moment.per_person(who, (gap > waited).astype(np.float64))
        ended = self.moment.per_person(who, ((gap > waited) & (gap <= waited + span)).astype(np.float64))
        share: Floats = (ended + PRIOR * self.buys(span)) / (lasted + PRIOR)
        return share

    def longest(self) -> Floats:
        """The present gap beside her longest."""
        same = np.diff(self.person) == 0
        most = np.zeros(self.moment.size)
        np.maximum.at(most, self.person[1:][same], np.diff(self.day)[same].astype(np.float64))
        waited = self.moment.today - self._last()
        return np.divide(waited, most, out=np.full_like(waited, np.nan), where=most > 0)

    def _last(self) -> Floats:
        last: Floats = self.summary.first + self.summary.customers.recency
        return last


Column = Callable[[Times], Floats]


def own() -> dict[str, tuple[Feature, Column]]:
    """The features of her own clock, by name."""
    made: list[tuple[Feature, Column]] = [
        (_feature("alive", "chance of still being a customer", "share"), Times.alive),
        (_feature("longest", "the present gap beside the longest", "ratio"), Times.longest),
        (_feature("visits_90", "visits the law expects in 90 days", "count"), _of(Times.visits, 90)),
        (_feature("worth", "what a visit comes to by the law of spend", "money", "spend"), Times.worth),
    ]
    for days in SPANS:
        by_law = _feature(f"law_{days}", f"chance of a visit in {days} days by the law", "share")
        ends = _feature(f"ends_{days}", f"of gaps as long as this, ended within {days} days", "share")
        made += [(by_law, _of(Times.buys, days)), (ends, _of(Times.ends, days))]
    for days in FADES:
        fading = _feature(f"fading_{days}", f"recent visits, fading in {days} days", "count")
        made.append((fading, _of(Times.fading, days)))
    for weeks in WEEKS:
        share = _feature(f"weeks_{weeks}", f"of the last {weeks} weeks, with a visit", "share")
        made.append((share, _of(Times.weeks, weeks)))
    return {each.name: (each, column) for each, column in made}


def _of(column: Callable[[Times, int], Floats], span: int) -> Column:
    return lambda times: column(times, span)


def _feature(name: str, title: str, unit: Unit, group: str = "orders") -> Feature:
    return Feature(name, title, group, unit, lambda _: np.empty(0))


def named(name: str) -> Feature:
    """The feature of that name, shared or own; KeyError."""
    mine = own()
    return mine[name][0] if name in mine else shared(name)


def choose(known: Knowledge, at: int) -> list[str]:
    """Names of the features that tell customers apart in what was known at ``at``."""
    names = choose_shared(known, at, groups=SHARED, most={"channel": 4})
    kept = [name for name in names if not name.startswith("store:") and name not in GROWING]
    # whatever tells nobody apart today: the longest horizon counts by it
    return [*own(), *kept, *(["gap_median"] if "gap_median" not in kept else [])]


def matrix(times: Times, names: Sequence[str], persons: Codes) -> Matrix:
    """These features of these persons ``(persons, names)``."""
    mine = own()
    values = np.empty((len(persons), len(names)), np.float32)
    for place, name in enumerate(names):
        column = mine[name][1](times) if name in mine else shared(name).column(times.moment)
        values[:, place] = column[persons]
    return values
