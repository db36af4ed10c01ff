"""The ledger: everybody's purchases, arranged so that anything can be asked as of any moment.

It holds no answer that depends on when it was made: every question comes with its moment, and only what is
strictly before it counts. One ledger serves thousands of training queries at their own moments, the scoring
of everybody now, and one person in a warm process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.learn.features.localtime import local
from segue.learn.purchases import Codes, Floats, Ints, Items, Purchases
from segue.learn.recommend.counter import Counter, counter
from segue.learn.recommend.runs import DAY, Clock, Runs, Small, runs, spread
from segue.learn.recommend.selling import DAYPARTS, SELLING, selling
from segue.learn.recommend.views import Views


@dataclass(frozen=True, eq=False)
class Lines:
    """What was bought, sorted by (person, time, item); an item once an order. Guests have person -1."""

    person: Codes
    item: Codes
    time: Ints
    #: number of the order among all, and among the person's own from 0
    order: Codes
    visit: Codes
    store: Codes
    pieces: Small
    amount: Small
    discounted: Small

    def __len__(self) -> int:
        return len(self.person)


@dataclass(frozen=True, eq=False)
class Visits:
    """One row an order, in the order of the lines."""

    person: Codes
    time: Ints
    store: Codes
    #: lines ``begin[i]`` to ``begin[i + 1]`` are order i's
    begin: Ints
    #: number of the order among the person's own
    nth: Codes

    def __len__(self) -> int:
        return len(self.person)


class Ledger:
    """See the module. Made of a :class:`Purchases`; parts are made when first asked for."""

    def __init__(self, bought: Purchases, views: Views) -> None:
        self._bought = bought
        self.items: Items = bought.items
        self.stores = bought.stores
        self.zone = bought.zone
        self.persons = len(bought.persons)
        self.lines, self.visits, self._kept = _lines(bought)
        self.clock = Clock(np.unique(self.visits.time))
        self.rank = self.clock.rank(self.lines.time)
        self.views = views
        self._made: dict[str, Counter] = {}
        #: moment → items × what :func:`selling` says; see :meth:`pin`
        self.pinned: dict[int, Floats] = {}
        self._hours: dict[int, tuple[Floats, Ints]] = {}

    def without(self, visits: NDArray[np.int64]) -> Ledger:
        """The same without these orders, as if nobody had seen them."""
        gone = np.zeros(len(self.visits), bool)
        gone[visits] = True
        rows, order = self._kept
        return Ledger(self._bought.only(np.sort(rows[~gone[order]])), self.views)

    @staticmethod
    def moved(visits: NDArray[np.int64], gone: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where orders stand in the ledger once others are gone from it."""
        return visits - np.searchsorted(np.sort(gone), visits)

    @cached_property
    def content(self) -> NDArray[np.bool_] | None:
        """Which items are read and not bought; None where all are bought."""
        marked = self.items.content
        return None if marked is None or not marked.any() else marked

    # ── own purchases ─────────────────────────────────────────────────────────

    @cached_property
    def own(self) -> Runs:
        """Of (person, item), with pieces, amounts, discounts and stores."""
        lines = self.lines
        sums = {"pieces": lines.pieces, "amount": lines.amount, "discounted": lines.discounted}
        values = {"pieces": lines.pieces, "discounted": lines.discounted, "store": lines.store}
        return self._runs(lines.item, len(self.items), sums, values)

    def own_of(self, person: Codes) -> tuple[Ints, Ints]:
        """Where each person's rows of :attr:`own` begin and end; nothing for nobody known."""
        begin = self._own_begin[np.maximum(person, 0)]
        end = self._own_begin[np.minimum(person + 1, self.persons)]
        return begin, np.where(person >= 0, end, begin)

    def own_state(self, person: Codes, time: Ints) -> tuple[NDArray[np.int64], Ints]:
        """The rows of :attr:`own` that stand for each person at her moment, and whose (the place) each is."""
        own = self.own
        held = own.pinned.get(int(self.clock.rank(time)[0])) if own.pinned and len(person) == 1 else None
        if held is not None:
            rows = held.of(int(person[0]))
            return np.zeros(len(rows), np.int64), rows
        place, rows = spread(*self.own_of(person))
        day = time / DAY
        known = (own.day[rows] < day[place]) & (own.following[rows] >= day[place])
        return place[known], rows[known]

    @cached_property
    def _own_begin(self) -> Ints:
        return np.searchsorted(self.own.person, np.arange(self.persons + 1))

    @cached_property
    def by_category(self) -> Runs:
        """Of (person, category)."""
        return self._runs(self.items.category[self.lines.item], len(self.items.categories))

    @cached_property
    def by_brand(self) -> Runs:
        """Of (person, brand)."""
        return self._runs(self.items.brand[self.lines.item], len(self.items.brands))

    @cached_property
    def family(self) -> Codes:
        """Items of one name within a category are one family, whatever their size or brand."""
        names = {name: code for code, name in enumerate(sorted(set(self.items.name)))}
        name = np.array([names[each] for each in self.items.name], np.int64)
        pairs = name * (len(self.items.categories) + 1) + self.items.category + 1
        family: Codes = np.unique(pairs, return_inverse=True)[1].astype(np.int32)
        return family

    @cached_property
    def by_family(self) -> Runs:
        """Of (person, family)."""
        return self._runs(self.family[self.lines.item], int(self.family.max(initial=0)) + 1)

    def _runs(self, thing: Codes, things: int, sums: Any = None, values: Any = None) -> Runs:
        rows = np.flatnonzero((self.lines.person >= 0) & (thing >= 0))
        return runs(
            self.lines.person[rows], thing[rows], self.rank[rows], self.lines.visit[rows],
            things=things, clock=self.clock,
            sums={name: column[rows] for name, column in (sums or {}).items()},
            values={name: column[rows] for name, column in (values or {}).items()},
        )  # fmt: skip

    # ── everybody's ───────────────────────────────────────────────────────────

    def counter(self, name: str) -> Counter:
        """``item``, ``at_store`` (store × item), ``item_discounted``, ``repeats`` (of an item, with the
        logarithm of the gap), ``buyers`` (first times of an item), ``lines``, ``person_lines``, ``orders``,
        ``store_orders``, ``person_orders``, ``person_store_orders``, ``dayparts`` and ``item_dayparts``.
        """
        if name not in self._made:
            makers: dict[str, Callable[[], Counter]] = {
                "item": lambda: self._of_lines(self.lines.item),
                "at_store": lambda: self._of_lines(self.at_store(self.lines.store, self.lines.item)),
                "item_discounted": lambda: self._of_lines(self.lines.item, self.lines.discounted > 0),
                "repeats": self._repeats,
                "buyers": self._buyers,
                "lines": lambda: self._of_lines(np.zeros(len(self.lines), np.int64)),
                "person_lines": lambda: self._of_lines(self.lines.person),
                "orders": lambda: self._of_visits(np.zeros(len(self.visits), np.int64)),
                "store_orders": lambda: self._of_visits(self.visits.store),
                "person_orders": lambda: self._of_visits(self.visits.person),
                "dayparts": lambda: self._of_visits(self.daypart(self.visits.time)),
                "item_dayparts": lambda: self._of_lines(
                    self.at_daypart(self.daypart(self.lines.time), self.lines.item)
                ),
                "person_store_orders": lambda: self._of_visits(
                    self.at_visit(self.visits.person, self.visits.store)
                ),
            }
            self._made[name] = makers[name]()
        return self._made[name]

    def pin(self, moment: int) -> None:
        """Get ready for one query after another as of one moment; of no other use from then on."""
        rank = int(self.clock.rank(np.array([moment]))[0])
        for each in (self.own, self.by_category, self.by_family, self.by_brand):
            each.pin(rank, self.persons)
        self.views.pin(moment, self.persons)
        self._hours[moment] = self.hours(np.array([moment]))
        items = np.arange(len(self.items))
        found = selling(self, items, np.array([moment]), np.zeros(len(items), np.int64))
        self.pinned[moment] = np.stack([found[name] for name in SELLING], axis=1)

    def at_store(self, store: NDArray[Any], item: NDArray[Any]) -> Ints:
        """A code of an item in a store; -1 without a store."""
        code = store.astype(np.int64) * len(self.items) + item
        return np.where(store >= 0, code, np.int64(-1))

    def daypart(self, times: Ints) -> Ints:
        """Which of :data:`DAYPARTS` parts of the local day a moment is in."""
        return (self.hours(times)[0] * DAYPARTS / 24).astype(np.int64)

    def at_daypart(self, part: Ints, item: NDArray[Any]) -> Ints:
        """A code of an item in a part of the day."""
        code: Ints = part * len(self.items) + item
        return code

    def at_visit(self, person: NDArray[Any], store: NDArray[Any]) -> Ints:
        """A code of a person in a store; -1 where either is missing."""
        code = person.astype(np.int64) * max(len(self.stores), 1) + store
        return np.where((store >= 0) & (person >= 0), code, -1)

    def _of_lines(self, code: NDArray[Any], where: Any = None) -> Counter:
        rows = (code >= 0) if where is None else (code >= 0) & where
        return counter(code[rows], self.rank[rows], self.clock)

    def _of_visits(self, code: NDArray[Any]) -> Counter:
        rows = code >= 0
        return counter(code[rows], self.clock.rank(self.visits.time[rows]), self.clock)

    def _repeats(self) -> Counter:
        rows = np.flatnonzero(self.own.nth > 0)
        rank = self.own.key[rows] % (len(self.clock) + 1)
        gaps = np.log(np.maximum(self.own.gaps[rows, 0], 0.5))
        return counter(self.own.thing[rows], rank, self.clock, gaps)

    def _buyers(self) -> Counter:
        rows = np.flatnonzero(self.own.nth == 0)
        return counter(self.own.thing[rows], self.own.key[rows] % (len(self.clock) + 1), self.clock)

    def orders_with(self, item: int, rank: int) -> NDArray[np.int64]:
        """Orders with an item before a moment's rank, oldest first."""
        order, key = self._orders_by_item
        base = item * (len(self.clock) + 1)
        return order[np.searchsorted(key, base) : np.searchsorted(key, base + rank)]

    @cached_property
    def _orders_by_item(self) -> tuple[NDArray[np.int64], Ints]:
        key = self.lines.item.astype(np.int64) * (len(self.clock) + 1) + self.rank
        rows = np.argsort(key, kind="stable")
        return self.lines.order[rows].astype(np.int64), key[rows]

    # ── moments ───────────────────────────────────────────────────────────────

    def ago(self, moments: Ints, days: float) -> Ints:
        """Ranks of the moments so many days earlier."""
        return self.clock.rank(moments - int(days * DAY))

    def window(self, since: int, until: int) -> NDArray[np.int64]:
        """Lines in [since, until), of everybody."""
        begin, end = np.searchsorted(self._by_time[0], [since, until])
        return self._by_time[1][begin:end]

    @cached_property
    def _by_time(self) -> tuple[Ints, NDArray[np.int64]]:
        order = np.argsort(self.lines.time, kind="stable")
        return self.lines.time[order], order

    def first_and_last(self, person: Codes, visits: Floats) -> tuple[Floats, Floats]:
        """Days since 1970 of each person's first visit and of her last of so many; nan for none."""
        if not len(self.visits):
            return np.full(len(person), np.nan), np.full(len(person), np.nan)
        begin = self._visits_begin[np.maximum(person, 0)]
        some = (person >= 0) & (visits > 0)
        last = np.clip(begin + visits.astype(np.int64) - 1, 0, len(self.visits) - 1)
        time, first = self.visits.time, np.minimum(begin, len(self.visits) - 1)
        return np.where(some, time[first] / DAY, np.nan), np.where(some, time[last] / DAY, np.nan)

    @cached_property
    def _visits_begin(self) -> Ints:
        return np.searchsorted(self.visits.person, np.arange(self.persons + 1))

    def hours(self, moments: Ints) -> tuple[Floats, Ints]:
        """Hours into the local day, and the weekday (Monday is 0)."""
        if len(moments) == 1 and (held := self._hours.get(int(moments[0]))) is not None:
            return held
        days, into = local(moments, self.zone)
        return into / 3_600e6, (days + 3) % 7


