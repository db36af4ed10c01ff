"""Candidates: what could be next. Her own purchases first, then what her neighbours and her store buy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.learn.purchases import Codes
from segue.learn.recommend.crowd import Crowd
from segue.learn.recommend.ledger import Ledger
from segue.learn.recommend.queries import Queries
from segue.learn.recommend.runs import DAY, decay
from segue.learn.recommend.together import Found, looked_up, together

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Budget:
    """How many candidates a query may have of each kind."""

    own: int = 150
    neighbours: int = 40
    store: int = 30
    everywhere: int = 15
    together: int = 40
    newcomers: int = 10


@dataclass(frozen=True, eq=False)
class Pairs:
    """One row a (query, item), sorted by query, then item; each pair once."""

    query: Places
    item: Codes
    #: row of ``ledger.own`` as of the query's moment, -1 where she never bought it
    row: Places
    #: what the neighbours say of it, 0 for what they do not buy
    near: NDArray[np.float32]
    #: how it goes with what is in hand, 0 to 1
    together: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.query)

    def only(self, rows: NDArray[Any]) -> Pairs:
        """These rows."""
        return Pairs(self.query[rows], self.item[rows], self.row[rows], self.near[rows], self.together[rows])


def own_pairs(ledger: Ledger, queries: Queries, most: int) -> tuple[Places, Places]:
    """Query and row of ``ledger.own`` of what each bought before; the most if they are too many."""
    own, day = ledger.own, queries.time / DAY
    query, row = ledger.own_state(queries.person, queries.time)
    if len(queries) == 1 and len(row) <= most:
        return query, row
    likely = own.decayed["days45"][row] * decay("days45", day[query] - own.day[row], 0)
    likely = likely + 0.2 * own.decayed["days150"][row] * decay("days150", day[query] - own.day[row], 0)
    order = np.lexsort((row, -likely, query))
    place = np.arange(len(order)) - np.searchsorted(query[order], np.arange(len(queries)))[query[order]]
    chosen = np.sort(order[place < most])
    return query[chosen], row[chosen]


def pairs(ledger: Ledger, crowd: Crowd, queries: Queries, budget: Budget, also: Codes | None = None) -> Pairs:
    """All candidates of these queries, found in one crowd that is not later than any of them.

    ``also``: items that are candidates of every query, whatever speaks for them.
    """
    items = len(ledger.items)
    query, row = own_pairs(ledger, queries, budget.own)
    key = query * items + ledger.own.thing[row]
    near = crowd.near(queries)
    with_hand = together(ledger, queries)
    unknown = _without(near, crowd, query, ledger.own.thing[row])
    others = np.concatenate([
        _nearest(crowd, unknown, budget.neighbours, items), _popular(crowd, queries, budget, items),
        _strongest(with_hand, budget.together, items), newcomers(ledger, crowd, queries, budget.newcomers),
    ])  # fmt: skip
    if also is not None:
        asked_for = np.arange(len(queries))[:, None] * items + also.astype(np.int64)
        others = np.concatenate([others, asked_for.ravel()])
    others = np.unique(others)
    if ledger.content is not None:
        others = others[~ledger.content[others % items]]
    rank = ledger.clock.rank(queries.time)
    asked, item = others // items, others % items
    known = ledger.own.at(queries.person[asked], item, rank[asked])
    fresh = known < 0
    if also is not None:
        fresh |= np.isin(item, also) & ~np.isin(others, key)
    every = np.concatenate([key, others[fresh]])
    order = np.argsort(every, kind="stable")
    rows = np.concatenate([row, known[fresh]])[order]
    query, item = every[order] // items, (every[order] % items).astype(np.int32)
    column = crowd.column[item]
    score = np.where(column >= 0, near[query, np.maximum(column, 0)] if near.shape[1] else 0.0, 0.0)
    found = Pairs(query, item, rows, score.astype(np.float32), looked_up(with_hand, query, item, items))
    return found.only(~queries.in_hand.has(query, item, items)) if len(queries.in_hand.item) else found


def _strongest(found: Found, most: int, items: int) -> Places:
    """Query × item of what goes best with what is in hand."""
    query, item, strength = found
    if not len(query):
        return query
    order = np.lexsort((item, -strength, query))
    place = np.arange(len(order)) - np.searchsorted(query[order], query[order])
    chosen = order[place < most]
    return query[chosen] * items + item[chosen]


def newcomers(ledger: Ledger, crowd: Crowd, queries: Queries, most: int) -> Places:
    """Query × item of what is new, for who buys most of its category and brand."""
    items, fresh = len(ledger.items), crowd.newcomers
    if not len(fresh) or not len(queries):
        return np.zeros(0, np.int64)
    rank = ledger.clock.rank(queries.time)
    liking = np.zeros((len(queries), len(fresh)))
    for group, (names, place) in zip((ledger.by_category, ledger.by_brand), crowd.newcomers_of, strict=True):
        person, name = np.repeat(queries.person, len(names)), np.tile(names, len(queries))
        row = group.at(person, name, np.repeat(rank, len(names)))
        times = np.where(row >= 0, group.nth[np.maximum(row, 0)] + 1.0, 0.0) if len(group) else 0.0 * row
        liking += np.log1p(times).reshape(len(queries), len(names))[:, place]
    best = np.argsort(-liking, axis=1, kind="stable")[:, :most]
    liked = np.take_along_axis(liking, best, axis=1) > 0
    found: Places = (fresh[best] + np.arange(len(queries))[:, None] * items)[liked]
    return found


def _without(near: NDArray[np.float32], crowd: Crowd, query: Places, item: Codes) -> NDArray[np.float32]:
    """The neighbours' scores without what she bought herself."""
    rest = near.copy()
    column = crowd.column[item]
    rest[query[column >= 0], column[column >= 0]] = 0.0
    return rest


def _nearest(crowd: Crowd, near: NDArray[np.float32], most: int, items: int) -> Places:
    """Query × item of what neighbours buy most."""
    many = min(most, near.shape[1])
    if not many:
        return np.zeros(0, np.int64)
    best = np.argpartition(-near, many - 1, axis=1)[:, :many]
    bought = np.take_along_axis(near, best, axis=1) > 0
    return (crowd.common[best] + np.arange(len(near))[:, None] * items)[bought]


def _popular(crowd: Crowd, queries: Queries, budget: Budget, items: int) -> Places:
    """Query × item of what is bought most everywhere, and in the store of each."""
    everywhere = crowd.favourites(-1, budget.everywhere).astype(np.int64)
    found = [(np.arange(len(queries))[:, None] * items + everywhere).ravel()]
    for store in np.unique(queries.store):
        if store >= 0:
            here = np.flatnonzero(queries.store == store)
            best = crowd.favourites(int(store), budget.store).astype(np.int64)
            found.append((here[:, None] * items + best).ravel())
    return np.concatenate(found)
