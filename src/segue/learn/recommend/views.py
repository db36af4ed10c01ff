"""Views: what each customer looked at on the web. Nothing where no source tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.learn.knowledge import Knowledge
from segue.learn.purchases import Codes, Floats, Ints, Items
from segue.learn.recommend.counter import Counter, counter
from segue.learn.recommend.runs import DAY, Clock, Runs, decay, runs

EVENTS = ("Product Viewed", "Product Added", "Product Clicked")
VISIT = 3_600_000_000
"""Microseconds before the moment that are this visit itself."""
FIELDS = {"sku": ("properties", "sku"), "product": ("properties", "product_id")}


@dataclass(frozen=True, eq=False)
class Views:
    """Made by :func:`views_of`; codes of persons and items are the ledger's."""

    looked: Runs
    #: views of an item by anybody
    by_item: Counter
    clock: Clock
    #: person, item and moment of each view, by time
    person: Codes
    item: Codes
    time: Ints

    def between(self, since: int, until: int) -> Codes:
        """Items that were looked at in [since, until), with repetitions."""
        begin, end = np.searchsorted(self.time, [since, until])
        return self.item[begin:end]

    def before(self, item: NDArray[Any], moment: int) -> Floats:
        """How often each item had been looked at before a moment."""
        nil = np.zeros(len(item), np.int64)
        return self.by_item.count(item, nil, nil + int(self.clock.rank(np.array([moment]))[0]))

    def pin(self, moment: int, persons: int) -> None:
        """As :meth:`Runs.pin`."""
        self.looked.pin(int(self.clock.rank(np.array([moment - VISIT]))[0]), persons)

    def seen(self, person: Codes, item: Codes, time: Ints) -> dict[str, Floats]:
        """Of pairs: days since she looked (nan: never), and how often, decayed."""
        # what she looks at now belongs to this visit: it would foretell the basket it fills
        time = time - VISIT
        row = self.looked.at(person, item, self.clock.rank(time))
        if not len(self.looked):
            return {"viewed_days_since": np.full(len(row), np.nan), "viewed_times": np.full(len(row), np.nan)}
        at, known = np.maximum(row, 0), row >= 0
        since = time / DAY - self.looked.day[at]
        times = self.looked.decayed["days14"][at] * decay("days14", since, 0)
        return {
            "viewed_days_since": np.where(known, since, np.nan),
            "viewed_times": np.where(known, times, 0.0),
        }


def views_of(known: Knowledge, items: Items) -> Views:
    """What is known of views; events of products that nobody sells are passed over."""
    found = known.happenings(EVENTS, FIELDS)
    place = {sku: code for code, sku in enumerate(items.sku)}
    sku, product = found.fields["sku"], found.fields["product"]
    item = np.array([place.get(a or b or "", -1) for a, b in zip(sku, product, strict=True)], np.int32)
    rows = np.flatnonzero(item >= 0)
    return views(found.person[rows], item[rows], found.time[rows], len(items))


def views(person: Codes, item: Codes, time: Ints, items: int) -> Views:
    """Out of columns in any order; person -1 is nobody known."""
    clock = Clock(np.unique(time))
    rank = clock.rank(time)
    rows: NDArray[Any] = np.flatnonzero(person >= 0)
    nothing = np.zeros(len(rows), np.int32)
    looked = runs(person[rows], item[rows], rank[rows], nothing, things=items, clock=clock)
    order = np.argsort(time, kind="stable")
    return Views(looked, counter(item, rank, clock), clock, person[order], item[order], time[order])