def _lines(bought: Purchases) -> tuple[Lines, Visits, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Lines without unknown items and returns, an item once an order, its pieces and amounts added up.

    Also which rows were taken, and the number of each one's order.
    """
    rows = np.flatnonzero((bought.item >= 0) & (bought.pieces >= 0))
    order = bought.order[rows].astype(np.int64)
    sorting = np.lexsort((bought.item[rows], order, bought.time[rows], bought.person[rows]))
    rows = rows[sorting]
    order, item = order[sorting], bought.item[rows]
    fresh = np.append(True, (np.diff(order) != 0) | (np.diff(item) != 0))[: len(rows)]
    first = np.flatnonzero(fresh)
    person, time = bought.person[rows][first], bought.time[rows][first]
    opens = np.append(True, np.diff(order[first]) != 0)[: len(first)]
    begin = np.flatnonzero(opens)
    owner = person[begin]
    nth = np.arange(len(begin)) - np.searchsorted(owner, owner)
    which = np.cumsum(opens) - 1

    def added(column: Floats) -> Small:
        return (np.add.reduceat(column[rows], first) if len(first) else np.zeros(0)).astype(np.float32)

    lines = Lines(
        person=person, item=item[first], time=time, order=which.astype(np.int32),
        visit=nth[which].astype(np.int32), store=bought.store[rows][first],
        pieces=np.maximum(added(bought.pieces), 1.0), amount=added(bought.amount),
        discounted=(added(bought.discount) > 0).astype(np.float32),
    )  # fmt: skip
    visits = Visits(
        owner, time[begin], lines.store[begin], np.append(begin, len(first)), nth.astype(np.int32)
    )
    return lines, visits, (rows, which[np.cumsum(fresh) - 1])
