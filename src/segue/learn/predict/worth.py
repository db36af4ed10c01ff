"""What data is worth to predict: each group of fields shuffled between the customers that were held out."""

from __future__ import annotations

import numpy as np

from segue.learn.model import Weight
from segue.learn.predict.features import Matrix, named
from segue.learn.predict.fitted import Parts
from segue.learn.predict.rows import Outcome, Rows
from segue.learn.purchases import Floats
from segue.learn.value import Figure, permuted
from segue.stats import metrics

ROWS = 4_000
"""Customers that it is measured on: more only take longer."""
REPEATS = 3


def value_of_data(parts: Parts, main: tuple[Rows, Outcome], far: tuple[Rows, Outcome]) -> list[Weight]:
    """Of the horizon that decides (AUC) and of spend (mean absolute error), most first within each.

    ``main`` and ``far``: the held-out customers of that horizon and of the longest, and what they did.
    """
    groups: dict[str, list[int]] = {}
    for place, name in enumerate(parts.names):
        groups.setdefault(named(name).group, []).append(place)
    return [*_visits(parts, *_some(*main), groups), *_spend(parts, *_some(*far), groups)]


def _some(rows: Rows, outcome: Outcome) -> tuple[Matrix, Floats, Floats]:
    """Values, days until the next order, and spend, of a sample."""
    picked = np.arange(len(rows.person))[:: max(1, -(-len(rows.person) // ROWS))]
    return rows.values[picked], outcome.next_order[picked], outcome.amount[picked]


def _visits(
    parts: Parts, values: Matrix, after: Floats, _: Floats, groups: dict[str, list[int]]
) -> list[Weight]:
    head, days = parts.heads[parts.main], parts.main
    truth = after <= days
    if truth.all() or not truth.any():
        return []
    figure = Figure("auc", lambda said: metrics.weighed_auc(truth, said), len(truth))
    of = f"buys_{days}d" if days <= 30 else f"churn_{days}d"
    return permuted(head.raw, values, groups, figure, seed=parts.seed, of=of, repeats=REPEATS)


def _spend(
    parts: Parts, values: Matrix, _: Floats, amount: Floats, groups: dict[str, list[int]]
) -> list[Weight]:
    def said(some: Matrix) -> Floats:
        return parts.heads[parts.long].chance(some) * parts.amounts.given_any(some)

    figure = Figure(
        "the mean absolute error", lambda found: metrics.weighed_mean(np.abs(found - amount)), len(amount),
        higher_is_better=False,
    )  # fmt: skip
    of = f"spend_{parts.long}d"
    return permuted(said, values, groups, figure, seed=parts.seed, of=of, repeats=REPEATS)
