"""Content: articles, recipes, … that are looked at and not bought, by what she buys and what is read now."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segue.learn.purchases import Floats
from segue.learn.recommend.ledger import Ledger
from segue.learn.recommend.queries import Queries
from segue.learn.recommend.request import Recommendation
from segue.learn.recommend.runs import DAY

RECENT = 28
"""Days over which what is read is counted."""


def content(ledger: Ledger, query: Queries, k: int) -> list[Recommendation]:
    """The k best for one query; those she looked at in the last day are left out.

    Scored by the share of readers these weeks, raised by her purchases and views of its category.
    """
    marked = ledger.items.content
    codes = np.flatnonzero(marked) if marked is not None else np.zeros(0, np.int64)
    if not len(codes):
        return []
    person, time = np.full(len(codes), query.person[0]), np.full(len(codes), query.time[0])
    reads = _reads(ledger, codes, int(query.time[0]))
    liking = _liking(ledger, codes, query)
    seen = ledger.views.seen(person, codes.astype(np.int32), time)["viewed_days_since"]
    score = (reads + 1.0) / (reads.sum() + len(codes)) * (1.0 + 3.0 * liking)
    score = np.where(seen < 1.0, -np.inf, score)
    order = [place for place in np.lexsort((codes, -score)) if np.isfinite(score[place])][:k]
    return [
        Recommendation(
            rank=rank, sku=ledger.items.sku[codes[place]], score=float(score[place]),
            kind="explore" if np.isnan(seen[place]) else "repeat",
            reason=_why(ledger, int(codes[place]), float(liking[place]), float(seen[place])),
        )
        for rank, place in enumerate(order, 1)
    ]  # fmt: skip


def _reads(ledger: Ledger, codes: NDArray[np.int64], moment: int) -> Floats:
    views = ledger.views
    since, until = views.clock.rank(np.array([moment - RECENT * DAY, moment]))
    return views.by_item.count(codes, np.full(len(codes), since), np.full(len(codes), until))


def _liking(ledger: Ledger, codes: NDArray[np.int64], query: Queries) -> Floats:
    """Share of her visits with the content's category, 0 to 1."""
    rank = np.full(len(codes), ledger.clock.rank(query.time)[0])
    person = np.full(len(codes), query.person[0])
    runs = ledger.by_category
    row = runs.at(person, ledger.items.category[codes], rank)
    visits = ledger.counter("person_orders").count(person, np.zeros_like(rank), rank)
    times = runs.nth[np.maximum(row, 0)] + 1.0 if len(runs) else np.zeros(len(row))
    return np.where(row >= 0, times / np.maximum(visits, 1), 0.0)


def _why(ledger: Ledger, item: int, liking: float, seen: float) -> str:
    code = int(ledger.items.category[item])
    if liking > 0:
        return f"about {ledger.items.categories[code]}, which she buys"
    return "looked at before" if seen == seen else "read much these weeks"  # noqa: PLR0124 - nan is not itself
