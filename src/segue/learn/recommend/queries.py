"""Queries: who, when, where. Each past visit is one whose answer is known; the latest are held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.learn.purchases import Codes, Ints
from segue.learn.recommend.ledger import Ledger
from segue.learn.recommend.runs import spread

FEWEST = 3
"""Earlier visits of those whose last visit is held out, as next-basket benchmarks have it."""


@dataclass(frozen=True, eq=False)
class Baskets:
    """What was bought on some visits: pairs of (place of the query, item), sorted; an item once a visit."""

    query: NDArray[np.int64]
    item: Codes
    queries: int

    def only(self, rows: NDArray[Any]) -> Baskets:
        """Those of these queries, numbered by their place in ``rows``."""
        place = np.full(self.queries, -1, np.int64)
        place[rows] = np.arange(len(rows))
        kept = place[self.query] >= 0
        query, item = place[self.query[kept]], self.item[kept]
        order = np.lexsort((item, query))
        return Baskets(query[order], item[order], len(rows))

    def sizes(self) -> Ints:
        """Items of each query's basket."""
        return np.bincount(self.query, minlength=self.queries)

    def has(self, query: NDArray[Any], item: NDArray[Any], items: int) -> NDArray[np.bool_]:
        """Whether each pair was bought."""
        return np.isin(query * items + item, self.query * items + self.item)


def nothing(queries: int) -> Baskets:
    """Empty baskets."""
    return Baskets(np.zeros(0, np.int64), np.zeros(0, np.int32), queries)


@dataclass(frozen=True, eq=False)
class Queries:
    """One row a query."""

    #: -1: nobody known
    person: Codes
    #: microseconds; only what is strictly before counts
    time: Ints
    #: -1: none, or unknown
    store: Codes
    #: what is in the basket already
    in_hand: Baskets

    def __len__(self) -> int:
        return len(self.person)

    def only(self, rows: NDArray[Any]) -> Queries:
        """These rows."""
        return Queries(self.person[rows], self.time[rows], self.store[rows], self.in_hand.only(rows))


def asked_of(ledger: Ledger, visits: NDArray[Any]) -> tuple[Queries, Baskets]:
    """Visits as queries, with what was bought."""
    at = ledger.visits
    begin, end = at.begin[visits], at.begin[visits + 1]
    query, rows = spread(begin, end)
    baskets = Baskets(query, ledger.lines.item[rows], len(visits))
    found = Queries(at.person[visits], at.time[visits], at.store[visits], nothing(len(visits)))
    return found, baskets


def varied(queries: Queries, baskets: Baskets, *, unknown: float, begun: float, seed: int) -> Queries:
    """Some queries as they also come: of nobody known, or with a part of the basket in hand already.

    ``unknown`` and ``begun`` are shares of the queries; what is in hand is a third of a basket of three or
    more, and is still told as bought (candidates leave it out).
    """
    rng = np.random.default_rng(seed)
    person = np.where(rng.random(len(queries)) < unknown, -1, queries.person).astype(np.int32)
    chosen = (rng.random(len(queries)) < begun) & (baskets.sizes() >= 3)
    kept = chosen[baskets.query] & (rng.random(len(baskets.query)) < 1 / 3)
    in_hand = Baskets(baskets.query[kept], baskets.item[kept], len(queries))
    return Queries(person, queries.time, queries.store, in_hand)


@dataclass(frozen=True, eq=False)
class Split:
    """Visits (places in the ledger's) by what they are for."""

    #: visits to learn from, oldest first
    train: NDArray[np.int64]
    #: each person's last visit, of those whose answer is asked for
    held_out: NDArray[np.int64]
    #: each person's last visit, of all whom that leaves enough
    last: NDArray[np.int64]


def split(ledger: Ledger, *, each: int, most: int, seed: int, tested: int = 0) -> Split:
    """The last visit of each person is held out, the ``each`` before it are learnt from.

    Held out are only visits after :data:`FEWEST` others, learnt from are those after one. At most ``most``
    are learnt from (drawn by ``seed``), and at most ``tested`` held out (0: all).
    """
    visits = ledger.visits
    count = np.bincount(visits.person[visits.person >= 0], minlength=max(ledger.persons, 1))
    known = visits.person >= 0
    left = np.where(known, count[np.maximum(visits.person, 0)] - 1 - visits.nth, -1)
    held_out = np.flatnonzero(known & (visits.nth >= FEWEST) & (left == 0))
    last = held_out
    train = np.flatnonzero((visits.nth >= 1) & known & (left > 0) & (left <= each))
    rng = np.random.default_rng(seed)
    if len(train) > most:
        train = rng.choice(train, most, replace=False)
    if tested and len(held_out) > tested:
        held_out = np.sort(rng.choice(held_out, tested, replace=False))
    return Split(train[np.lexsort((train, visits.time[train]))], held_out, last)
