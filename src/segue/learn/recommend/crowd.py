"""The crowd: what everybody did before one moment, from which come neighbours and what is popular where.

Neighbours follow TIFU-KNN's idea (Hu et al. 2020): a customer is the vector of how often she buys each item,
older purchases counting less, and what her nearest customers buy is mixed in. Here purchases decay by days,
nearness is the cosine, and only items with several buyers take part.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from segue.learn.purchases import Codes, Ints
from segue.learn.recommend.ledger import Ledger
from segue.learn.recommend.queries import Queries
from segue.learn.recommend.runs import DAY, decay, spread

HALF_LIFE = "days150"
FEWEST_BUYERS = 8
COMMON = 15_000
"""At most so many items have neighbours' scores: the most bought ones."""
NEIGHBOURS = 200
LARGEST = 20_000
"""Customers in a crowd; of more, these are drawn by chance."""
NEWCOMERS = 300
"""New products that are looked through for each person."""
RECENT = 28
"""Days over which a store's favourites are counted."""


@dataclass(frozen=True, eq=False)
class Ranked:
    """For each of m queries its best items: ``(m, n)`` codes (-1: none) and scores."""

    item: Codes
    score: NDArray[np.float32]


class Crowd:
    """As of ``moment`` (microseconds); made from a ledger, holds nothing later."""

    def __init__(self, ledger: Ledger, moment: int, seed: int = 1) -> None:
        self.ledger = ledger
        self.moment = moment
        self._seed = seed
        self._favourites: dict[int, Codes] = {}

    # ── neighbours ────────────────────────────────────────────────────────────

    @cached_property
    def common(self) -> Codes:
        """Items with enough buyers, ascending."""
        buyers = np.bincount(self.ledger.own.thing[self._state], minlength=len(self.ledger.items))
        enough = np.flatnonzero(buyers >= min(FEWEST_BUYERS, max(2, self.ledger.persons // 50)))
        if len(enough) > COMMON:
            enough = enough[np.argsort(-buyers[enough], kind="stable")[:COMMON]]
        return np.sort(enough).astype(np.int32)

    @cached_property
    def column(self) -> Codes:
        """Item → its column among the common ones, -1 for the others."""
        columns = np.full(len(self.ledger.items), -1, np.int32)
        columns[self.common] = np.arange(len(self.common))
        return columns

    @cached_property
    def _state(self) -> NDArray[np.int64]:
        """The rows of ``own`` that stand at the moment."""
        own, day = self.ledger.own, self.moment / DAY
        return np.flatnonzero((own.day < day) & (own.following >= day))

    @cached_property
    def habits(self) -> Any:
        """Persons × common items, rows of length 1 (sparse)."""
        own, rows = self.ledger.own, self._state
        persons = own.person[rows]
        if self.ledger.persons > LARGEST:
            rng = np.random.default_rng(self._seed)
            drawn = np.zeros(self.ledger.persons, bool)
            drawn[rng.choice(self.ledger.persons, LARGEST, replace=False)] = True
            rows = rows[drawn[persons]]
        return self._vectors(
            own.person[rows], rows, np.full(len(rows), self.moment / DAY), self.ledger.persons
        )

    @cached_property
    def _turned(self) -> Any:
        return self.habits.T.tocsr()

    @cached_property
    def _precise(self) -> Any:
        return self.habits.astype(np.float64)

    def _vectors(self, place: NDArray[Any], rows: NDArray[Any], day: NDArray[Any], height: int) -> Any:
        own = self.ledger.own
        column = self.column[own.thing[rows]]
        kept = column >= 0
        rows, place, column = rows[kept], place[kept], column[kept]
        weight = own.decayed[HALF_LIFE][rows] * decay(HALF_LIFE, day[kept] - own.day[rows], 0)
        weight = np.sqrt(weight).astype(np.float32)
        length = np.sqrt(np.bincount(place, weights=weight**2, minlength=height))
        weight = weight / np.maximum(length[place], 1e-9)
        return sp.csr_matrix((weight.astype(np.float32), (place, column)), shape=(height, len(self.common)))

    def near(self, queries: Queries) -> NDArray[np.float32]:
        """What each query's neighbours buy: ``(m, common)``; zeros for nobody known."""
        if len(queries) == 1:
            return self._near_one(queries)
        vectors = self.vectors(queries)
        alike = (vectors @ self._turned).toarray()
        alike[np.arange(len(queries))[queries.person >= 0], queries.person[queries.person >= 0]] = 0.0
        many = min(NEIGHBOURS, alike.shape[1])
        best = np.argpartition(-alike, many - 1, axis=1)[:, :many] if many else np.zeros((len(alike), 0), int)
        weight = np.take_along_axis(alike, best, axis=1)
        weight = weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-9)
        pointers = np.arange(len(alike) + 1) * many
        mixing = sp.csr_matrix((weight.ravel(), best.ravel(), pointers), shape=alike.shape)
        near: NDArray[np.float32] = (mixing @ self.habits).toarray()
        return near

    def _near_one(self, query: Queries) -> NDArray[np.float32]:
        """The same for one query, without matrices: what a warm process spends least on."""
        ledger, own, day = self.ledger, self.ledger.own, float(query.time[0]) / DAY
        _, rows = ledger.own_state(query.person, query.time)
        column = self.column[own.thing[rows]]
        rows, column = rows[column >= 0], column[column >= 0]
        near = np.zeros((1, len(self.common)), np.float32)
        if not len(rows):
            return near
        weight = np.sqrt(own.decayed[HALF_LIFE][rows] * decay(HALF_LIFE, day - own.day[rows], 0))
        weight /= max(float(np.sqrt(weight @ weight)), 1e-9)
        turned, habits = self._turned, self.habits
        place, cells = spread(turned.indptr[column], turned.indptr[column + 1])
        alike = np.bincount(
            turned.indices[cells], weights=turned.data[cells] * weight[place], minlength=habits.shape[0]
        )
        alike[query.person[0]] = 0.0
        many = min(NEIGHBOURS, len(alike))
        best = np.argpartition(-alike, many - 1)[:many]
        share = alike[best] / max(float(alike[best].sum()), 1e-9)
        near[0] = share @ self._precise[best]
        return near

    def vectors(self, queries: Queries) -> Any:
        """The queries' own habits as of their own moments."""
        ledger = self.ledger
        place, rows = ledger.own_state(queries.person, queries.time)
        day = queries.time / DAY
        return self._vectors(place, rows, day[place], len(queries))

    # ── what is new ───────────────────────────────────────────────────────────

    @cached_property
    def newcomers(self) -> Codes:
        """Products that were first sold or looked at in the last weeks, the most bought first."""
        ledger, since, until = self.ledger, self.moment - RECENT * DAY, self.moment
        if not len(ledger.clock) or ledger.clock.times[0] > since:
            return np.zeros(0, np.int32)
        recent = np.unique(np.concatenate([
            ledger.lines.item[ledger.window(since, until)], ledger.views.between(since, until)
        ]))  # fmt: skip
        begin, end = ledger.clock.rank(np.array([since, until]))
        nil = np.zeros(len(recent), np.int64)
        older = ledger.counter("item").count(recent, nil, nil + begin) + ledger.views.before(recent, since)
        fresh = recent[older == 0]
        sold = ledger.counter("item").count(fresh, np.zeros(len(fresh), np.int64), np.full(len(fresh), end))
        most: Codes = fresh[np.lexsort((fresh, -sold))][:NEWCOMERS].astype(np.int32)
        return most

    @cached_property
    def newcomers_of(self) -> list[tuple[Codes, NDArray[np.int64]]]:
        """Categories and brands of the newcomers, and each newcomer's place among them."""
        items = self.ledger.items
        return [
            np.unique(codes[self.newcomers], return_inverse=True) for codes in (items.category, items.brand)
        ]

    # ── what is popular where ─────────────────────────────────────────────────

    @cached_property
    def _recent(self) -> tuple[Ints, Codes, Codes]:
        """Lines of the last weeks by store: where each store begins, stores, items."""
        lines = self.ledger.lines
        rows = self.ledger.window(self.moment - RECENT * DAY, self.moment)
        rows = rows[np.argsort(lines.store[rows], kind="stable")]
        begin = np.searchsorted(lines.store[rows], np.arange(-1, len(self.ledger.stores) + 1))
        return begin, lines.store[rows], lines.item[rows]

    def favourites(self, store: int, wanted: int) -> Codes:
        """What was bought most in a store in the last weeks; in all stores for -1. Best first."""
        if store not in self._favourites:
            begin, _, items = self._recent
            items = items if store < 0 else items[begin[store + 1] : begin[store + 2]]
            item, count = np.unique(items, return_counts=True)
            self._favourites[store] = item[np.lexsort((item, -count))][:400].astype(np.int32)
        return self._favourites[store][:wanted]


def moments(times: Ints, several: int) -> tuple[Ints, NDArray[np.int64]]:
    """At most ``several`` moments so that each query has one that is not later than itself, and which."""
    order = np.argsort(times, kind="stable")
    parts = [part for part in np.array_split(order, several) if len(part)]
    which = np.zeros(len(times), np.int64)
    for place, part in enumerate(parts):
        which[part] = place
    return np.array([times[part[0]] for part in parts], np.int64), which
