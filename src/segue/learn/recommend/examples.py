"""From queries to rows: candidates, their features, and whether they were bought."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from segue.learn.recommend.candidates import Budget, Pairs, pairs
from segue.learn.recommend.crowd import Crowd, moments
from segue.learn.recommend.features import Matrix, describe, matrix
from segue.learn.recommend.ledger import Ledger
from segue.learn.recommend.queries import Baskets, Queries
from segue.learn.recommend.ranker import Examples

PORTION = 250
"""Queries that are looked at together."""
SEVERAL = 6
"""Crowds for queries that are spread over the year."""


@dataclass(frozen=True)
class Looking:
    """How candidates are looked for."""

    budget: Budget = field(default_factory=Budget)
    crowds: int = SEVERAL
    seed: int = 1


@dataclass(frozen=True, eq=False)
class Portion:
    """Some queries (their places), their candidates (numbered within the portion) and features."""

    places: NDArray[np.int64]
    queries: Queries
    pairs: Pairs


def portions(ledger: Ledger, queries: Queries, looking: Looking) -> Iterator[Portion]:
    """All queries with their candidates; each found in a crowd that is not later than the query."""
    when, which = moments(queries.time, looking.crowds)
    for place, moment in enumerate(when):
        crowd = Crowd(ledger, int(moment), looking.seed)
        mine = np.flatnonzero(which == place)
        for begin in range(0, len(mine), PORTION):
            places = mine[begin : begin + PORTION]
            some = queries.only(places)
            yield Portion(places, some, pairs(ledger, crowd, some, looking.budget))


def examples(
    ledger: Ledger, queries: Queries, baskets: Baskets, looking: Looking, *,
    misses: float = 1.0, tell: Callable[[float], None] = lambda _: None,
) -> Examples:  # fmt: skip
    """Rows to learn from: all that was bought, and this share of what was not.

    A query of which no candidate was bought falls out: it orders nothing.
    """
    rng = np.random.default_rng(looking.seed)
    truth = np.sort(baskets.query * len(ledger.items) + baskets.item)
    parts, done = [], 0
    for portion in portions(ledger, queries, looking):
        found = portion.pairs
        # what is in hand is no candidate, so it is neither a hit nor a miss
        bought = np.isin(portion.places[found.query] * len(ledger.items) + found.item, truth)
        hits = np.bincount(found.query[bought], minlength=len(portion.places)) > 0
        kept = np.flatnonzero((bought | (rng.random(len(found)) < misses)) & hits[found.query])
        found = found.only(kept)
        sizes = np.bincount(found.query, minlength=len(portion.places))
        rows = matrix(describe(ledger, portion.queries, found))
        parts.append(Examples(rows, bought[kept], sizes[sizes > 0]))
        done += len(portion.places)
        tell(done / len(queries))
    return Examples.joined(parts)


@dataclass(frozen=True, eq=False)
class Top:
    """The first k of each query: ``(m, k)``, -1 and -inf where there are fewer."""

    item: NDArray[np.int32]
    score: NDArray[np.float64]
    #: row of ``ledger.own``, -1 where she never bought it
    row: NDArray[np.int64]


def top(pairs_: Pairs, score: NDArray[np.float64], queries: int, k: int) -> Top:
    """The k best pairs of each query; ties by item."""
    order = np.lexsort((pairs_.item, -score, pairs_.query))
    asked = pairs_.query[order]
    place = np.arange(len(order)) - np.searchsorted(asked, np.arange(queries))[asked]
    kept = place < k
    order, asked, place = order[kept], asked[kept], place[kept]
    found = Top(
        np.full((queries, k), -1, np.int32),
        np.full((queries, k), -np.inf),
        np.full((queries, k), -1, np.int64),
    )
    found.item[asked, place] = pairs_.item[order]
    found.score[asked, place] = score[order]
    found.row[asked, place] = pairs_.row[order]
    return found


__all__ = ["Looking", "Matrix", "Portion", "Top", "examples", "portions", "top"]
