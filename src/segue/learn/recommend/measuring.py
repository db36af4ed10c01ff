"""Measuring: the figures of the next-basket literature, query by query, repeat and explore apart.

With B what was bought and the first k of a ranking R: recall@k = |R∩B| / |B|; NDCG@k = the sum over hits at
rank i of 1/log2(i+1), divided by the same sum over ranks 1 to min(k, |B|). For repeat (explore), B is what
she had (had not) bought before, and a query without any is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.learn.model import Metric
from segue.learn.purchases import Floats
from segue.learn.recommend.ledger import Ledger
from segue.learn.recommend.queries import Baskets, Queries
from segue.stats.bootstrap import mean_interval

K = 10


@dataclass(frozen=True, eq=False)
class Figures:
    """One value a query; nan where nothing was to be found."""

    ndcg: Floats
    recall: Floats
    repeat_ndcg: Floats
    repeat_recall: Floats
    explore_ndcg: Floats
    explore_recall: Floats


def figures(ledger: Ledger, queries: Queries, baskets: Baskets, ranked: NDArray[Any], k: int = K) -> Figures:
    """Of rankings ``(queries, ≥ k)`` of item codes, -1 where there are fewer."""
    items = len(ledger.items)
    rank = ledger.clock.rank(queries.time)[baskets.query]
    repeat = ledger.own.at(queries.person[baskets.query], baskets.item, rank) >= 0
    parts = []
    for kept in (np.ones(len(repeat), bool), repeat, ~repeat):
        truth = baskets.query[kept] * items + baskets.item[kept]
        sizes = np.bincount(baskets.query[kept], minlength=len(queries)).astype(np.float64)
        parts += _of(ranked[:, :k], np.sort(truth), sizes, items)
    return Figures(*parts)


def _of(ranked: NDArray[Any], truth: NDArray[Any], sizes: Floats, items: int) -> list[Floats]:
    keys = np.arange(len(ranked))[:, None] * items + ranked
    hits = np.isin(keys, truth) & (ranked >= 0)
    worth = 1 / np.log2(np.arange(2, ranked.shape[1] + 2))
    best = np.append(0.0, np.cumsum(worth))[np.minimum(sizes.astype(int), ranked.shape[1])]
    some = sizes > 0
    ndcg = np.divide((hits * worth).sum(axis=1), best, out=np.full(len(sizes), np.nan), where=some)
    recall = np.divide(hits.sum(axis=1), sizes, out=np.full(len(sizes), np.nan), where=some)
    return [ndcg, recall]


NAMES = {
    "ndcg@10": "ndcg",
    "recall@10": "recall",
    "repeat ndcg@10": "repeat_ndcg",
    "repeat recall@10": "repeat_recall",
    "explore ndcg@10": "explore_ndcg",
    "explore recall@10": "explore_recall",
}
YARDSTICK = "what she bought most often, then what everybody does"


FRESH_NAMES = {"explore only ndcg@10": "explore_ndcg", "explore only recall@10": "explore_recall"}
"""Of answers that hold only what she never bought."""
FRESH_YARDSTICK = "what everybody buys most"


def metrics(ours: Figures, plain: Figures, seed: int) -> list[Metric]:
    """With 95 % intervals, beside the yardstick on the same queries; the deciding one first."""
    return _metrics(NAMES, YARDSTICK, ours, plain, seed)


def fresh_metrics(ours: Figures, plain: Figures, seed: int) -> list[Metric]:
    """The same of answers that hold only what she never bought."""
    return _metrics(FRESH_NAMES, FRESH_YARDSTICK, ours, plain, seed)


def _metrics(names: dict[str, str], beside: str, ours: Figures, plain: Figures, seed: int) -> list[Metric]:
    found = []
    for name, column in names.items():
        values = getattr(ours, column)
        kept = ~np.isnan(values)
        if not kept.any():
            continue
        told = mean_interval(values[kept], seed=seed, rounds=500)
        found.append(
            Metric(
                name=name, value=told.value, low=told.low, high=told.high, yardstick=beside,
                yardstick_value=float(getattr(plain, column)[kept].mean()), rows=int(kept.sum()),
            )
        )  # fmt: skip
    return found
