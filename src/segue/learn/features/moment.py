"""A moment: everything features share when they look back from it, computed once.

It is made of a knowledge that is bounded by the moment, and of nothing else; so no feature can look ahead.
What it takes from today is who is one person with whom, and what the catalogue says of a product.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from segue.learn.features.localtime import local, local_day
from segue.learn.features.surroundings import Surroundings
from segue.learn.knowledge import Happenings, Knowledge
from segue.learn.purchases import Codes, Floats, Ints, Purchases

Mask = NDArray[np.bool_]
Kept = TypeVar("Kept")

LOOKED_AT = ("Product Viewed", "Product Clicked", "Product List Viewed", "Products Searched")
IN_CART = ("Product Added", "Cart Viewed", "Checkout Started")
SENT = ("Campaign Mailed", "Email Delivered", "SMS Delivered", "Push Notification Received")
ANSWERED = ("Email Opened", "Email Link Clicked", "Push Notification Tapped", "SMS Link Clicked")
SHOWN = ("Action Shown",)
TAKEN_UP = ("Action Clicked", "Action Accepted", "Action Redeemed")
SWIPED_AWAY = ("Action Dismissed",)
HAPPENINGS = (*LOOKED_AT, *IN_CART, *SENT, *ANSWERED, *SHOWN, *TAKEN_UP, *SWIPED_AWAY)
"""Events beside orders that features read."""


@dataclass(frozen=True, eq=False)
class Orders:
    """One row an order, sorted by (person, time, order); guests are not here."""

    person: Codes
    time: Ints
    #: local days since 1970-01-01
    day: Ints
    #: hours into the local day, 0 to 24
    hour: Floats
    amount: Floats
    discount: Floats
    pieces: Floats
    lines: Ints
    store: Codes
    channel: Codes

    def __len__(self) -> int:
        return len(self.person)


class Moment:
    """What was known at ``at`` and before; columns are one value a person, in the order of persons' codes."""

    def __init__(self, known: Knowledge, at: int, surroundings: Surroundings | None = None) -> None:
        self.known = known.before(at)
        self.at = at
        self.zone = known.zone
        self.today = local_day(at, known.zone)
        self.surroundings = surroundings if surroundings is not None else known.surroundings
        self.size = len(known.persons)
        self._kept: dict[str, Any] = {}

    @cached_property
    def purchases(self) -> Purchases:
        """Lines of known persons."""
        bought = self.known.purchases()
        return bought.only(bought.person >= 0) if len(bought) and bought.person.min() < 0 else bought

    @cached_property
    def line_day(self) -> Ints:
        """The local day of each line."""
        return np.repeat(self.orders.day, self.orders.lines)

    @cached_property
    def orders(self) -> Orders:
        """Orders of known persons."""
        lines = self.purchases
        if not len(lines):
            return _no_orders()
        new = (np.diff(lines.order) != 0) | (np.diff(lines.person) != 0)
        first = np.concatenate([[0], np.flatnonzero(new) + 1])
        times = lines.time[first]
        days, into = local(times, self.zone)
        return Orders(
            person=lines.person[first],
            time=times,
            day=days,
            hour=into / 3.6e9,
            amount=np.add.reduceat(lines.amount, first),
            discount=np.add.reduceat(lines.discount, first),
            pieces=np.add.reduceat(lines.pieces, first),
            lines=np.diff(np.append(first, len(lines))),
            store=lines.store[first],
            channel=lines.channel[first],
        )

    @cached_property
    def happenings(self) -> Happenings:
        """Browsing and campaigns of known persons and of nobody."""
        return self.known.happenings(HAPPENINGS, {})

    @cached_property
    def count(self) -> Floats:
        """Orders of each."""
        return self.per_person(self.orders.person)

    @cached_property
    def spend(self) -> Floats:
        """Amount of each."""
        return self.per_person(self.orders.person, self.orders.amount)

    @cached_property
    def last(self) -> Ints:
        """Row of each person's last order; -1 for who has none."""
        last = np.full(self.size, -1, np.int64)
        last[self.orders.person] = np.arange(len(self.orders))
        return last

    @cached_property
    def met(self) -> Mask:
        """Who had done anything at all by now: an order, or something she did on the web or was sent."""
        seen = self.count > 0
        people = self.happenings.person
        seen[people[people >= 0]] = True
        return seen

    def kept(self, name: str, make: Callable[[], Kept]) -> Kept:
        """What is called so, made once."""
        if name not in self._kept:
            self._kept[name] = make()
        found: Kept = self._kept[name]
        return found

    def per_person(self, person: Codes | Ints, weights: Floats | None = None) -> Floats:
        """Sums (counts) by person; rows of nobody are left out."""
        if len(person) and person.min() < 0:
            known = person >= 0
            person, weights = person[known], None if weights is None else weights[known]
        sums: Floats = np.bincount(person, weights, minlength=self.size).astype(np.float64)
        return sums

    def within(self, days: int) -> Mask:
        """Rows of orders in the present local day and the ``days`` - 1 before."""
        rows: Mask = self.orders.day > self.today - days
        return rows

    def ordered(self, column: Floats) -> Floats:
        """The column where there is an order, NaN where there is none."""
        return np.where(self.count > 0, column, np.nan)


def distinct(values: Ints) -> Ints:
    """The different values, sorted; by sorting, which is several times as fast here as numpy's hashing."""
    ordered = np.sort(values)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def ratio(above: Floats, below: Floats) -> Floats:
    """Their quotients, NaN where nothing is below."""
    quotients: Floats = np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
    return quotients


def _no_orders() -> Orders:
    none, zero, real = np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0)
    return Orders(none, zero, zero, real, real, real, real, zero, none, none)
